// The pairs in hand, fetched before they are needed. Nobody else is kept from them: a judgement always counts.
//
// Events: those of Cards, with the state "closed" besides; "progress" when
// ``judged`` and ``left`` have changed.

import { ask } from "../rate/api.js";
import { Cards } from "../rate/cards.js";
import { root } from "../rate/page.js";

const AHEAD = 5;
const CLOSED_MS = 60_000;

export class Pairs extends Cards {
  constructor(tab, outbox) {
    super(tab, outbox);
    this.target = AHEAD;
    this.low = AHEAD;
    this.judged = this.left = this.onTheirWay = 0;
    this.refill();
  }

  // What is on its way is added to what the server will have counted when it answers.
  request(count) {
    this.onTheirWay = this.outbox.votes().length;
    return ask("POST", `/comparisons/${root.dataset.comparison}/next`, { count });
  }

  listed({ pairs, judged, left }) {
    this.count(judged + this.onTheirWay, left - this.onTheirWay);
    return pairs;
  }

  count(judged, left) {
    Object.assign(this, { judged, left });
    this.dispatchEvent(new CustomEvent("progress"));
  }

  done(pairs) {
    super.done(pairs);
    this.onTheirWay += pairs.length;
    this.count(this.judged + pairs.length, this.left - pairs.length);
  }

  putBack(pairs) {
    this.onTheirWay -= pairs.length;
    this.count(this.judged - pairs.length, this.left + pairs.length);
    super.putBack(pairs);
  }

  answered(answer) {
    if (answer.status !== 409 && answer.status !== 404) return super.answered(answer);
    this.timer = setTimeout(() => this.fetch(), CLOSED_MS);
    this.queue = [];
    this.dispatchEvent(new CustomEvent("change"));
    return this.enter("closed");
  }
}
