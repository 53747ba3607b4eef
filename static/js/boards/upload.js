// One photo on its way to the server. The file and its idempotency key are kept until it has arrived, so that it can be
// sent again after any failure and is never there twice.
//
// Events: "change" (state, progress), "sent" with the answer's HTML.

import { uuid } from "../uuid.js";
import { text } from "./texts.js";

const STALLED_MS = 30_000;
const ANSWER_MS = 90_000;

export class Upload extends EventTarget {
  constructor(file, { address, csrf, room }) {
    super();
    Object.assign(this, { file, address, csrf, room });
    this.key = uuid();
    this.state = "waiting"; // waiting → sending → checking → sent | failed
    this.progress = 0;
    this.problem = "";
    this.canRetry = false;
    this.wasCutOff = false;
  }

  enter(state, fields = {}) {
    Object.assign(this, { state, ...fields });
    this.dispatchEvent(new CustomEvent("change"));
  }

  start() {
    const request = new XMLHttpRequest();
    this.request = request;
    this.enter("sending", { progress: 0, problem: "", wasCutOff: false });
    request.upload.addEventListener("progress", (event) => {
      this.watch(STALLED_MS);
      if (event.lengthComputable) this.enter("sending", { progress: event.loaded / event.total });
    });
    request.upload.addEventListener("load", () => {
      this.watch(ANSWER_MS);
      this.enter("checking", { progress: 1 });
    });
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.cutOff());
    request.addEventListener("abort", () => this.isStopped || this.cutOff());
    request.addEventListener("loadend", () => clearTimeout(this.timer));
    request.open("POST", this.address);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRFToken", this.csrf);
    request.setRequestHeader("Idempotency-Key", this.key);
    const form = new FormData();
    if (this.room) form.append("room", this.room);
    form.append("photo", this.file, "photo");
    this.watch(STALLED_MS);
    request.send(form);
  }

  // A phone that leaves the network often tells nobody: what does not move is cut off, and sent again.
  watch(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.request.abort(), milliseconds);
  }

  stop() {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.request?.abort();
  }

  cutOff() {
    this.enter("failed", { problem: text("offline"), canRetry: true, wasCutOff: true });
  }

  answered(request) {
    const { status, responseText } = request;
    if (status >= 200 && status < 300) {
      this.enter("sent");
      this.dispatchEvent(new CustomEvent("sent", { detail: responseText }));
      return;
    }
    const isSentence = (request.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
    const usual = status === 403 ? text("forbidden") : text("broken");
    this.enter("failed", { problem: isSentence ? responseText : usual, canRetry: status >= 500 || status === 429 });
  }
}
