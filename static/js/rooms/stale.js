// Say so where a page that updates itself gets no answer.

document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.elt.hasAttribute("data-live")) return;
  const note = document.querySelector("[data-stale]");
  if (note) note.textContent = detail.xhr.status >= 200 && detail.xhr.status < 300 ? "" : note.dataset.text;
});
