// The cards of photos: what is not done is asked for in one request for all of them, less often the longer it takes.

import { parse, speak, text } from "./texts.js";

const SOONEST_MS = 700;
const LATEST_MS = 5000;
const SLOWER = 1.15;
const HIDDEN_MS = 15_000;

const list = document.getElementById("photos");
const address = document.getElementById("boards")?.dataset.parts;
let wait = SOONEST_MS;
let timer;
let asking = false;

const open = () => [...list.querySelectorAll("[data-photo][data-open]")];

// Put a card where the same photo is shown, else at the front, and let htmx know of its buttons.
export function put(card) {
  const shown = document.getElementById(card.id);
  if (!shown) list.prepend(card);
  else if (shown !== card) renew(shown, card);
  htmx.process(document.getElementById(card.id));
}

function renew(shown, card) {
  const local = shown.querySelector("img[data-local]");
  const isOpen = "open" in card.dataset;
  if (local && isOpen) keepPicture(local, card);
  if (local && !isOpen) URL.revokeObjectURL(local.src);
  if (!isOpen && "open" in shown.dataset) speak(text(card.dataset.state === "done" ? "ready" : "unreadable"));
  Idiomorph.morph(shown, card);
}

// What was chosen here is on this device already; it need not come back over the network while it waits.
export function keepPicture(local, card) {
  const picture = card.querySelector("img");
  picture.src = local.src;
  picture.dataset.local = "";
}

export function putAll(html) {
  for (const card of [...parse(html).querySelectorAll("[data-photo]")]) put(card);
  wake();
}

async function ask() {
  if (asking) return;
  asking = true;
  try {
    const waiting = open();
    const query = new URLSearchParams(waiting.map((card) => ["photo", card.dataset.photo]));
    const answer = await fetch(`${address}?${query}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const cards = [...parse(await answer.text()).querySelectorAll("[data-photo]")];
    const known = new Set(cards.map((card) => card.id));
    // A card that was worked on anew in the meantime is asked for again; one that was deleted elsewhere is gone.
    for (const card of waiting) if (!known.has(card.id)) card.remove();
    for (const card of cards) if (document.getElementById(card.id)) put(card);
    wait = Math.min(LATEST_MS, wait * SLOWER);
  } catch {
    wait = LATEST_MS; // the network is gone, or the server: what is shown stays, and is asked for again
  } finally {
    asking = false;
    again();
  }
}

function again() {
  clearTimeout(timer);
  if (open().length) timer = setTimeout(ask, document.hidden ? HIDDEN_MS : wait);
}

// Something has begun, or somebody looks again: ask soon.
export function wake() {
  wait = SOONEST_MS;
  again();
}

document.addEventListener("visibilitychange", () => document.hidden || wake());
window.addEventListener("online", wake);
document.body.addEventListener("htmx:afterSwap", wake);
