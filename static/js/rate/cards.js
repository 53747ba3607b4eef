// The pictures that this tab holds: fetched before they are needed, renewed while somebody rates, dropped when lost.
// Pairs to be compared are held the same way (compare/pairs.js).
//
// Events: "change" when pictures have come or gone, "state" with loading | rating | empty | offline | trouble |
// signed-out.

import { ask, isSignedOut, Unreachable } from "./api.js";
import { root } from "./page.js";

const BUFFER = 12;
const LOW = 8;
const MOST = 96; // what POST /next gives at once
const RETRY_MS = 3000;
const EMPTY_FIRST_MS = 1000; // a page left just now may still be giving back what it held
const EMPTY_MS = 20_000;
const IDLE_MS = 10 * 60_000;
const RENEW_MS = Math.min(60_000, (Number(root.dataset.holdSeconds) * 1000) / 3);

// What a card is known by.
export const keyOf = (card) => card.picture ?? card.id;

export class Cards extends EventTarget {
  constructor(tab, outbox) {
    super();
    this.tab = tab;
    this.outbox = outbox;
    this.queue = [];
    this.acted = new Set();
    this.onScreen = new Set();
    this.target = BUFFER;
    this.low = LOW;
    this.lastAsked = 0;
    this.emptyWait = EMPTY_FIRST_MS;
    this.lastActive = Date.now();
    setInterval(() => this.renew(), RENEW_MS);
  }

  get current() {
    return this.queue[0] ?? null;
  }

  // Single pictures need a short buffer; a page of the grid needs the next page behind it.
  aimFor(pageSize) {
    this.target = pageSize ? Math.min(MOST, pageSize * 2) : BUFFER;
    this.low = pageSize ? this.target : LOW;
    this.refill();
  }

  isActive() {
    this.lastActive = Date.now();
  }

  // The cards have been decided; what comes after them is on its way.
  done(cards) {
    const gone = new Set(cards.map((card) => keyOf(card)));
    gone.forEach((picture) => this.acted.add(picture));
    this.queue = this.queue.filter((card) => !gone.has(keyOf(card)));
    this.refill();
  }

  // Cards that were taken back are the next ones to decide.
  putBack(cards) {
    const back = new Set(cards.map((card) => keyOf(card)));
    back.forEach((picture) => this.acted.delete(picture));
    cards.forEach((card) => (card.returned = true));
    this.queue = [...cards, ...this.queue.filter((card) => !back.has(keyOf(card)))];
    this.changed();
  }

  // Pictures that were decided may come again: the decisions have been taken back elsewhere.
  forgetActed() {
    this.acted.clear();
    this.fetch();
  }

  drop(pictures) {
    const gone = new Set(pictures);
    this.queue = this.queue.filter((card) => !gone.has(keyOf(card)));
    this.changed();
    this.refill();
  }

  refill() {
    if (this.queue.length < this.low) return this.fetch();
    return undefined;
  }

  renew() {
    if (!document.hidden && this.queue.length && Date.now() - this.lastActive < IDLE_MS) this.fetch();
  }

  // Somebody is back: what was held may be held no more.
  wake() {
    this.isActive();
    if (Date.now() - this.lastAsked > RENEW_MS) this.fetch();
  }

  async fetch() {
    if (this.loading) {
      this.again = true;
      return;
    }
    this.loading = true;
    clearTimeout(this.timer);
    this.lastAsked = Date.now();
    const acted = this.outbox.waiting;
    const count = Math.min(MOST, Math.max(this.target, this.queue.length) + acted);
    try {
      this.answered(await this.request(count));
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.later(RETRY_MS, "offline");
    } finally {
      this.loading = false;
    }
    if (this.again) {
      this.again = false;
      this.refill();
    }
  }

  request(count) {
    return ask("POST", "/next", { tab: this.tab, count });
  }

  listed(data) {
    return data.cards;
  }

  answered({ ok, status, data, retryAfter }) {
    if (isSignedOut(status)) return this.enter(this.queue.length ? "rating" : "signed-out", true);
    if (!ok) return this.later(Math.max(RETRY_MS, retryAfter * 1000), "trouble");
    this.merge(this.listed(data));
    if (this.queue.length) this.emptyWait = EMPTY_FIRST_MS;
    if (this.queue.length < this.low) this.timer = setTimeout(() => this.fetch(), this.queue.length ? RETRY_MS * 3 : this.emptyWait);
    if (!this.queue.length) this.emptyWait = Math.min(EMPTY_MS, this.emptyWait * 2);
    return this.enter(this.queue.length ? "rating" : "empty");
  }

  // The server lists all that this tab holds; what it no longer lists is lost, unless somebody looks at it: a late
  // vote still counts while its slot is free.
  merge(cards) {
    const listed = new Map(cards.map((card) => [keyOf(card), card]));
    const kept = this.queue.filter((card) => {
      const fresh = listed.get(keyOf(card));
      if (fresh) card.returned = false;
      return fresh || card.returned || this.onScreen.has(keyOf(card));
    });
    const known = new Set(kept.map((card) => keyOf(card)));
    const added = cards.filter((card) => !known.has(keyOf(card)) && !this.acted.has(keyOf(card)));
    if (kept.length === this.queue.length && !added.length) return;
    this.queue = [...kept, ...added];
    this.changed();
  }

  later(wait, state) {
    this.timer = setTimeout(() => this.fetch(), wait * (0.8 + Math.random() * 0.4));
    this.enter(this.queue.length ? "rating" : state);
  }

  enter(state, isSignedOutNow = false) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, signedOut: isSignedOutNow } }));
  }

  changed() {
    if (this.queue.length && this.state !== "rating") this.enter("rating");
    this.dispatchEvent(new CustomEvent("change"));
  }
}
