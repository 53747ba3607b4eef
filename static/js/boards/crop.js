// The dialog in which a board's four corners are put in place: by mouse, by touch with a magnifier, by arrow keys.
// Corners are shares of the upright photo, clockwise from the top left of the board; the photo may be shown turned.

import { text } from "./texts.js";
import { post } from "./token.js";

const WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]];
const LEAST_TURN = 2e-4; // what the server asks of a convex shape
const STEP = 0.004;
const LARGE_STEP = 0.03;
const MAGNIFIED = 3;

const dialog = document.getElementById("crop");
const find = (name) => dialog.querySelector(`[data-crop-${name}]`);
const stage = find("stage");
const box = find("photo");
const picture = box.querySelector("img");
const loupe = find("loupe");
const loupePicture = loupe.querySelector("img");
const handles = [...dialog.querySelectorAll("[data-corner]")];
const error = find("error");

let button; // the one that opened the dialog, with all that is known of the photo
let done;
let corners;
let rotation;

// --- Where a point of the photo is shown ---------------------------------------------------------------------------
const TURNS = {
  0: ([x, y]) => [x, y],
  90: ([x, y]) => [1 - y, x],
  180: ([x, y]) => [1 - x, 1 - y],
  270: ([x, y]) => [y, 1 - x],
};
const shown = (point) => TURNS[rotation](point);
const inPhoto = (point) => TURNS[(360 - rotation) % 360](point);
const clamp = (value) => Math.min(1, Math.max(0, value));

function isConvex(points) {
  return points.every(([x, y], index) => {
    const [x1, y1] = points[(index + 1) % 4];
    const [x2, y2] = points[(index + 2) % 4];
    return (x1 - x) * (y2 - y1) - (y1 - y) * (x2 - x1) >= LEAST_TURN;
  });
}

// --- Opening -------------------------------------------------------------------------------------------------------
function read(numbers) {
  const values = numbers ? numbers.split(",").map(Number) : [];
  return values.length === 8 ? [0, 2, 4, 6].map((at) => [values[at], values[at + 1]]) : null;
}

// A photo that was turned and not cut was wanted whole; so was one with the corners of the whole photo. Otherwise the
// corners begin where the board seems to be.
function firstCorners({ corners: chosen, suggested, rotation: turned }) {
  return read(chosen) ?? (Number(turned) ? null : read(suggested)) ?? WHOLE;
}

export function openCrop(from, whenDone) {
  button = from;
  done = whenDone;
  rotation = Number(from.dataset.rotation);
  corners = firstCorners(from.dataset);
  find("suggest").hidden = !from.dataset.suggested;
  dialog.showModal();
  load();
}

// Nothing can be cut before the photo is seen.
async function load() {
  const opened = button;
  say("");
  find("reload").hidden = true;
  find("loading").hidden = false;
  find("apply").disabled = true;
  box.hidden = true;
  for (const image of [picture, loupePicture]) {
    image.removeAttribute("src"); // the same address again is asked for again
    image.src = opened.dataset.image;
  }
  const isSeen = await picture.decode().then(() => true, () => false);
  if (!dialog.open || button !== opened) return;
  find("loading").hidden = true;
  find("reload").hidden = isSeen;
  find("apply").disabled = !isSeen;
  box.hidden = !isSeen;
  if (isSeen) draw();
  else say(text("noPicture"));
}

function say(problem) {
  error.hidden = !problem;
  error.textContent = problem;
}

// --- Drawing -------------------------------------------------------------------------------------------------------
function turn(image, width, height) {
  const isSideways = rotation % 180 !== 0;
  image.style.width = `${isSideways ? height : width}px`;
  image.style.height = `${isSideways ? width : height}px`;
  image.style.transform = `translate(-50%, -50%) rotate(${rotation}deg)`;
}

function draw() {
  if (box.hidden || !picture.naturalWidth) return;
  const sides = [picture.naturalWidth, picture.naturalHeight];
  const [width, height] = rotation % 180 ? sides.reverse() : sides;
  const scale = Math.min(stage.clientWidth / width, stage.clientHeight / height);
  box.style.width = `${width * scale}px`;
  box.style.height = `${height * scale}px`;
  turn(picture, width * scale, height * scale);
  const points = corners.map(shown);
  const written = points.map(([x, y]) => `${100 * x},${100 * y}`);
  find("edge").setAttribute("points", written.join(" "));
  find("shade").setAttribute("d", `M0,0H100V100H0ZM${written.join("L")}Z`);
  handles.forEach((handle, index) => {
    const [x, y] = points[index];
    handle.style.left = `${100 * x}%`;
    handle.style.top = `${100 * y}%`;
    handle.setAttribute("aria-label", text(`corner${(index + rotation / 90) % 4}`));
  });
}

function magnify(index) {
  loupe.hidden = false;
  const [x, y] = shown(corners[index]);
  const { clientWidth, clientHeight } = box;
  const inner = loupe.firstElementChild;
  inner.style.width = `${clientWidth * MAGNIFIED}px`;
  inner.style.height = `${clientHeight * MAGNIFIED}px`;
  turn(loupePicture, clientWidth * MAGNIFIED, clientHeight * MAGNIFIED);
  const middle = loupe.clientWidth / 2;
  inner.style.transform = `translate(${middle - x * clientWidth * MAGNIFIED}px, ${middle - y * clientHeight * MAGNIFIED}px)`;
  // Never under the finger: in the corner of the dialog that is farther away.
  loupe.toggleAttribute("data-right", x < 0.5);
}

// --- Moving --------------------------------------------------------------------------------------------------------
function move(index, point) {
  const next = corners.map((corner, at) => (at === index ? inPhoto(point.map(clamp)) : corner));
  if (isConvex(next)) corners = next;
  draw();
}

handles.forEach((handle, index) => {
  let grip = null; // from the finger to the corner, so that the corner does not jump under it
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    const [x, y] = shown(corners[index]);
    const place = box.getBoundingClientRect();
    grip = [x - (event.clientX - place.left) / place.width, y - (event.clientY - place.top) / place.height];
    magnify(index);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const place = box.getBoundingClientRect();
    move(index, [(event.clientX - place.left) / place.width + grip[0], (event.clientY - place.top) / place.height + grip[1]]);
    magnify(index);
  });
  const release = () => {
    grip = null;
    loupe.hidden = true;
  };
  handle.addEventListener("pointerup", release);
  handle.addEventListener("pointercancel", release);
  handle.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const [x, y] = shown(corners[index]);
    move(index, [x + step * way[0], y + step * way[1]]);
    magnify(index);
  });
  handle.addEventListener("blur", () => (loupe.hidden = true));
});

// --- Buttons -------------------------------------------------------------------------------------------------------
function chosenCorners() {
  const isWhole = corners.every(([x, y], index) => Math.hypot(x - WHOLE[index][0], y - WHOLE[index][1]) < 0.003);
  if (!isWhole) return JSON.stringify(corners);
  // Where the board seems to be a part of the photo, that it is wanted whole is a choice, and kept as one.
  return button.dataset.suggested ? JSON.stringify(WHOLE) : "";
}

async function apply() {
  const form = new FormData();
  form.append("corners", chosenCorners());
  form.append("rotation", String(rotation));
  find("apply").setAttribute("aria-busy", "true");
  try {
    const answer = await post(button.dataset.crop, form);
    const words = await answer.text();
    if (!answer.ok) {
      const { textGone, textForbidden, textServer } = document.body.dataset;
      say(answer.status === 422 ? words : { 403: textForbidden, 404: textGone }[answer.status] ?? textServer);
      return;
    }
    dialog.close();
    done(words);
  } catch {
    say(document.body.dataset.textNetwork);
  } finally {
    find("apply").removeAttribute("aria-busy");
  }
}

dialog.addEventListener("click", (event) => {
  const turned = event.target.closest("[data-crop-turn]");
  if (event.target === dialog || event.target.closest("[data-crop-close]")) dialog.close();
  else if (turned) rotation = (rotation + Number(turned.dataset.cropTurn)) % 360;
  else if (event.target.closest("[data-crop-suggest]")) corners = read(button.dataset.suggested);
  else if (event.target.closest("[data-crop-whole]")) corners = WHOLE;
  else if (event.target.closest("[data-crop-reload]")) load();
  else if (event.target.closest("[data-crop-apply]")) apply();
  draw();
});

new ResizeObserver(draw).observe(stage);
