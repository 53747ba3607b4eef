// The page of photos: take them from the camera, the picker, the clipboard or a drop, send them, show their cards.

import { keepPicture, put, putAll, wake } from "./cards.js";
import { openCrop } from "./crop.js";
import { count, parse, share, speak, text, toast } from "./texts.js";
import { Upload } from "./upload.js";

const AT_ONCE = 2;
const MEGABYTE = 1024 * 1024;

const root = document.getElementById("boards");
const list = document.getElementById("photos");
const form = document.getElementById("send");
const uploads = new Map(); // each with its card
let isKnown = "known" in root.dataset;

// --- Sending ---------------------------------------------------------------------------------------------------
function take(files) {
  if (!form) return;
  if (!files.length) toast(text("nothing"), "warning");
  for (const file of files) begin(file);
  if (files.length) list.scrollIntoView({ block: "nearest" });
}

function begin(file) {
  const { upload: address, csrf } = root.dataset;
  const upload = new Upload(file, { address, csrf, room: form.elements.room?.value });
  const card = document.getElementById("sending-card").content.firstElementChild.cloneNode(true);
  uploads.set(upload, card);
  list.prepend(card);
  showPicture(card, file);
  upload.addEventListener("change", () => draw(upload, card));
  upload.addEventListener("sent", (event) => arrived(upload, card, event.detail));
  card.querySelector("[data-send-again]").addEventListener("click", () => retry(upload));
  card.querySelector("[data-send-stop]").addEventListener("click", () => forget(upload));
  const most = Number(root.dataset.mostBytes);
  if (file.type && !file.type.startsWith("image/")) upload.enter("failed", { problem: text("notPhoto") });
  else if (file.size > most) {
    upload.enter("failed", { problem: text("tooLarge", { size: count(file.size / MEGABYTE), most: count(most / MEGABYTE) }) });
  } else draw(upload, card);
  next();
}

function showPicture(card, file) {
  const picture = card.querySelector("img");
  picture.addEventListener("load", () => (picture.hidden = false), { once: true });
  picture.src = URL.createObjectURL(file);
  picture.dataset.local = "";
}

// A browser that the server has not met gets its name with the first answer; until then nothing else is sent, or each
// photo would belong to a person of its own.
function next() {
  const all = [...uploads.keys()];
  const busy = all.filter(({ state }) => state === "sending" || state === "checking").length;
  const free = (isKnown ? AT_ONCE : 1) - busy;
  all.filter(({ state }) => state === "waiting").slice(0, Math.max(0, free)).forEach((upload) => upload.start());
}

function retry(upload) {
  upload.enter("waiting");
  next();
}

function forget(upload) {
  upload.stop();
  const card = uploads.get(upload);
  uploads.delete(upload);
  URL.revokeObjectURL(card.querySelector("img").src);
  card.remove();
  next();
}

function arrived(upload, card, html) {
  isKnown = true;
  uploads.delete(upload);
  const [fresh] = parse(html).querySelectorAll("[data-photo]");
  const local = card.querySelector("img");
  if (!local.hidden && "open" in fresh.dataset) keepPicture(local, fresh);
  if (document.getElementById(fresh.id)) card.remove();
  else card.replaceWith(fresh);
  put(fresh);
  speak(text("sent", { name: upload.file.name }));
  wake();
  next();
}

function draw(upload, card) {
  const { state, progress, problem, canRetry } = upload;
  const isFailed = state === "failed";
  card.dataset.state = state;
  card.querySelector("[data-status]").textContent = text(isFailed ? "failed" : state === "sent" ? "checking" : state, { share: share(progress) });
  const bar = card.querySelector("[data-bar]");
  bar.hidden = isFailed;
  bar.firstElementChild.style.setProperty("--share", `${100 * progress}%`);
  bar.setAttribute("aria-valuenow", String(Math.floor(10 * progress) * 10));
  const error = card.querySelector("[data-error]");
  error.hidden = !isFailed;
  if (isFailed && error.textContent !== problem) speak(problem);
  error.textContent = problem;
  card.querySelector("[data-send-again]").hidden = !isFailed || !canRetry;
  if (isFailed) {
    card.querySelector("[data-send-stop] span").textContent = text("remove");
    if (!upload.wasCutOff) isKnown ||= upload.request !== undefined;
    next();
  }
}

window.addEventListener("online", () => {
  for (const upload of uploads.keys()) if (upload.state === "failed" && upload.wasCutOff) retry(upload);
});

window.addEventListener("beforeunload", (event) => {
  if ([...uploads.keys()].some(({ state, canRetry }) => state !== "failed" || canRetry)) event.preventDefault();
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
  if (button) openCrop(button, putAll);
});

wake();
