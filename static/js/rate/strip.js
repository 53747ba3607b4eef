// The strip of one's last votes, each with its mark; pressing one takes it back.

import { lower, namesOf, part, stamp, text, thumbnailOf } from "./page.js";

const SHOWN = 14;
const strip = part("strip");

export function draw(acts) {
  const items = acts.latest(SHOWN);
  const tiles = new Map([...strip.children].map((tile) => [tile.dataset.vote, tile]));
  strip.replaceChildren(...items.map((item) => tiles.get(item.vote.id) ?? tileOf(item)));
}

function tileOf({ vote, card }) {
  const tile = stamp("rate-past");
  const image = tile.querySelector("img");
  image.src = thumbnailOf(vote.picture);
  image.decoding = "async";
  image.addEventListener("error", () => image.remove());
  tile.dataset.vote = vote.id;
  tile.dataset.choice = vote.choice;
  const reasons = vote.reasons?.length ? `: ${namesOf(vote.reasons)}` : "";
  const subject = card ? ` (${card.topic.name}, ${card.concept.name})` : "";
  tile.title = text("takeBack", { choice: text(vote.choice) + lower(reasons) + subject });
  tile.setAttribute("aria-label", tile.title);
  return tile;
}

// ``undo`` gets the vote's identifier.
export function listen(undo) {
  strip.addEventListener("click", (event) => {
    const tile = event.target.closest("[data-vote]");
    if (tile) undo(tile.dataset.vote);
  });
}

// The stack of near-duplicates that the picture belongs to, one decision for each.
const row = part("stack");

export function drawStack(card, alike) {
  row.hidden = !card?.stack || card.stack.size < 2;
  if (row.hidden) return;
  part("stack-text").textContent = text("alike", { position: card.stack.position, size: card.stack.size });
  part("stack-tiles").replaceChildren(...alike.map(({ card: one, choice }) => {
    const image = new Image(48, 48);
    image.src = thumbnailOf(one.picture);
    image.alt = "";
    const frame = document.createElement("span");
    frame.className = "stack-tile";
    frame.toggleAttribute("data-current", one.picture === card.picture);
    if (choice) frame.dataset.choice = choice;
    frame.append(image);
    return frame;
  }));
}
