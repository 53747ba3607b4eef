// The bar of reasons over the picture: a digit rejects at once, Shift and digits collect several.

import { settings, namesOf, part, text } from "./page.js";

const bar = part("reasons");
const several = bar.querySelector('[data-reasons="several"]');
const byDigit = new Map(settings.reasons.map((reason) => [reason.digit, reason.key]));
let chosen = [];
let commit = () => {};

export const isOpen = () => !bar.hidden;
export const collected = () => [...chosen];
export const reasonOf = (digit) => byDigit.get(digit) ?? null;

export function open(onCommit) {
  commit = onCommit;
  chosen = [];
  several.setAttribute("aria-pressed", "false");
  bar.hidden = false;
  draw();
}

export function close() {
  bar.hidden = true;
}

export function finish() {
  const reasons = collected();
  close();
  commit(reasons);
}

export function toggle(key) {
  chosen = chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key];
  draw();
}

export function choose(key, isCollecting) {
  if (!key) return;
  toggle(key);
  if (isCollecting) return;
  if (!chosen.includes(key)) chosen.push(key); // the digit of one collected before means: that one, and go
  finish();
}

function draw() {
  bar.querySelectorAll("[data-reason]").forEach((button) => {
    button.setAttribute("aria-pressed", String(chosen.includes(button.dataset.reason)));
  });
  part("reasons-commit").textContent = chosen.length ? text("rejectWith", { reasons: namesOf(chosen) }) : text("rejectBare");
}

bar.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { reason, reasons: verb } = button.dataset;
  if (reason) choose(reason, event.shiftKey || several.getAttribute("aria-pressed") === "true");
  else if (verb === "several") several.setAttribute("aria-pressed", String(several.getAttribute("aria-pressed") !== "true"));
  else if (verb === "commit") finish();
  else close();
});
