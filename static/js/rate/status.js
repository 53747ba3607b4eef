// The calm line that says whether all is saved, and the notice of what somebody should know.

import { part, text, toast } from "./page.js";
import { keepsNothing } from "./store.js";

const QUIET_MS = 1500;
const line = part("status");
let timer = null;
let said = "";

function write(level, words) {
  line.dataset.level = level;
  if (said !== words) part("status-text").textContent = said = words;
}

function levelOf(outbox) {
  const n = outbox.waiting;
  if (outbox.state === "signed-out") return ["offline", text("waitingSignedOut", { n })];
  if (outbox.state === "offline" || !navigator.onLine) return ["offline", n ? text("waitingOffline", { n }) : text("offline")];
  return n ? ["waiting", text("waiting", { n })] : ["saved", text("saved")];
}

// Sending takes a moment at every vote; only what takes longer is worth a look.
export function show(outbox) {
  const [level, words] = levelOf(outbox);
  clearTimeout(timer);
  if (level === "waiting" && line.dataset.level === "saved") timer = setTimeout(() => show_now(outbox), QUIET_MS);
  else write(level, words);
  if (outbox.state === "signed-out") notice(text("signedOut"), true);
  else if (keepsNothing()) notice(text("memoryOnly"));
}

function show_now(outbox) {
  write(...levelOf(outbox));
}

export function notice(words, isSignedOut = false) {
  const box = part("notice");
  if (!box.hidden && part("notice-text").textContent === words) return;
  part("notice-text").textContent = words;
  part("notice-link").hidden = !isSignedOut;
  box.hidden = false;
}

let refusals = new Map();

// The same refusal many times over is told once, with what it is.
export function refused(problem) {
  const reason = problem?.message ?? text("network");
  const before = refusals.get(reason) ?? 0;
  if (Date.now() - before < 10_000) return;
  refusals = new Map([[reason, Date.now()]]);
  toast(text("refused", { reason }), "warning");
}
