// Both pictures of the pair on screen and of the next ones, loaded and decoded before they are needed.

const AHEAD = 3;
const TRIES = 4;
const RETRY_MS = 3000;
const store = new Map();

function file(address) {
  const image = new Image();
  image.decoding = "sync"; // once decoded, it is drawn in the same frame as its box
  image.draggable = false;
  image.alt = "";
  const made = { image, address, state: "loading", tries: 0 };
  made.ready = new Promise((resolve) => (made.resolve = resolve));
  load(made);
  return made;
}

async function load(one) {
  one.state = "loading";
  one.tries += 1;
  try {
    one.image.src = one.address;
    await one.image.decode();
    one.state = "ready";
    one.resolve();
  } catch {
    one.state = "failed";
    one.image.removeAttribute("src");
    if (one.tries < TRIES) setTimeout(() => one.state === "failed" && load(one), RETRY_MS * one.tries);
  }
  one.changed?.();
}

export function mediaOf(pair) {
  let media = store.get(pair.id);
  if (!media) store.set(pair.id, (media = { left: file(pair.left.url), right: file(pair.right.url) }));
  return media;
}

// Load the next pairs, in this order, and forget all others but ``kept``.
export function want(pairs, kept) {
  const next = pairs.slice(0, AHEAD);
  const living = new Set([...next, ...kept].map((pair) => pair.id));
  for (const id of store.keys()) if (!living.has(id)) store.delete(id);
  next.forEach(mediaOf);
}

window.addEventListener("online", () => {
  for (const media of store.values()) for (const one of Object.values(media)) if (one.state === "failed") load(one);
});
