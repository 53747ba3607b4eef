// Votes (or judgements) and undos on their way to the server: written down first, sent in order, repeated until
// answered. Where they go is said by ``endpoints`` (endpoints.js).
//
// Events: "change" {waiting, state}, "stored" {vote}, "undone" {vote, card}, "refused" {id, problem}. What one tab
// sends for another is told to it through the channel.

import { ask, isPassing, isSignedOut, Unreachable } from "./api.js";
import { root } from "./page.js";
import * as store from "./store.js";
import { inTurn } from "./turn.js";

const BATCH = 48;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
const LOOK_MS = 5000;

export class Outbox extends EventTarget {
  constructor(tab, channel, endpoints) {
    super();
    this.tab = tab;
    this.channel = channel;
    this.endpoints = endpoints;
    this.state = "saved"; // saved | sending | offline | signed-out
    this.attempts = 0;
    this.oneByOne = false;
    this.running = false;
    channel?.addEventListener("message", ({ data }) => data.outbox && this.tell(data.outbox, data.detail));
    window.addEventListener("online", () => this.flush());
    window.addEventListener("storage", (event) => store.isOurs(event.key) && this.tell("change"));
    setInterval(() => this.state !== "signed-out" && !this.timer && store.entries().length && this.flush(), LOOK_MS);
  }

  get waiting() {
    return store.entries().length;
  }

  // Votes of the person that the server may not know yet, oldest first.
  votes() {
    const waiting = store.entries();
    const undone = new Set(waiting.filter((entry) => entry.kind === "undo").map((entry) => entry.body.vote));
    return waiting.filter((entry) => entry.kind === "vote" && !undone.has(entry.body.id));
  }

  hasVotesOfThisTab() {
    return store.entries().some((entry) => entry.tab === this.tab);
  }

  vote(body, card) {
    store.put({ kind: "vote", tab: this.tab, body, card });
    this.flush();
  }

  votesOfPage(items) {
    for (const { vote, card } of items) store.put({ kind: "vote", tab: this.tab, body: vote, card });
    this.flush();
  }

  undo(id, vote) {
    store.put({ kind: "undo", tab: this.tab, body: { id, vote } });
    this.flush();
  }

  // Send what waits, if no tab is at it. Resolves when all is sent or has to wait.
  async flush() {
    this.tell("change");
    if (this.running) return;
    this.running = true;
    clearTimeout(this.timer);
    this.timer = null;
    try {
      const turn = await inTurn(`${root.dataset.outbox}-outbox-${root.dataset.user}`, this.tab, () => this.drain());
      if (turn === false) this.timer = setTimeout(() => this.flush(), LOOK_MS);
    } finally {
      this.running = false;
      this.tell("change");
    }
    if (!this.timer && this.state === "saved" && store.entries().length) this.flush();
  }

  // The page goes away: what has not been sent leaves with it, and stays written down until it is answered.
  sendNow() {
    const waiting = this.running ? [] : this.withdraw(store.entries());
    if (!waiting.length) return;
    const next = this.next(waiting);
    for (const { key, ...entry } of next) store.put({ ...entry, tried: true }, key);
    this.request(next).catch(() => {});
  }

  async drain() {
    for (;;) {
      const waiting = this.withdraw(store.entries());
      if (!waiting.length) {
        this.state = "saved";
        return;
      }
      const next = this.next(waiting);
      for (const { key, ...entry } of next) store.put({ ...entry, tried: true }, key);
      const seconds = await this.send(next);
      if (seconds === null) return; // signed out: nothing goes until the page is loaded again
      if (seconds > 0) {
        this.timer = setTimeout(() => this.flush(), seconds * 1000);
        return;
      }
      this.attempts = 0;
      this.tell("change");
    }
  }

  // A vote that was taken back before it was ever sent need not be sent.
  withdraw(waiting) {
    const untried = new Map(
      waiting.filter((entry) => entry.kind === "vote" && !entry.tried).map((entry) => [entry.body.id, entry]),
    );
    const gone = new Set();
    for (const undo of waiting.filter((entry) => entry.kind === "undo")) {
      const vote = untried.get(undo.body.vote);
      if (!vote) continue;
      for (const entry of [undo, vote]) {
        store.remove(entry.key);
        gone.add(entry.key);
      }
    }
    return waiting.filter((entry) => !gone.has(entry.key));
  }

  next(waiting) {
    if (waiting[0].kind === "undo" || this.oneByOne) return [waiting[0]];
    const other = waiting.findIndex((entry) => entry.kind === "undo");
    return waiting.slice(0, Math.min(BATCH, other < 0 ? BATCH : other));
  }

  // Return the seconds to wait before the next request: 0 where all went well, null where nobody is signed in.
  async send(entries) {
    if (this.state !== "offline") this.state = "sending";
    this.tell("change");
    let answer;
    try {
      answer = await this.request(entries);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.state = "offline";
      return this.backOff();
    }
    if (isSignedOut(answer.status)) {
      this.state = "signed-out";
      return null;
    }
    this.state = "sending";
    if (isPassing(answer.status)) return Math.max(answer.retryAfter, this.backOff());
    if (entries.length === 1) return this.settle(entries[0], answer.status, answer.data);
    if (!answer.ok) {
      this.oneByOne = true; // one of them spoils the whole request; the others should not suffer
      return 0;
    }
    const results = new Map(answer.data.results.map((result) => [result.id, result]));
    const waits = entries.map((entry) => {
      const result = results.get(entry.body.id);
      return this.settle(entry, result?.status ?? 500, result?.problem);
    });
    return waits.includes(null) ? null : Math.max(...waits);
  }

  request(entries) {
    const [{ kind, body, tab }] = entries;
    const { one, several, undo } = this.endpoints;
    if (kind === "undo") return ask("POST", ...undo(body, tab));
    return ask("POST", ...(entries.length === 1 ? one(body) : several(entries.map((entry) => entry.body))));
  }

  settle(entry, status, data) {
    if (isSignedOut(status)) {
      this.state = "signed-out";
      return null;
    }
    if (isPassing(status)) return this.backOff();
    const done = status >= 200 && status < 300;
    store.remove(entry.key);
    this.oneByOne &&= store.entries().length > 0;
    if (entry.kind === "undo") this.share("undone", { id: entry.body.vote, card: this.endpoints.back(data), done });
    else if (done) this.share("stored", { id: entry.body.id });
    else this.share("refused", { id: entry.body.id, problem: data });
    return 0;
  }

  backOff() {
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.attempts);
    this.attempts += 1;
    return (wait * (0.75 + Math.random() / 2)) / 1000;
  }

  share(name, detail) {
    this.tell(name, detail);
    this.channel?.postMessage({ outbox: name, detail });
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
