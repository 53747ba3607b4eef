// Pictures loaded and decoded before they are needed: thumbnails first, then the full files, the next one first.

import { imageOf, thumbnailOf } from "./page.js";

const AT_ONCE = 3;
const FULL_AHEAD = 6;
const TRIES = 4;
const RETRY_MS = 3000;

const store = new Map();
let wanted = [];
let fullAhead = FULL_AHEAD;
let running = 0;

function file(address) {
  const image = new Image();
  image.decoding = "sync"; // once decoded, it is drawn in the same frame as its box
  image.draggable = false;
  image.alt = "";
  const made = { image, address, state: "new", tries: 0 };
  made.ready = new Promise((resolve) => (made.resolve = resolve));
  return made;
}

export function mediaOf(card) {
  let media = store.get(card.picture);
  if (!media) {
    media = { thumbnail: file(thumbnailOf(card.picture)), full: file(imageOf(card.picture)) };
    store.set(card.picture, media);
  }
  return media;
}

async function load(one) {
  one.state = "loading";
  one.tries += 1;
  running += 1;
  try {
    one.image.src = one.address;
    await one.image.decode();
    one.state = "ready";
    one.resolve();
  } catch {
    one.state = "failed";
    one.image.removeAttribute("src");
    if (one.tries < TRIES) setTimeout(() => retry(one), RETRY_MS * one.tries);
    one.failed?.();
  }
  running -= 1;
  pump();
}

function retry(one) {
  if (one.state === "failed") one.state = "new";
  pump();
}

function next() {
  const ahead = wanted.slice(0, Math.max(fullAhead, 2)).map(mediaOf);
  return (
    ahead.find(({ thumbnail }) => thumbnail.state === "new")?.thumbnail ??
    ahead.slice(0, fullAhead).find(({ full }) => full.state === "new")?.full ??
    wanted.map(mediaOf).find(({ thumbnail }) => thumbnail.state === "new")?.thumbnail
  );
}

function pump() {
  while (running < AT_ONCE) {
    const one = next();
    if (!one) return;
    load(one);
  }
}

// Load these, in this order, and forget all others but ``kept``. A grid needs thumbnails only.
export function want(cards, { kept = [], full = true } = {}) {
  wanted = cards;
  fullAhead = full ? FULL_AHEAD : 0;
  const living = new Set([...cards, ...kept].map((card) => card.picture));
  for (const picture of store.keys()) if (!living.has(picture)) store.delete(picture);
  pump();
}

export function loadFull(card) {
  const { full } = mediaOf(card);
  if (full.state === "new") load(full);
}

window.addEventListener("online", () => {
  for (const { thumbnail, full } of store.values()) for (const one of [thumbnail, full]) {
    one.tries = 0;
    if (one.state === "failed") one.state = "new";
  }
  pump();
});
