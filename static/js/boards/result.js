// The page of a photo: its comparison with buttons and keys, cropping, the way to one's other photos.

import { Comparison } from "./compare.js";
import { openCrop } from "./crop.js";
import { speak, text } from "./texts.js";

// The answer to a press must not take away what is being written in the meantime.
Idiomorph.defaults.ignoreActiveValue = true;

let comparison = null;
let state = null;

// The page is replaced by itself when the photo is done.
function start() {
  const page = document.getElementById("board");
  if (state !== null && state !== page.dataset.state && page.dataset.state === "done") speak(text("ready"));
  state = page.dataset.state;
  const stage = page.querySelector("[data-stage]");
  if (stage && comparison?.stage !== stage) comparison = new Comparison(stage);
  if (!stage) comparison = null;
  if (page.querySelector("[data-open]") && !page.hasAttribute("data-live")) renew(); // it is worked on again
}

document.body.addEventListener("htmx:afterSwap", (event) => event.target.closest("#board") && start());

const renew = () => htmx.ajax("GET", document.getElementById("board").dataset.part, { target: "#board", swap: "morph:outerHTML", source: "#board" });

document.addEventListener("click", (event) => {
  const mode = event.target.closest("[data-set-mode]");
  const zoom = event.target.closest("[data-zoom]");
  const crop = event.target.closest("[data-crop]");
  if (mode && comparison) comparison.mode = mode.dataset.setMode;
  if (zoom) comparison?.zoom(zoom.dataset.zoom);
  if (crop) openCrop(crop, renew);
  if (event.target.closest("[data-load-again]")) comparison?.loadAgain();
  if (holds(event)) comparison?.latch(event.detail === 0 && !comparison.isLatched);
});
window.addEventListener("online", () => comparison?.loadAgain());

// --- The original, while the button or the key is held ------------------------------------------------------------
const holds = (event) => event.target.closest?.("[data-hold]");
const release = () => comparison?.hold(false);

document.addEventListener("pointerdown", (event) => {
  if (!holds(event) || event.button > 0) return;
  event.preventDefault();
  comparison?.hold(true);
});
for (const name of ["pointerup", "pointercancel", "blur"]) window.addEventListener(name, release);
document.addEventListener("contextmenu", (event) => holds(event) && event.preventDefault());

const isWriting = (event) => event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, dialog");
const isHoldKey = (event) => event.code === "KeyO" || (holds(event) && (event.key === " " || event.key === "Enter"));

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || isWriting(event)) return;
  if (isHoldKey(event)) {
    event.preventDefault();
    if (!event.repeat) comparison?.hold(true);
    return;
  }
  const zoom = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "true" }[event.key];
  const link = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (zoom) comparison?.zoom(zoom);
  else if (link && !event.target.closest("[type=radio], [data-stage], .stage-bar")) document.querySelector(`a[rel="${link}"]`)?.click();
});
document.addEventListener("keyup", (event) => {
  if (!isHoldKey(event)) return;
  if (holds(event)) event.preventDefault(); // a held key is no press
  release();
});

start();
