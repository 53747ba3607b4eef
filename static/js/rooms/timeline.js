// The timeline of a room. What somebody reads stays where it is: while they are further down, new photos wait behind
// a button; what is on screen still changes in its place. Where something with the focus in it goes, its neighbour gets it.

import "../live.js";

const NEAR = 40;
const room = () => document.getElementById("room");
const list = () => document.getElementById("photos");
const isAway = () => Boolean(list()) && list().getBoundingClientRect().top < -NEAR;
const look = () => htmx.trigger(room(), "look");

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  const newest = list()?.firstElementChild?.dataset.at;
  if (detail.elt.closest("#room") && newest && isAway()) detail.parameters.newest = newest;
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-newer]")) return;
  event.preventDefault();
  scrollTo({ top: 0 });
  look();
});

addEventListener(
  "scrollend",
  () => document.querySelector("[data-newer]:not([hidden])") && !isAway() && look(),
);

// --- The focus, when a photo or a person goes ----------------------------------------------------------------------
const ROWS = "#photos > li, .room-people > li";
let left = null;

document.body.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  if (target !== room()) return;
  const row = detail.shouldSwap ? document.activeElement?.closest(ROWS) : null;
  const rows = [...(row?.parentElement.children ?? [])];
  const at = rows.indexOf(row);
  left = row && {
    neighbours: [...rows.slice(at + 1), ...rows.slice(0, at).reverse()].map(({ id }) => id),
    wanted: document.activeElement.matches("button") ? ["button", "a"] : ["a", "button"],
    otherwise: row.matches("#photos > li") ? "h1" : "#people summary",
  };
});

document.body.addEventListener("htmx:afterSettle", () => {
  if (!left) return;
  const { neighbours, wanted, otherwise } = left;
  left = null;
  if (document.activeElement && document.activeElement !== document.body) return;
  const inRow = (id) => wanted.map((kind) => document.getElementById(id)?.querySelector(kind)).find(Boolean);
  (neighbours.map(inRow).find(Boolean) ?? room().querySelector(otherwise)).focus();
});
