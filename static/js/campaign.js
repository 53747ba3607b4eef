// The page of a campaign: what is on screen already is not sent again, a cell opens beside the grid, arrows move
// through it, and a second screen stays awake.

import "./full-screen.js";
import "./live.js";

const live = () => document.getElementById("campaign");
const panel = document.getElementById("cell-panel");
const body = document.getElementById("cell-body");
const phone = matchMedia("(max-width: 59.99rem)");

// What this page sets by itself is not the server's to take away.
const others = Idiomorph.defaults.callbacks.beforeAttributeUpdated;
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element, change) => {
  const ours = (name === "aria-current" && "cell" in element.dataset) || (name === "hidden" && "fullScreen" in element.dataset);
  return !ours && others(name, element, change);
};

// --- Live: the server answers 204 while nothing has changed ------------------------------------------------------
let seen = "";

document.body.addEventListener("htmx:configRequest", (event) => {
  const { elt, verb, parameters } = event.detail;
  if (elt === live() && verb === "get") parameters.seen = seen;
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (detail.xhr.status === 409) {  // refused, with the page as it is and a message that says why
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  const { xhr, elt, target } = detail;
  if (target === live() || elt === live()) {
    if (xhr.status === 200 || xhr.status === 409) seen = xhr.getResponseHeader("X-Seen") ?? "";
  }
  if (elt === live()) {
    const note = document.querySelector("[data-stale]");
    note.textContent = xhr.status >= 200 && xhr.status < 300 ? "" : note.dataset.text;
  }
});

// --- The open cell ---------------------------------------------------------------------------------------------
let opener = null;

const isOpenCell = (link) => panel.open && new URL(link.href).pathname === location.pathname;

function markOpenCell() {
  document.querySelectorAll("[data-cell]").forEach((link) => {
    if (isOpenCell(link)) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

function show() {
  if (phone.matches) {
    panel.close();
    panel.showModal();
  } else if (!panel.open) panel.show();
  markOpenCell();
}

function close() {
  if (!panel.open) return;
  history.replaceState(null, "", panel.dataset.home);
  panel.close();
  body.replaceChildren();
  markOpenCell();
  // The grid may have been redrawn since: the link has the same id, not always the same node.
  document.getElementById(opener)?.focus();
}

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === live()) markOpenCell();
  if (event.detail.target !== body) return;
  const link = event.detail.requestConfig.elt;
  if (link.matches("[data-cell]")) opener = link.id;
  // The address changes after the swap.
  setTimeout(() => {
    show();
    body.querySelector("#cell-title").focus({ preventScroll: true });
  });
});

panel.addEventListener("click", (event) => {
  const outside = event.target === panel;
  if (!outside && !event.target.closest("[data-close-cell]")) return;
  event.preventDefault();
  close();
});

panel.addEventListener("cancel", (event) => {
  event.preventDefault();
  close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog:modal")) close();
});

if (panel.open) show();

// --- Arrows move through the grid --------------------------------------------------------------------------------
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("[data-cell]");
  const step = STEPS[event.key];
  if (!link || !step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const cell = link.closest("td");
  let row = cell.parentElement;
  let column = cell.cellIndex;
  for (;;) {
    row = row.parentElement.rows[row.sectionRowIndex + step[0]];
    column += step[1];
    const next = row?.cells[column];
    if (!next) return;
    const found = next.querySelector("[data-cell]");
    if (found) return found.focus();
  }
});
