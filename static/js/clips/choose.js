// The contact sheet: all or none at once, and how many are chosen on the button.

const boxes = () => [...document.querySelectorAll('[data-frames] input[name="frame"]')];

function count() {
  const ticks = document.querySelector("[data-ticks]");
  if (ticks) ticks.hidden = boxes().length < 3;
  const note = document.querySelector("[data-count]");
  if (!note) return;
  const chosen = boxes().filter((box) => box.checked).length;
  note.textContent = `(${chosen})`;
  note.closest("button").disabled = chosen === 0;
}

document.addEventListener("change", (event) => event.target.closest("[data-frames]") && count());

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tick]");
  if (!button) return;
  for (const box of boxes()) box.checked = button.dataset.tick === "all";
  count();
});

document.body.addEventListener("htmx:afterSettle", count);
count();
