// How long from a key to the next picture on screen, as the person sees it.

const KEPT = 500;
export const samples = [];
let startedAt = null;

export function keyPressed(event) {
  startedAt = event?.timeStamp ?? performance.now();
}

// The first frame after the change is being drawn in the first callback, and is on screen before the second.
export function pictureShown() {
  if (startedAt === null) return;
  const from = startedAt;
  startedAt = null;
  requestAnimationFrame(() => requestAnimationFrame(() => {
    samples.push(performance.now() - from);
    if (samples.length > KEPT) samples.shift();
  }));
}

export const forget = () => (startedAt = null);

export function p95() {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)] : null;
}
