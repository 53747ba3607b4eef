// The library by keyboard, and choosing pictures for a collection. Without it each picture is added on its own page.
import "./gallery.js";

const tiles = () => [...document.querySelectorAll("[data-tiles] a[data-tile]")];
const boxes = () => [...document.querySelectorAll("[data-choose]")];
const boxOf = (tile) => tile.closest("li").querySelector("[data-choose]");
const bar = document.querySelector("[data-bar]");
const help = document.getElementById("library-help");
let last = null;

function show() {
  const count = boxes().filter((box) => box.checked).length;
  if (!bar) return;
  bar.hidden = count === 0;
  bar.querySelector("[data-count]").textContent = count;
  showName();
}

function showName() {
  const select = document.querySelector("#collect select");
  if (select) document.querySelector("[data-new-name]").hidden = select.value !== "";
}

function chooseNone() {
  boxes().forEach((box) => (box.checked = false));
  last = null;
  show();
}

function choose(tile, isRange) {
  const box = boxOf(tile);
  if (!box) return;
  box.checked = !box.checked;
  const all = boxes();
  const from = all.indexOf(last);
  if (isRange && from >= 0) {
    const to = all.indexOf(box);
    all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((one) => (one.checked = true));
  }
  last = box;
  show();
}

function walk(by) {
  const all = tiles();
  const at = all.indexOf(document.activeElement);
  const to = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
  if (!to) return;
  to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
}

const isTyping = (target) => target.closest("textarea, select, input:not([type=checkbox])");

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
  if (isTyping(event.target)) return;
  const tile = event.target.closest?.("li.tile")?.querySelector("a[data-tile]");
  const key = event.key.toLowerCase();
  if (key === "/") document.querySelector(".library-search input")?.focus();
  else if (key === "?") help?.showModal();
  else if (key === "j") walk(1);
  else if (key === "k") walk(-1);
  else if (key.startsWith("arrow") && !tile && tiles().length && bar) walk(0);
  else if (key === "x" && tile) choose(tile, event.shiftKey);
  else if (key === "s" && tile) location.assign(new URL(`../../?like=${tile.getAttribute("href").split("/").at(-2)}`, tile.href));
  else if (key === "a" && bar && !bar.hidden) document.querySelector("#collect select").focus();
  else if (key === "escape") chooseNone();
  else return;
  event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-choose]")) {
    last = event.target;
    show();
  }
  if (event.target.closest("#collect")) showName();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-choose-none]")) chooseNone();
  if (event.target.closest("[data-library-help]")) help.showModal();
  const box = event.target.closest("[data-choose]");
  if (box && event.shiftKey && last && last !== box) {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((one) => (one.checked = box.checked));
    show();
  }
});

// The filters replace the tiles, and with them what was chosen.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "collect" || event.target.id === "collect") {
    if (document.querySelector("#collect[data-collected]")) chooseNone();
    showName();
  } else show();
});

show();
