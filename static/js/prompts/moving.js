// Keys of the table: arrows move from text to text, Delete drops or brings back. Only the row at hand is in the order of
// Tab, so that three hundred rows are not in the way of what comes behind them.

import { press, pathOf } from "./editing.js";
import { rowOf, table } from "./page.js";

let current = null;

const places = () => [...table.querySelectorAll(".pt-group:not([hidden]) :is(.pt-head, .pt-row:not([hidden])) :is(.pt-text, .pt-name)[tabindex]")];

function setCurrent(row) {
  if (row === current) return;
  if (current) for (const node of current.querySelectorAll("[tabindex='0']")) node.tabIndex = -1;
  current = row;
  for (const node of row?.querySelectorAll("[tabindex='-1']") ?? []) node.tabIndex = 0;
}

function move(from, step) {
  const all = places();
  const next = all[all.indexOf(from) + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

export async function pressAndStay(node, verb) {
  const fresh = await press(node, pathOf(node, verb));
  if (!fresh) return;
  fresh.querySelector(".pt-text, .pt-name")?.focus();
}

export function startMoving() {
  setCurrent(table.querySelector(".pt-row") ?? table.querySelector(".pt-head"));
  table.addEventListener("focusin", (event) => {
    const row = rowOf(event.target);
    if (row) setCurrent(row);
  });
  table.addEventListener("changed", () => current?.isConnected || setCurrent(table.querySelector(".pt-row")));
  table.addEventListener("keydown", (event) => {
    const place = event.target.closest(".pt-text, .pt-name");
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      ArrowDown: () => move(place, 1),
      ArrowUp: () => move(place, -1),
      Home: () => places()[0]?.focus(),
      End: () => places().at(-1)?.focus(),
      Delete: () => {
        const row = place.closest(".pt-row");
        if (row) pressAndStay(row, row.classList.contains("pt-dropped") ? "restore" : "drop");
      },
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
}
