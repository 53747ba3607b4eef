// From a key to what it means: the person's own bindings, on any keyboard layout.

import { settings, text } from "./page.js";

const CODES = { BracketLeft: "[", BracketRight: "]", Semicolon: ";", Quote: "'", Comma: ",", Period: ".", Minus: "-", Equal: "=", Backquote: "`" };
const NAMES = { backspace: "⌫", enter: "↵", escape: "Esc", delete: "Del", tab: "Tab", pageup: "PgUp", pagedown: "PgDn" };
const UNBINDABLE = /^(\d|arrow.*|tab|shift|control|alt|altgraph|meta|capslock|dead|unidentified|process|contextmenu)$/;

export const bindings = { ...settings.preferences.keys };

const plain = (key) => (key.length === 1 ? key.toLowerCase() : key);
const same = (one, other) => one.toLowerCase() === other.toLowerCase();

// A Cyrillic layout gives "ч" where X is printed: the place of the key says which letter is meant. On such a layout
// the question mark is elsewhere, too.
function byPlace({ key, code, shiftKey }) {
  if (code === "Slash" && shiftKey) return "?";
  if (key.length !== 1 || !/\p{L}/u.test(key) || /\p{Script=Latin}/u.test(key)) return null;
  return /^Key[A-Z]$/.test(code) ? code.at(-1).toLowerCase() : (CODES[code] ?? null);
}

export function actionOf(event) {
  const find = (key) => key && Object.keys(bindings).find((action) => same(bindings[action], key));
  return find(plain(event.key)) ?? find(byPlace(event));
}

// 1 to 9 by the row of digits or the number pad, whatever the layout or Shift makes of them.
export function digitOf({ code, key }) {
  const found = /^(?:Digit|Numpad)([1-9])$/.exec(code);
  if (found) return Number(found[1]);
  return /^[1-9]$/.test(key) ? Number(key) : null;
}

export const hasModifier = (event) => event.ctrlKey || event.altKey || event.metaKey;

// While somebody writes, chooses or reads a dialog, keys mean what they always mean.
export function isBusy(event) {
  if (event.isComposing || document.querySelector("dialog[open], [data-menu][open]")) return true;
  return Boolean(event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
}

// Space and Enter press a button that has the focus; they are no votes then.
export const pressesButton = (event) =>
  (event.key === " " || event.key === "Enter") && Boolean(event.target.closest?.("button, a, summary, input")) && !event.target.closest("[data-tile]");

export const isBindable = (event) => !hasModifier(event) && !UNBINDABLE.test(event.key.toLowerCase());

// What is stored for a pressed key.
export const keyOf = (event) => byPlace(event) ?? plain(event.key);

export function nameOf(key) {
  if (key === " ") return text("keySpace");
  return NAMES[key.toLowerCase()] ?? (key.length === 1 ? key.toUpperCase() : key);
}

export function showKeys() {
  document.querySelectorAll("[data-key]").forEach((node) => {
    node.textContent = nameOf(bindings[node.dataset.key] ?? "");
    node.hidden = !(node.dataset.key in bindings);
  });
}
