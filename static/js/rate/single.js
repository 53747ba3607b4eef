// One picture at a time: a key commits and the next one is there.

import { Clock } from "./clock.js";
import { uuid } from "../uuid.js";
import { speak, text, toast } from "./page.js";
import { reasonOf } from "./reasons.js";
import * as reasons from "./reasons.js";
import * as score from "./score.js";
import * as stage from "./stage.js";

export class Single {
  constructor(cards, acts, options) {
    this.cards = cards;
    this.acts = acts;
    this.options = options;
    this.card = null;
    this.clock = new Clock();
  }

  enter() {
    this.cards.aimFor(null);
    this.draw();
  }

  leave() {
    reasons.close();
    this.card = null;
    stage.nothing();
  }

  // The first of the buffer is what is on screen.
  draw() {
    const card = this.cards.current;
    if (card === this.card) return;
    this.card = card;
    this.cards.onScreen = new Set(card ? [card.picture] : []);
    reasons.close();
    if (!card) {
      stage.nothing();
      return;
    }
    this.clock.restart();
    stage.show(card, { keepZoom: this.options.keepZoom });
    score.restore(card.previous ?? {});
  }

  commit(choice, chosen = []) {
    const { card } = this;
    if (!card) return;
    reasons.close();
    const vote = { id: uuid(), picture: card.picture, choice, seconds: this.clock.seconds, ...score.take() };
    if (chosen.length) vote.reasons = chosen;
    this.acts.commit([{ card, vote }]);
    stage.sign(choice);
    speak(text(choice));
  }

  perform(action) {
    switch (action) {
      case "approve":
      case "skip":
      case "flag":
        return this.commit(action);
      case "reject":
        if (reasons.isOpen()) return reasons.finish();
        return this.askWhy();
      case "confirm":
        return reasons.isOpen() && reasons.finish();
      case "cancel":
        return reasons.isOpen() ? reasons.close() : stage.viewer.fitted || stage.viewer.fit();
      case "undo":
        if (reasons.isOpen()) return reasons.close();
        return this.acts.undoLast() || toast(text("nothingToUndo"));
      case "zoom":
        return this.card && stage.viewer.toggle();
      case "note":
        return this.card && (this.options.openDetails(), score.write());
      default:
        return undefined;
    }
  }

  askWhy() {
    if (this.card) reasons.open((chosen) => this.commit("reject", chosen));
  }

  digit(digit, isShift) {
    if (!this.card) return;
    if (reasons.isOpen()) reasons.choose(reasonOf(digit), isShift);
    else if (digit <= 5 && !isShift) score.toggle(digit);
  }

  // Arrows, and all else that has no meaning here.
  other() {
    return false;
  }

  // A page of the grid that is taken back belongs to the grid.
  suits(isPage) {
    return !isPage;
  }
}
