// The page of photos: take them from the camera, the picker, the clipboard or a drop, send them, show their cards.

import { keepPicture, put, putAll, wake } from "./cards.js";
import { openCrop } from "./crop.js";
import { focusOn, isFocusLost, keepFocus } from "./focus.js";
import { count, parse, share, speak, text, toast } from "./texts.js";
import { Upload } from "./upload.js";

const AT_ONCE = 2;
const MEBIBYTE = 1024 * 1024;
const TICK_MS = 1000;
const MINUTE = 60;

const root = document.getElementById("boards");
const list = document.getElementById("photos");
const form = document.getElementById("send");
const uploads = new Map(); // each with its card

// --- Sending ---------------------------------------------------------------------------------------------------
function take(files) {
  if (!form) return;
  if (!files.length) toast(text("nothing"), "warning");
  for (const file of files) begin(file);
  if (files.length) list.scrollIntoView({ block: "nearest" });
}

function begin(file) {
  const upload = new Upload(file, { address: root.dataset.upload, room: form.elements.room?.value });
  const card = document.getElementById("sending-card").content.firstElementChild.cloneNode(true);
  uploads.set(upload, card);
  list.prepend(card);
  showPicture(card, file);
  upload.addEventListener("change", () => changed(upload, card));
  upload.addEventListener("sent", (event) => arrived(upload, card, event.detail.responseText));
  card.querySelector("[data-send-again]").addEventListener("click", () => upload.again());
  card.querySelector("[data-send-alone]").addEventListener("click", () => sendAlone(upload));
  card.querySelector("[data-send-stop]").addEventListener("click", () => forget(upload));
  if (file.type && !file.type.startsWith("image/")) upload.fail("notPhoto");
  else if (file.size > Number(root.dataset.mostBytes)) upload.fail("tooLarge");
  else changed(upload, card);
}

function showPicture(card, file) {
  const picture = card.querySelector("img");
  picture.addEventListener("load", () => (picture.hidden = false), { once: true });
  picture.src = URL.createObjectURL(file);
  picture.dataset.local = "";
  // A picture that was just taken may be nowhere else.
  Object.assign(card.querySelector("[data-save]"), { href: picture.src, download: file.name || "photo.jpg" });
}

// Where the server takes no more for now, those that were not tried yet need not find that out one by one.
function next() {
  const all = [...uploads.keys()];
  const isLimited = all.some(({ state, reason }) => state === "paused" && reason === "limited");
  const free = AT_ONCE - all.filter(({ isInFlight }) => isInFlight).length;
  const ready = all.filter(({ state, request }) => state === "waiting" && (request || !isLimited));
  for (const upload of ready.slice(0, Math.max(0, free))) upload.start();
}

function changed(upload, card) {
  draw(upload, card);
  if (!upload.isInFlight && upload.state !== "sent") queueMicrotask(next);
}

// The room takes no photos any more, neither this one nor those that were to follow it there.
function sendAlone({ room }) {
  if (form.elements.room) form.elements.room.value = "";
  for (const upload of uploads.keys()) {
    const isRefused = upload.state === "failed" && upload.reason === "closed";
    const isNew = upload.state === "waiting" && !upload.request;
    if (upload.room !== room || !(isRefused || isNew)) continue;
    upload.leaveRoom();
    upload.again();
  }
}

function forget(upload) {
  upload.stop();
  const card = uploads.get(upload);
  uploads.delete(upload);
  card.remove();
  URL.revokeObjectURL(card.querySelector("img").src);
  next();
}

function arrived(upload, card, html) {
  const [fresh] = parse(html).querySelectorAll("[data-photo]");
  if (!fresh) {
    upload.fail("offline"); // somebody else answered: the page on which a network asks to sign in
    return;
  }
  uploads.delete(upload);
  const local = card.querySelector("img");
  if (!local.hidden && "open" in fresh.dataset) keepPicture(local, fresh);
  if (document.getElementById(fresh.id)) card.remove();
  else card.replaceWith(fresh);
  put(fresh);
  speak(text("sent", { name: upload.file.name }));
  wake();
  next();
}

// --- The card of a photo on its way ------------------------------------------------------------------------------
function draw(upload, card) {
  const { state, progress, reason, room } = upload;
  const isFailed = state === "failed";
  const isPaused = state === "paused";
  card.dataset.state = state;
  card.querySelector("[data-status]").textContent = statusOf(upload);
  const bar = card.querySelector("[data-bar]");
  bar.hidden = isFailed || isPaused;
  bar.firstElementChild.style.setProperty("--share", `${100 * progress}%`);
  bar.setAttribute("aria-valuenow", String(Math.floor(10 * progress) * 10));
  explain(upload, card);
  const show = (name, isShown) => (card.querySelector(`[data-${name}]`).hidden = !isShown);
  const isAlone = isFailed && reason === "closed" && Boolean(room);
  show("send-again", isPaused || (isFailed && upload.isMendable && !isAlone));
  show("send-alone", isAlone);
  show("save", (isFailed && reason !== "notPhoto") || isPaused);
  card.querySelector("[data-send-stop] span").textContent = text(isFailed ? "remove" : "cancel");
  if (isPaused) tick();
}

function statusOf({ state, progress, goesAt }) {
  if (state !== "paused") return text({ failed: "failed", sent: "checking" }[state] ?? state, { share: share(progress) });
  const seconds = Math.max(1, Math.ceil((goesAt - Date.now()) / 1000));
  return seconds <= 2 * MINUTE ? text("againSeconds", { count: count(seconds) }) : text("againMinutes", { count: count(Math.round(seconds / MINUTE)) });
}

// Said once, however often it is tried.
function explain(upload, card) {
  const { file, state, reason, sentence } = upload;
  const most = Number(root.dataset.mostBytes);
  const values = { size: count(file.size / MEBIBYTE), most: count(most / MEBIBYTE) };
  const problem = sentence || (reason ? text(reason, values) : "");
  const error = card.querySelector("[data-error]");
  error.hidden = !problem;
  error.textContent = problem;
  error.classList.toggle("photo-error", state === "failed");
  error.classList.toggle("soft", state !== "failed");
  if (problem && upload.said !== problem) speak(problem);
  if (problem) upload.said = problem;
}

// The seconds until the next attempt are counted down.
let ticker;
function tick() {
  ticker ??= setInterval(() => {
    const paused = [...uploads].filter(([{ state }]) => state === "paused");
    for (const [upload, card] of paused) card.querySelector("[data-status]").textContent = statusOf(upload);
    if (paused.length) return;
    clearInterval(ticker);
    ticker = undefined;
  }, TICK_MS);
}

const wakeAll = (options) => [...uploads.keys()].forEach((upload) => upload.wake(options));

window.addEventListener("online", () => wakeAll({ isAnew: true }));
window.addEventListener("pageshow", () => wakeAll());
document.addEventListener("visibilitychange", () => document.hidden || wakeAll());

window.addEventListener("beforeunload", (event) => {
  if ([...uploads.keys()].some(({ isMendable }) => isMendable)) event.preventDefault();
});

// --- Where photos come from --------------------------------------------------------------------------------------
form?.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick]")) return;
  take([...event.target.files]);
  event.target.value = ""; // the same photo may be chosen again
});

const filesOf = (transfer) => [...(transfer?.files ?? [])];
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

document.addEventListener("paste", (event) => {
  const files = filesOf(event.clipboardData);
  if (!files.length && event.target.closest?.("input, textarea")) return;
  event.preventDefault();
  take(files);
});

let depth = 0;
document.addEventListener("dragenter", (event) => {
  if (!form || !hasFiles(event)) return;
  event.preventDefault();
  depth += 1;
  root.toggleAttribute("data-dropping", true);
});
document.addEventListener("dragleave", (event) => {
  if (!hasFiles(event)) return;
  depth = Math.max(0, depth - 1);
  root.toggleAttribute("data-dropping", depth > 0);
});
document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  depth = 0;
  root.removeAttribute("data-dropping");
  take(filesOf(event.dataTransfer));
});

// --- Cropping ----------------------------------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-crop]");
  if (button) openCrop(button, (html) => cropped(button.closest("li").id, html));
});

function cropped(id, html) {
  putAll(html);
  if (isFocusLost()) focusOn(document.getElementById(id));
}

keepFocus(list, () => [...(form?.querySelectorAll("[data-pick]") ?? [])].find((input) => input.closest("label").offsetParent));

wake();
