// Show only the prompts that have a text, or whose location does.

import { table } from "./page.js";

const input = document.querySelector("[data-filter]");
const shown = document.querySelector("[data-shown]");
const nothing = document.querySelector("[data-nothing]");

function filter() {
  const wanted = input.value.trim().toLowerCase();
  let count = 0;
  let all = 0;
  for (const group of table.tBodies) {
    const isNamed = !wanted || group.querySelector(".pt-name")?.textContent.toLowerCase().includes(wanted);
    let visible = 0;
    const rows = group.querySelectorAll(".pt-row");
    for (const row of rows) {
      const text = row.querySelector(".pt-text")?.textContent.toLowerCase() ?? "";
      row.hidden = !(isNamed || text.includes(wanted) || row.querySelector(".pt-editor"));
      visible += !row.hidden;
    }
    group.hidden = Boolean(wanted) && !visible && !isNamed;
    count += visible;
    all += rows.length;
  }
  shown.textContent = wanted ? shown.dataset.text.replace("{shown}", count).replace("{all}", all) : "";
  nothing.hidden = !wanted || count > 0;
}

export function startFiltering() {
  let frame;
  input.addEventListener("input", () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(filter);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      table.querySelector(".pt-row:not([hidden]) .pt-text")?.focus();
    }
  });
  table.addEventListener("changed", () => input.value && filter());
}
