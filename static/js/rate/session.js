// The counters of a session: what the server last said, and what has been done since.

import { ask, Unreachable } from "./api.js";
import { count, keep, part, root, share, text } from "./page.js";

const EVERY_MS = 20_000;
const PAUSE_MS = 30 * 60_000;
const STREAK_MS = 60_000;
const KEY = `rate:session:${root.dataset.user}`;

// A session lasts until half an hour has passed without a vote; a reload does not end it.
function begun() {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  return kept && Date.now() - kept.last < PAUSE_MS ? kept : { since: Date.now(), last: Date.now() };
}

export class Session {
  constructor(outbox) {
    this.outbox = outbox;
    this.times = begun();
    this.server = null;
    this.delta = 0;
    this.streak = 0;
    this.lastVote = 0;
    this.since = new Date(this.times.since).toISOString();
    setInterval(() => document.hidden || this.fetch(), EVERY_MS);
    this.fetch();
  }

  counted(votes) {
    const now = Date.now();
    this.streak = this.lastVote && now - this.lastVote > STREAK_MS ? votes : this.streak + votes;
    if (votes > 0) this.lastVote = now;
    this.delta += votes;
    this.times.last = now;
    keep(sessionStorage, KEY, JSON.stringify(this.times));
    this.draw();
  }

  undone(votes) {
    this.delta -= votes;
    this.streak = Math.max(0, this.streak - votes);
    this.draw();
  }

  async fetch() {
    const before = this.delta;
    const waiting = this.outbox.votes().filter(({ body }) => body.choice === "approve" || body.choice === "reject").length;
    try {
      const { ok, data } = await ask("GET", `/session?since=${encodeURIComponent(this.since)}`);
      if (!ok) return;
      this.server = data;
      this.delta = this.delta - before + waiting;
      if (!this.streak) this.streak = data.streak;
      this.draw();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
  }

  draw() {
    const { votes = 0, pace_per_hour: pace = null, left = null, left_capped: capped, agreement = null, agreed_on: on } = this.server ?? {};
    part("count-votes").textContent = count(Math.max(0, votes + this.delta));
    part("count-pace").textContent = pace === null ? "–" : count(Math.round(pace));
    part("count-streak").textContent = count(Math.max(0, this.streak));
    part("count-left").textContent = left === null ? "–" : capped ? `${count(left)}+` : count(Math.max(0, left - this.delta));
    part("agreement").hidden = agreement === null;
    if (agreement !== null) {
      part("count-agreement").textContent = share(agreement);
      part("agreement").title = `n = ${count(on)}`;
    }
    const skipped = part("skipped");
    skipped.hidden = !this.server?.skipped;
    skipped.textContent = text("skipped", { n: this.server?.skipped ?? 0 });
  }
}
