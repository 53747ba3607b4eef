// The page on which two pictures are compared: keys and buttons judge, all else follows events.

import { Acts } from "../rate/acts.js";
import { ask, Unreachable } from "../rate/api.js";
import { Clock } from "../rate/clock.js";
import { judgements } from "../rate/endpoints.js";
import { claimTab } from "../rate/ids.js";
import { uuid } from "../uuid.js";
import * as keys from "../rate/keys.js";
import { Outbox } from "../rate/outbox.js";
import { count, keep, part, root, settings, speak, text, toast } from "../rate/page.js";
import * as status from "../rate/status.js";
import * as timings from "../rate/timings.js";
import * as media from "./media.js";
import { Pairs } from "./pairs.js";
import * as stage from "./stage.js";

const ASKED = "compare:asked";
const CHOICES = { ArrowLeft: "left", ArrowRight: "right", ArrowDown: "same", "=": "same" };
const REMEMBERED = 20;
const help = document.getElementById("compare-help");

const channel = "BroadcastChannel" in window ? new BroadcastChannel(`judge-${root.dataset.user}`) : null;
const tab = await claimTab(channel);
const outbox = new Outbox(tab, channel, judgements);
const pairs = new Pairs(tab, outbox);
const acts = new Acts(pairs, outbox);
let pair = null;
const clock = new Clock();
// On a phone the pictures need the room.
const usual = settings.preferences.show_prompt && !matchMedia("(max-width: 59.99rem)").matches ? "yes" : "no";
let asked = (localStorage.getItem(ASKED) ?? usual) === "yes";

// What the tests and the bench read.
window.rating = { timings: timings.samples, tab, outbox, cards: pairs };

// --- Drawing ---------------------------------------------------------------------------------------------------
function draw() {
  media.want(pairs.queue, acts.list.slice(0, 3).flatMap((act) => act.items.map((item) => item.card)).filter(Boolean));
  const next = pairs.current;
  if (next !== pair) showPair(next);
  if (!pair && root.dataset.state === "rating") root.dataset.state = "loading";
  document.querySelectorAll(".rate-acts [data-act]:not(.act-undo)").forEach((button) => (button.disabled = !pair));
  document.querySelector(".act-undo").disabled = !acts.list.length;
}

function showPair(next) {
  pair = next;
  pairs.onScreen = new Set(next ? [next.id] : []);
  if (!next) {
    stage.nothing();
    return;
  }
  clock.restart();
  stage.show(next).then(() => next === pair && clock.restart());
  const { topic, concept, location, prompt, negative_prompt: negative, previous } = next;
  part("topic").textContent = topic.name;
  part("concept").textContent = concept.name;
  part("asked-text").textContent = prompt ?? "";
  part("asked-location").textContent = location ?? "";
  part("asked-negative").textContent = negative ? text("without", { negative }) : "";
  part("before").hidden = !previous;
  if (previous) part("before").textContent = text("before", { choice: text(previous.choice) });
  drawAsked();
}

function drawAsked() {
  part("asked").hidden = !asked || !pair?.prompt;
  document.querySelector("[data-act=details]").setAttribute("aria-pressed", String(asked));
  document.querySelector("[data-act=details]").disabled = Boolean(pair) && !pair.prompt;
}

function drawCounters() {
  part("count-votes").textContent = count(Math.max(0, pairs.judged));
  part("count-left").textContent = count(Math.max(0, pairs.left));
}

// --- What is done ----------------------------------------------------------------------------------------------
function judge(choice) {
  if (!pair) return;
  acts.commit([{ card: pair, vote: { id: uuid(), pair: pair.id, choice, seconds: clock.seconds } }]);
  stage.sign(choice);
  speak(text(choice));
}

const ACTIONS = {
  left: () => judge("left"),
  right: () => judge("right"),
  same: () => judge("same"),
  skip: () => judge("skip"),
  undo: () => acts.undoLast() || toast(text("nothingToUndo")),
  zoom: stage.zoom,
  cancel: stage.fit,
  help: () => help.showModal(),
  details: () => {
    asked = !asked;
    keep(localStorage, ASKED, asked ? "yes" : "no");
    drawAsked();
  },
};

// Only what brings another pair is measured.
function perform(action, event) {
  const before = pair;
  timings.keyPressed(event);
  pairs.wake();
  ACTIONS[action]();
  if (pair === before || !pair) timings.forget();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || keys.hasModifier(event) || keys.isBusy(event) || keys.pressesButton(event)) return;
  const action = CHOICES[event.key] ?? keys.actionOf(event);
  if (!(action in ACTIONS)) return;
  event.preventDefault();
  if (!event.repeat) perform(action, event);
});

help.addEventListener("click", (event) => event.target === help && help.close());

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act], [data-retry]");
  if (!button || button.disabled) return;
  if (event.detail > 0) button.blur(); // the next key is a judgement, not this button again
  if (button.dataset.act) perform(button.dataset.act, event);
  else {
    pairs.fetch();
    outbox.flush();
  }
});

// --- What happens ----------------------------------------------------------------------------------------------
pairs.addEventListener("change", draw);
pairs.addEventListener("state", ({ detail: { state, signedOut } }) => {
  if (state === "empty" && root.dataset.state !== "empty") speak(text("allJudged"));
  root.dataset.state = state;
  if (signedOut) status.notice(text("signedOut"), true);
});
pairs.addEventListener("progress", drawCounters);
acts.addEventListener("change", draw);
acts.addEventListener("back", () => {
  speak(text("takenBack"));
  draw();
});
acts.addEventListener("lost", () => toast(text("notGivenAgain"), "warning"));
outbox.addEventListener("change", () => status.show(outbox));
outbox.addEventListener("stored", () => outbox.waiting || pairs.refill());
outbox.addEventListener("refused", ({ detail: { problem } }) => status.refused(problem));
for (const name of ["online", "offline"]) window.addEventListener(name, () => status.show(outbox));
window.addEventListener("online", () => pairs.fetch());
document.addEventListener("visibilitychange", () => document.hidden || pairs.wake());
window.addEventListener("pagehide", () => outbox.sendNow());
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

// --- The start -------------------------------------------------------------------------------------------------
async function remember() {
  const waiting = outbox.votes().reverse();
  waiting.forEach(({ body }) => pairs.acted.add(body.pair));
  acts.remember(waiting.map(({ card, body }) => ({ card, vote: body })));
  const { ok, data } = await ask("GET", `/comparisons/${root.dataset.comparison}/judgements?limit=${REMEMBERED}`);
  if (ok) acts.remember(data.map((vote) => ({ card: null, vote })));
}

keys.showKeys();
draw();
outbox.flush();
remember().catch((error) => {
  if (!(error instanceof Unreachable)) throw error;
});
