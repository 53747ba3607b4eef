// How long somebody has looked: only the time with the page in front counts.

const LONGEST_S = 86_400;

export class Clock {
  constructor() {
    this.seen = 0;
    this.since = performance.now();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.seen += performance.now() - this.since;
      this.since = performance.now();
    });
  }

  restart() {
    this.seen = 0;
    this.since = performance.now();
  }

  get seconds() {
    const looked = this.seen + (document.hidden ? 0 : performance.now() - this.since);
    return Math.min(LONGEST_S, Math.round(looked / 10) / 100);
  }
}
