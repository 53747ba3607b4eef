// The picture on screen: its thumbnail scaled up until the full file is there, in a box of the picture's own size.

import { mediaOf } from "./media.js";
import { imageOf, namesOf, part, share, stamp, text } from "./page.js";
import { boxesOf } from "../evidence.js";
import { pictureShown } from "./timings.js";
import { Viewer } from "../viewer.js";

const label = part("zoom");
export const viewer = new Viewer(part("viewer"), ({ scale, fitted }) => {
  label.hidden = fitted;
  label.textContent = share(scale);
});
let shown = null;

// A card that was kept in the browser since before there were flags has none.
const flagsOf = (card) => card.flags ?? [];

export function slideOf(card) {
  const { thumbnail, full } = mediaOf(card);
  const slide = document.createElement("div");
  slide.className = "slide";
  slide.style.width = `${card.width}px`;
  slide.style.height = `${card.height}px`;
  const first = full.state === "ready" ? full : thumbnail;
  slide.append(first.image);
  if (first !== full) full.ready.then(() => first.image.after(full.image));
  slide.append(boxesOf(flagsOf(card)));
  return slide;
}

function broken(card) {
  const { thumbnail, full } = mediaOf(card);
  const look = () => {
    if (shown === card) part("broken").hidden = ![thumbnail, full].every(({ state }) => state === "failed");
  };
  thumbnail.failed = full.failed = look;
  full.ready.then(look);
  thumbnail.ready.then(look);
  look();
}

export function show(card, { keepZoom }) {
  shown = card;
  const slide = slideOf(card);
  viewer.show(slide, card.width, card.height, { keep: keepZoom });
  broken(card);
  about(card);
  const { thumbnail, full } = mediaOf(card);
  if (full.state === "ready" || thumbnail.state === "ready") pictureShown();
  else Promise.race([thumbnail.ready, full.ready]).then(() => shown === card && pictureShown());
}

function about(card) {
  const { topic, concept, location, prompt, negative_prompt: negative, previous } = card;
  for (const name of ["topic", "side-topic"]) part(name).textContent = topic.name;
  for (const name of ["concept", "side-concept"]) part(name).textContent = concept.name;
  part("demonstration").hidden = !card.demonstration;
  doubts(flagsOf(card));
  part("location-row").hidden = !location;
  part("location").textContent = location ?? "";
  part("prompt").textContent = prompt;
  part("negative-row").hidden = !negative;
  part("negative").textContent = negative;
  const before = part("before");
  before.hidden = !previous;
  if (previous) {
    const names = previous.reasons?.length ? `: ${namesOf(previous.reasons)}` : "";
    before.textContent = text("before", { choice: text(previous.choice) + names });
    before.dataset.choice = previous.choice;
  }
}

function doubts(flags) {
  for (const name of ["flags", "flags-row", "flags-act"]) part(name).hidden = !flags.length;
  part("flags").replaceChildren(...flags.map(({ name }) => {
    const chip = stamp("rate-flag");
    chip.querySelector(".flag-name").textContent = name;
    return chip;
  }));
  part("flag-list").replaceChildren(...flags.map(({ name, evidence, boxes }) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const words = document.createElement("dd");
    term.textContent = name;
    words.textContent = [evidence, ...boxes.map((box) => `“${box.text}”`)].join(" · ");
    row.append(term, words);
    return row;
  }));
}

export function nothing(title = "") {
  shown = null;
  for (const name of ["topic", "concept", "side-topic", "side-concept", "location", "prompt", "negative"]) part(name).textContent = "";
  part("topic").textContent = title;
  doubts([]);
  part("demonstration").hidden = part("before").hidden = part("broken").hidden = true;
}

// A closer look at one picture of the grid.
const closer = document.getElementById("rate-closer");
const closeViewer = new Viewer(part("closer"));

export function lookCloser(card) {
  const slide = document.createElement("div");
  const image = new Image(card.width, card.height);
  slide.className = "slide";
  slide.style.width = `${card.width}px`;
  slide.style.height = `${card.height}px`;
  image.src = imageOf(card.picture);
  image.alt = "";
  slide.append(image, boxesOf(flagsOf(card)));
  closer.showModal();
  closeViewer.show(slide, card.width, card.height);
}

// A short sign of what was committed, over the next picture; it delays nothing.
const flash = part("flash");
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function sign(choice) {
  flash.dataset.choice = choice;
  flash.getAnimations().forEach((animation) => animation.cancel());
  const steps = still.matches ? [{ opacity: 1 }, { opacity: 1 }] : [{ opacity: 1 }, { opacity: 1, offset: 0.35 }, { opacity: 0 }];
  flash.animate(steps, { duration: 320, easing: "ease-out" });
}
