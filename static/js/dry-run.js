// A dry run on the page of an addition: who leaves gives it up; whoever edits on is told that the answer is older.

const text = document.getElementById("id_text");
const part = () => document.getElementById("dry-run");

addEventListener("pagehide", () => {
  const address = part()?.dataset.leave;
  if (!address) return;
  const data = new FormData();
  data.set("csrfmiddlewaretoken", JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]);
  navigator.sendBeacon(address, data);
});

const plain = (value) => value.replace(/\r\n/g, "\n").trim();

function followText() {
  const asked = part()?.dataset.text;
  const note = part()?.querySelector("[data-dry-run-stale]");
  if (note && text) note.hidden = plain(text.value) === plain(asked);
}

text?.addEventListener("input", followText);
document.body.addEventListener("htmx:afterSettle", followText);
followText();
