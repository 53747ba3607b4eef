// Two pictures side by side, or one above the other where that shows them larger; they are zoomed and moved in step.

import { part, root, share } from "../rate/page.js";
import { pictureShown } from "../rate/timings.js";
import { Viewer } from "../viewer.js";
import { mediaOf } from "./media.js";

const SIDES = ["left", "right"];
const box = part("stage");
const label = part("zoom");
const viewers = {};
let shown = null;
let following = false;

for (const side of SIDES) viewers[side] = new Viewer(part(`viewer-${side}`), (viewer) => follow(side, viewer));

// What is done to one picture happens to the other: the same part of it, at the same size on screen.
function follow(side, from) {
  label.hidden = from.fitted;
  label.textContent = share(from.scale);
  const to = viewers[side === "left" ? "right" : "left"];
  if (following || !to?.content) return;
  following = true;
  to.follow(from);
  following = false;
}

function slideOf(side, pair) {
  const { width, height } = pair[side];
  const slide = document.createElement("div");
  slide.className = "slide";
  slide.style.width = `${width}px`;
  slide.style.height = `${height}px`;
  slide.append(mediaOf(pair)[side].image);
  return slide;
}

export function show(pair) {
  shown = pair;
  following = true;
  arrange();
  for (const side of SIDES) {
    const { width, height } = pair[side];
    const one = mediaOf(pair)[side];
    viewers[side].show(slideOf(side, pair), width, height);
    one.changed = () => shown === pair && look(pair);
  }
  following = false;
  look(pair);
  const { left, right } = mediaOf(pair);
  return Promise.all([left.ready, right.ready]).then(() => shown === pair && pictureShown());
}

function look(pair) {
  for (const side of SIDES) part(`broken-${side}`).hidden = mediaOf(pair)[side].state !== "failed";
}

export function nothing() {
  shown = null;
  for (const side of SIDES) part(`broken-${side}`).hidden = true;
}

// Beside each other or above each other, as the pictures come out larger.
function arrange() {
  if (!shown) return;
  const { clientWidth: width, clientHeight: height } = box;
  const fit = (columns, rows) => Math.min(...SIDES.map((side) => Math.min(width / columns / shown[side].width, height / rows / shown[side].height)));
  root.toggleAttribute("data-stacked", fit(1, 2) > fit(2, 1));
}

new ResizeObserver(arrange).observe(box);

export const zoom = () => shown && viewers.left.toggle(viewers.left.cursor ?? viewers.right.cursor);
export const fit = () => viewers.left.fitted || viewers.left.fit();

// A short sign of what was chosen, over the next pair; it delays nothing.
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function sign(choice) {
  const sides = choice === "same" ? SIDES : SIDES.filter((side) => side === choice);
  const steps = still.matches ? [{ opacity: 1 }, { opacity: 1 }] : [{ opacity: 1 }, { opacity: 1, offset: 0.35 }, { opacity: 0 }];
  for (const side of sides) {
    const flash = part(`flash-${side}`);
    flash.getAnimations().forEach((animation) => animation.cancel());
    flash.animate(steps, { duration: 320, easing: "ease-out" });
  }
}
