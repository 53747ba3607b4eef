// Find and replace: what would change is looked at first; exactly that is then done.

import { saveAll } from "./editing.js";
import { flash, take } from "./page.js";
import { send } from "./server.js";

const DELAY_MS = 250;
const dialog = document.getElementById("pt-replace");
const form = dialog.querySelector("form");
const found = dialog.querySelector("[data-found]");
const problem = dialog.querySelector("[data-problem]");
const button = dialog.querySelector("[data-replace]");
const { needle, replacement, match_case: matchCase, digest } = form.elements;
let turn = 0;

const fields = () => ({
  needle: needle.value,
  replacement: replacement.value,
  ...(matchCase.checked ? { match_case: "on" } : {}),
});

function show(data) {
  problem.hidden = true;
  found.innerHTML = data?.html ?? "";
  digest.value = data?.digest ?? "";
  button.disabled = !data?.count;
  button.querySelector("[data-count]").textContent = data?.count ? data.count : "";
}

function complain(message) {
  show(null);
  problem.textContent = message;
  problem.hidden = false;
}

async function look() {
  const mine = ++turn;
  if (!needle.value) return show(null);
  const answer = await send("prompts/replace/", fields());
  if (mine !== turn) return undefined;
  return answer.ok ? show(answer.data) : complain(answer.message);
}

async function replace() {
  button.setAttribute("aria-busy", "true");
  const answer = await send("prompts/replace/", { ...fields(), digest: digest.value });
  button.removeAttribute("aria-busy");
  if (answer.ok) {
    dialog.close();
    take(answer.data);
    for (const part of answer.data.parts) flash(document.getElementById(part.id));
  } else if (answer.data?.html) show(answer.data);
  else complain(answer.message);
}

export function startReplacing() {
  let timer;
  document.querySelector("[data-open-replace]").addEventListener("click", async () => {
    if (!(await saveAll())) return;
    show(null);
    dialog.showModal();
    needle.focus();
    look();
  });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    button.disabled = true; // until what it would do is on show
    timer = setTimeout(look, DELAY_MS);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "no") return;
    event.preventDefault();
    if (!button.disabled) replace();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName === "BUTTON") return;
    event.preventDefault();
    if (!button.disabled) replace();
  });
  button.addEventListener("click", replace);
}
