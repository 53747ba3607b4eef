// The optional score and note of the vote to come.

import { part } from "./page.js";

const buttons = [...part("score").querySelectorAll("[data-score]")];
const note = part("note");
let score = null;

export function set(value) {
  score = value;
  buttons.forEach((button) => button.setAttribute("aria-pressed", String(Number(button.dataset.score) === value)));
}

export const toggle = (value) => set(score === value ? null : value);

// What goes with the vote; empty again afterwards.
export function take() {
  const words = note.value.trim();
  const taken = { ...(score && { score }), ...(words && { note: words }) };
  restore({});
  return taken;
}

export function restore({ score: value = null, note: words = "" }) {
  set(value);
  note.value = words;
}

export const write = () => note.focus();

part("score").addEventListener("click", (event) => {
  const button = event.target.closest("[data-score]");
  if (button) toggle(Number(button.dataset.score));
});
note.addEventListener("focus", () => (part("note-help").hidden = false));
note.addEventListener("blur", () => (part("note-help").hidden = true));
note.addEventListener("keydown", (event) => {
  if (event.isComposing || (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey))) return;
  event.preventDefault();
  event.stopPropagation();
  note.blur();
});
