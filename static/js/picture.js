// The page of a picture: its viewer with buttons and keys, and the way to its neighbours.

import * as evidence from "./evidence.js";
import { Viewer } from "./viewer.js";

const box = document.querySelector("[data-viewer]");
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

if (box) {
  const image = box.querySelector("img");
  const label = document.querySelector("[data-zoom-label]");
  const viewer = new Viewer(box, ({ scale }) => (label.textContent = percent.format(scale)));
  const start = () => {
    const boxes = JSON.parse(document.getElementById("picture-boxes")?.textContent ?? "[]");
    viewer.show(boxes.length ? slideWith(boxes) : image, image.naturalWidth, image.naturalHeight);
  };
  const slideWith = (boxes) => {
    const slide = document.createElement("div");
    slide.className = "picture-slide";
    slide.style.width = `${image.naturalWidth}px`;
    slide.style.height = `${image.naturalHeight}px`;
    slide.append(image, evidence.boxesOf([{ boxes }]));
    return slide;
  };
  image.complete && image.naturalWidth ? start() : image.addEventListener("load", start);

  const ACTIONS = {
    fit: () => viewer.fit(),
    true: () => viewer.zoomTo(1),
    in: () => viewer.zoomBy(1.4),
    out: () => viewer.zoomBy(1 / 1.4),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) ACTIONS[button.dataset.zoom]();
    if (event.target.closest("[data-act=evidence]")) evidence.toggle();
  });
  box.addEventListener("keydown", (event) => {
    const action = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "true" }[event.key];
    if (action) ACTIONS[action]();
  });
}

// Previous and next of the run.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, summary")) return;
  if (event.key.toLowerCase() === "e" || event.code === "KeyE") evidence.toggle();
  const link = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (link) document.querySelector(`a[rel="${link}"]`)?.click();
});
