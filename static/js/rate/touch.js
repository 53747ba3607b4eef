// Swipes on a phone: the card follows the finger and says what will happen. A magnified picture is moved instead.

import { part } from "./page.js";
import { viewer } from "./stage.js";

const EDGE = 24; // where the system's own gestures begin
const SLOPE = 12;
const SPEED = 0.55; // pixels a millisecond: a flick
const card = part("card");
const stage = part("stage");
const hints = new Map([...document.querySelectorAll("[data-swipe]")].map((node) => [node.dataset.swipe, node]));
let from = null;

const reach = () => Math.min(130, stage.clientWidth * 0.3);

function outcome(dx, dy) {
  if (Math.abs(dx) < SLOPE && Math.abs(dy) < SLOPE) return null;
  if (-dy > Math.abs(dx)) return ["skip", -dy];
  return [dx > 0 ? "approve" : "reject", Math.abs(dx)];
}

function show(dx, dy) {
  const found = from && outcome(dx, dy);
  card.style.transform = found ? `translate(${dx}px, ${Math.min(dy, 0)}px) rotate(${dx / 40}deg)` : "";
  for (const [name, hint] of hints) {
    const share = found?.[0] === name ? Math.min(1, found[1] / reach()) : 0;
    hint.style.opacity = share;
    hint.toggleAttribute("data-sure", share >= 1);
  }
}

function settle() {
  from = null;
  show(0, 0);
}

// ``perform`` gets approve, reject or skip; ``isOpen`` tells whether the reasons cover the picture.
export function listen(perform, isOpen) {
  const view = part("viewer");
  view.addEventListener("pointerdown", (event) => {
    const { pointerType, isPrimary, clientX } = event;
    const isEdge = clientX < EDGE || clientX > innerWidth - EDGE;
    if (pointerType !== "touch" || !isPrimary || isEdge || !viewer.fitted || isOpen()) settle();
    else from = { x: event.clientX, y: event.clientY, at: event.timeStamp };
  });
  view.addEventListener("pointermove", (event) => {
    if (!from || !event.isPrimary) return;
    if (viewer.pointers.size > 1) settle();
    else show(event.clientX - from.x, event.clientY - from.y);
  });
  view.addEventListener("pointerup", (event) => {
    if (!from || !event.isPrimary) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    const found = outcome(dx, dy);
    const speed = found ? found[1] / Math.max(1, event.timeStamp - from.at) : 0;
    settle();
    if (found && (found[1] >= reach() || (speed > SPEED && found[1] > reach() / 3))) perform(found[0]);
  });
  view.addEventListener("pointercancel", settle);
  document.addEventListener("contextmenu", (event) => {
    if (event.target.closest?.("[data-part=viewer]") && matchMedia("(pointer: coarse)").matches) event.preventDefault();
  });
}
