// One file on its way to the server. The file and its idempotency key are kept until it has arrived, so that it can be
// sent again after any failure and is never there twice.
//
//   waiting → sending → checking → sent
//             sending | checking → paused → waiting   by itself, where the server knows the key again
//             sending | checking → failed → waiting   when somebody asks for it
//
// Events: "change" (state, progress, reason, sentence, goesAt), "sent" with the request.

import { uuid } from "../uuid.js";
import { renewToken, token } from "./token.js";

const STALLED_MS = 30_000;
const ANSWER_MS = 90_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
const MOST_JITTER_MS = 5_000;

const REASONS = {
  403: "forbidden", 408: "offline", 409: "closed", 413: "tooLarge", 429: "limited", 502: "busy", 503: "busy", 504: "busy",
};
const PASSING = new Set(["offline", "busy", "limited"]);
const FINAL = new Set(["refused", "tooLarge", "notPhoto"]);

export class Upload extends EventTarget {
  // `repeats`: the server knows the key again, so that the file may be sent twice. `field` is the name of the file's
  // field, `headers` tell the view who asks, `answerMs` is how long the server may take over the whole file.
  constructor(file, { address, field = "photo", headers = { "HX-Request": "true" }, room = "", repeats = true, answerMs = ANSWER_MS }) {
    super();
    Object.assign(this, { file, address, field, headers, room, repeats, answerMs });
    this.key = uuid();
    this.state = "waiting";
    this.progress = 0;
    this.reason = ""; // why it was not taken, where it was not
    this.sentence = ""; // the server's own words for it
    this.goesAt = 0; // when a paused one goes out again, in milliseconds of the clock
    this.pauses = 0;
    this.hasFreshToken = false;
  }

  get isInFlight() {
    return this.state === "sending" || this.state === "checking";
  }

  // Whether it may still arrive, if it is not taken away.
  get isMendable() {
    return this.state !== "failed" || !FINAL.has(this.reason);
  }

  enter(state, fields = {}) {
    Object.assign(this, { state, ...fields });
    this.dispatchEvent(new CustomEvent("change"));
  }

  start() {
    const request = new XMLHttpRequest();
    this.request = request;
    this.enter("sending", { progress: 0, reason: "", sentence: "" });
    request.upload.addEventListener("progress", (event) => {
      this.watch(STALLED_MS);
      if (event.lengthComputable) this.enter("sending", { progress: event.loaded / event.total });
    });
    request.upload.addEventListener("load", () => {
      this.watch(this.answerMs);
      this.enter("checking", { progress: 1 });
    });
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.fail("offline"));
    request.addEventListener("abort", () => this.isStopped || this.fail("offline"));
    request.open("POST", this.address);
    const headers = { ...this.headers, "X-CSRFToken": token(), "Idempotency-Key": this.key };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    const form = new FormData();
    if (this.room) form.append("room", this.room);
    form.append(this.field, this.file, this.field);
    this.watch(STALLED_MS);
    request.send(form);
  }

  // A phone that leaves the network often tells nobody: what does not move is cut off, and sent again.
  watch(milliseconds) {
    clearTimeout(this.timer);
    this.dueBy = Date.now() + milliseconds;
    this.timer = setTimeout(() => this.request.abort(), milliseconds);
  }

  stop() {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.request?.abort();
  }

  // Put it in line again, now.
  again() {
    clearTimeout(this.timer);
    this.enter("waiting", { hasFreshToken: false });
  }

  // The page is looked at again, or the network is back: timers may have slept for as long as the phone did.
  wake({ isAnew = false } = {}) {
    if (isAnew) this.pauses = 0;
    if (this.isInFlight && Date.now() > this.dueBy) this.request.abort();
    else if (this.state === "paused" && (this.reason !== "limited" || Date.now() > this.goesAt)) this.again();
  }

  // To another place than before it is another request, so it gets another key.
  leaveRoom() {
    Object.assign(this, { room: "", key: uuid() });
  }

  fail(reason, { sentence = "", least = 0 } = {}) {
    clearTimeout(this.timer);
    if (!this.repeats || !PASSING.has(reason)) {
      this.enter("failed", { reason, sentence });
      return;
    }
    const usual = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.pauses);
    const pause = Math.max(least, usual);
    const wait = pause + Math.random() * Math.min(pause / 4, MOST_JITTER_MS);
    this.timer = setTimeout(() => this.again(), wait);
    this.enter("paused", { reason, sentence, goesAt: Date.now() + wait, pauses: this.pauses + 1 });
  }

  answered(request) {
    clearTimeout(this.timer);
    const { status, responseText } = request;
    if (status >= 200 && status < 300) {
      this.enter("sent");
      this.dispatchEvent(new CustomEvent("sent", { detail: request }));
      return;
    }
    const isSentence = (request.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
    if (status === 403 && !isSentence && !this.hasFreshToken) {
      this.sendWithFreshToken();
      return;
    }
    const sentence = isSentence ? responseText : "";
    const least = 1000 * (Number(request.getResponseHeader("Retry-After")) || 0);
    this.fail(REASONS[status] ?? (isSentence && status < 500 ? "refused" : "broken"), { sentence, least });
  }

  async sendWithFreshToken() {
    this.hasFreshToken = true;
    try {
      await renewToken();
    } catch {
      if (!this.isStopped) this.fail("offline");
      return;
    }
    if (!this.isStopped) this.start();
  }
}
