// The rating page put together: keys, buttons and swipes go to the mode that is on; all else follows events.

import { Acts } from "./acts.js";
import { ask, Unreachable } from "./api.js";
import { Cards } from "./cards.js";
import { votes } from "./endpoints.js";
import * as evidence from "../evidence.js";
import { Grid } from "./grid.js";
import { claimTab, noteReleased } from "./ids.js";
import * as keys from "./keys.js";
import * as media from "./media.js";
import { keep, part, root, speak, text, toast } from "./page.js";
import { Outbox } from "./outbox.js";
import { Preferences } from "./preferences.js";
import * as reasons from "./reasons.js";
import { Session } from "./session.js";
import { Single } from "./single.js";
import * as status from "./status.js";
import * as strip from "./strip.js";
import * as timings from "./timings.js";
import * as touch from "./touch.js";

const MODE = "rate:mode";
const REMEMBERED = 20;
const DECISIVE = new Set(["approve", "reject"]);
const help = document.getElementById("rate-help");
const closer = document.getElementById("rate-closer");
const narrow = matchMedia("(max-width: 59.99rem)");

const channel = "BroadcastChannel" in window ? new BroadcastChannel(`rate-${root.dataset.user}`) : null;
const tab = await claimTab(channel);
const outbox = new Outbox(tab, channel, votes);
const cards = new Cards(tab, outbox);
const acts = new Acts(cards, outbox);
const session = new Session(outbox);
const preferences = new Preferences();
preferences.openDetails = () => root.toggleAttribute("data-sheet", narrow.matches);
const modes = { single: new Single(cards, acts, preferences), grid: new Grid(cards, acts, preferences) };
let mode = modes.single;

// What the tests and the bench read.
window.rating = { timings: timings.samples, tab, outbox, cards };

// --- Drawing ---------------------------------------------------------------------------------------------------
function alikeOf(card) {
  if (!card?.stack) return [];
  const known = new Map();
  for (const one of cards.queue) known.set(one.picture, { card: one });
  for (const act of acts.list) for (const { card: one, vote } of act.items) {
    if (one && !known.has(one.picture)) known.set(one.picture, { card: one, choice: vote.choice });
  }
  const alike = [...known.values()].filter(({ card: one }) => one.stack?.id === card.stack.id);
  return alike.sort((one, other) => one.card.stack.position - other.card.stack.position);
}

function draw() {
  const isSingle = mode === modes.single;
  mode.draw();
  media.want(cards.queue, { kept: acts.withCards(), full: isSingle });
  strip.draw(acts);
  strip.drawStack(isSingle ? cards.current : null, alikeOf(cards.current));
  if (!cards.current && root.dataset.state === "rating") root.dataset.state = "loading";
  document.querySelectorAll(".rate-acts [data-act]:not(.act-undo)").forEach((button) => (button.disabled = !cards.current));
  document.querySelector(".act-undo").disabled = !acts.list.length;
}

function setMode(name) {
  if (mode === modes[name]) return;
  mode.leave();
  mode = modes[name];
  keep(sessionStorage, MODE, name);
  root.dataset.mode = name;
  part("grid").hidden = name !== "grid";
  part("stage").hidden = name === "grid";
  document.querySelector("[data-act=grid]").setAttribute("aria-pressed", String(name === "grid"));
  mode.enter();
  draw();
}

function followPreferences() {
  root.toggleAttribute("data-prompt-hidden", !preferences.showPrompt);
  part("asked").hidden = !preferences.showPrompt;
  part("asked-hidden").hidden = preferences.showPrompt;
}

// --- What is done ----------------------------------------------------------------------------------------------
const PAGE_ACTIONS = {
  help: openHelp,
  evidence: evidence.toggle,
  grid: () => setMode(mode === modes.grid ? "single" : "grid"),
  details: () => (narrow.matches ? root.toggleAttribute("data-sheet") : preferences.set({ showPrompt: !preferences.showPrompt })),
};

function perform(action) {
  cards.wake();
  (PAGE_ACTIONS[action] ?? (() => mode.perform(action)))();
}

// Only what brings another picture is measured.
function measured(event, work) {
  const last = () => `${acts.list.length} ${acts.list[0]?.items[0].vote.id}`;
  const before = last();
  timings.keyPressed(event);
  work();
  if (last() === before) timings.forget();
}

function openHelp() {
  const p95 = timings.p95();
  part("timing").hidden = p95 === null;
  if (p95 !== null) part("timing").textContent = text("timing", { p95: Math.round(p95), n: timings.samples.length });
  help.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || keys.hasModifier(event) || keys.isBusy(event) || keys.pressesButton(event)) return;
  const digit = keys.digitOf(event);
  const action = digit === null ? keys.actionOf(event) : null;
  if (digit === null && !action) {
    if (mode.other(event)) event.preventDefault();
    return;
  }
  event.preventDefault();
  if (event.repeat) return;
  measured(event, () => (digit === null ? perform(action) : mode.digit(digit, event.shiftKey)));
});

for (const [dialog, action] of [[help, "help"], [closer, "zoom"]]) {
  dialog.addEventListener("keydown", (event) => {
    if (keys.hasModifier(event) || event.repeat || keys.actionOf(event) !== action) return;
    event.preventDefault();
    event.stopPropagation();
    dialog.close();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act], [data-open], [data-retry]");
  if (!button || button.disabled) return;
  if (event.detail > 0) button.blur(); // the next key is a vote, not this button again
  const { act, open } = button.dataset;
  if (act) measured(event, () => perform(act));
  else if (open) {
    help.close();
    preferences.open();
  } else {
    cards.fetch();
    outbox.flush();
  }
});

touch.listen((action) => measured(null, () => perform(action)), reasons.isOpen);
strip.listen((id) => acts.undo(id));

part("skipped").addEventListener("click", async () => {
  await outbox.flush();
  try {
    await ask("POST", "/skipped");
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    toast(text("network"), "error");
    return;
  }
  acts.forgetSkips();
  cards.forgetActed();
  session.fetch();
});

// --- What happens ----------------------------------------------------------------------------------------------
cards.addEventListener("change", draw);
cards.addEventListener("state", ({ detail: { state, signedOut } }) => {
  if (state === "empty" && root.dataset.state !== "empty") {
    speak(text("allRated"));
    session.fetch();
  }
  if (state !== "rating" && state !== "loading") timings.forget();
  root.dataset.state = state;
  if (signedOut) status.notice(text("signedOut"), true);
});
acts.addEventListener("change", draw);
acts.addEventListener("committed", ({ detail: { items } }) => {
  session.counted(items.filter(({ vote }) => DECISIVE.has(vote.choice)).length);
});
acts.addEventListener("back", ({ detail: { cards: back, isPage } }) => {
  session.undone(back.filter(({ previous }) => DECISIVE.has(previous.choice)).length);
  speak(text("takenBack"));
  if (isPage) modes.grid.page = [];
  if (mode.suits(isPage)) draw();
  else setMode(isPage ? "grid" : "single");
});
acts.addEventListener("lost", () => toast(text("notHeldAgain"), "warning"));
outbox.addEventListener("change", () => status.show(outbox));
outbox.addEventListener("stored", () => {
  if (outbox.waiting) return;
  cards.refill();
  if (cards.state === "empty") session.fetch(); // only now it knows of the last skip
});
outbox.addEventListener("refused", ({ detail: { problem } }) => status.refused(problem));
preferences.addEventListener("change", () => {
  followPreferences();
  if (mode === modes.grid) {
    cards.aimFor(preferences.gridSize);
    modes.grid.page = [];
    draw();
  }
});
for (const name of ["online", "offline"]) window.addEventListener(name, () => status.show(outbox));
window.addEventListener("online", () => cards.fetch());
document.addEventListener("visibilitychange", () => document.hidden || cards.wake());

// What is on the way is kept for this person; the rest goes to others at once.
window.addEventListener("pagehide", () => {
  outbox.sendNow();
  const keep = outbox.votes().map((entry) => entry.body.picture);
  ask("POST", "/release", { tab, keep }).catch(() => {});
  noteReleased();
});
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

// --- The start -------------------------------------------------------------------------------------------------
async function remember() {
  const waiting = outbox.votes().reverse();
  waiting.forEach(({ body }) => cards.acted.add(body.picture));
  acts.remember(waiting.map(({ card, body }) => ({ card, vote: body })));
  const { ok, data } = await ask("GET", `/votes?limit=${REMEMBERED}`);
  if (ok) acts.remember(data.items.filter((vote) => vote.live).map((vote) => ({ card: null, vote })));
}

followPreferences();
const start = sessionStorage.getItem(MODE);
if (start === "grid") setMode("grid");
else mode.enter();
outbox.flush();
remember().catch((error) => {
  if (!(error instanceof Unreachable)) throw error;
});
