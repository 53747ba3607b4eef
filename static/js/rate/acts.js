// What this person has committed, newest first, and how it is taken back.
//
// An act is {items: [{card, vote}], isPage}; a card is missing where the vote was made before this page was loaded.
// Events: "change"; "committed" {items}; "back" {cards, isPage} when cards are to be decided again, each with its
// vote as ``previous``; "lost" where one cannot be shown.

import { keyOf } from "./cards.js";
import { uuid } from "../uuid.js";

const KEPT = 60;

export class Acts extends EventTarget {
  constructor(cards, outbox) {
    super();
    this.cards = cards;
    this.outbox = outbox;
    this.list = [];
    this.awaited = new Map();
    outbox.addEventListener("undone", ({ detail }) => this.answered(detail));
    outbox.addEventListener("refused", ({ detail }) => this.forget(detail.id));
  }

  commit(items, isPage = false) {
    this.list = [{ items, isPage }, ...this.list].slice(0, KEPT);
    this.cards.done(items.map((item) => item.card));
    this.dispatchEvent(new CustomEvent("committed", { detail: { items } }));
    if (isPage) this.outbox.votesOfPage(items);
    else this.outbox.vote(items[0].vote, items[0].card);
    this.changed();
  }

  // Votes of earlier pages: those still waiting here, then those that the server knows.
  remember(votes) {
    const known = new Set(this.list.flatMap((act) => act.items.map((item) => item.vote.id)));
    const older = votes.filter(({ vote }) => !known.has(vote.id)).map((item) => ({ items: [item], isPage: false }));
    this.list = [...this.list, ...older].slice(0, KEPT);
    this.changed();
  }

  latest(count) {
    return this.list.flatMap((act) => [...act.items].reverse()).slice(0, count);
  }

  withCards() {
    return this.list.slice(0, 12).flatMap((act) => act.items.map((item) => item.card)).filter(Boolean);
  }

  undoLast() {
    const act = this.list.shift();
    if (act) this.takeBack(act.items, act.isPage);
    return Boolean(act);
  }

  undo(id) {
    const act = this.list.find((one) => one.items.some((item) => item.vote.id === id));
    if (!act) return;
    const [item] = act.items.filter((one) => one.vote.id === id);
    act.items = act.items.filter((one) => one !== item);
    if (!act.items.length) this.list = this.list.filter((one) => one !== act);
    this.takeBack([item], false);
  }

  takeBack(items, isPage) {
    const back = [];
    for (const { card, vote } of items) {
      this.outbox.undo(uuid(), vote.id);
      if (card) back.push({ ...card, previous: vote });
      else this.awaited.set(vote.id, vote);
    }
    if (back.length) this.show(back, isPage);
    this.changed();
  }

  show(cards, isPage) {
    this.cards.putBack(cards);
    this.dispatchEvent(new CustomEvent("back", { detail: { cards, isPage } }));
  }

  answered({ id, card, done }) {
    const vote = this.awaited.get(id);
    if (vote) {
      this.awaited.delete(id);
      if (card) this.show([{ ...card, previous: vote }], false);
      else this.dispatchEvent(new CustomEvent("lost"));
    } else if (done && !card) this.cannotShow(id);
  }

  // The server could not hold it again: nobody should decide it here a second time.
  cannotShow(id) {
    const gone = this.cards.queue.find((card) => card.previous?.id === id);
    if (!gone) return;
    this.cards.drop([keyOf(gone)]);
    this.dispatchEvent(new CustomEvent("lost"));
  }

  forget(id) {
    this.keepOnly((item) => item.vote.id !== id);
  }

  forgetSkips() {
    this.keepOnly((item) => item.vote.choice !== "skip");
  }

  keepOnly(test) {
    for (const act of this.list) act.items = act.items.filter(test);
    this.list = this.list.filter((act) => act.items.length);
    this.changed();
  }

  changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}
