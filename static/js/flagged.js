// The list of flagged pictures by keyboard: the arrows (or J and K) walk, F clears, A approves, X and digits reject.
// Every button works without this.

const list = () => document.querySelector("[data-flagged]");
const rows = () => [...list().querySelectorAll("[data-flag-row]")];
const isTyping = (target) => target.closest("textarea, select, input:not([type=checkbox])");
let index = 0;

function walk(to) {
  const all = rows();
  if (!all.length) return;
  index = Math.max(0, Math.min(all.length - 1, to));
  all[index].focus({ preventScroll: true });
  all[index].scrollIntoView({ block: "nearest" });
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-flag-row]");
  if (row) index = rows().indexOf(row);
});

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const row = event.target.closest("[data-flag-row]");
  const key = event.key.toLowerCase();
  if (key === "arrowdown" || key === "j") walk(row ? index + 1 : index);
  else if (key === "arrowup" || key === "k") walk(row ? index - 1 : index);
  else if (row && "fa".includes(key)) row.querySelector(`[data-key="${key}"]`).click();
  else if (row && key === "x") row.querySelector("details").open = !row.querySelector("details").open;
  else if (row && /^[1-9]$/.test(key)) {
    const box = row.querySelector(`details[open] [data-digit="${key}"]`);
    if (!box) return;
    box.click();
    box.focus();
  } else if (row && key === "enter" && event.target.type === "checkbox") row.querySelector('[value="rejected"]').click();
  else return;
  event.preventDefault();
});

// What was answered is gone from the list: go on with the one that took its place, once its buttons work.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches("[data-flagged]") || event.detail.target.id === "flagged") walk(index);
});
