// The result and the original: one over the other with a slider, side by side in step, or the original while held.

import { Viewer } from "../viewer.js";
import { share } from "./texts.js";

const HOLD_MS = 320;
const MOVED_PIXELS = 10;
const STEP = 0.02;
const STEPS = {
  ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -5 * STEP, PageUp: 5 * STEP, Home: -1, End: 1,
};

export class Comparison {
  constructor(stage) {
    this.stage = stage;
    this.page = stage.closest("#board");
    this.cutter = stage.querySelector("[data-cut]");
    this.boxes = { after: stage.querySelector("[data-viewer=after]"), before: stage.querySelector("[data-viewer=before]") };
    this.width = Number(stage.dataset.width);
    this.height = Number(stage.dataset.height);
    this.cut = 0.5;
    this.slide = this.boxes.after.querySelector(".slide");
    this.overlay = this.slide.querySelector(".slide-before");
    this.size(this.slide);
    this.after = new Viewer(this.boxes.after, (viewer) => this.changed(viewer, this.before));
    this.before = new Viewer(this.boxes.before, (viewer) => this.changed(viewer, this.after));
    this.after.show(this.slide, this.width, this.height);
    this.lost = new Set(); // of "result" and "original", what could not be loaded
    this.image = this.slide.querySelector(".slide-after");
    this.note = stage.querySelector("[data-broken]");
    this.listen();
    if (this.image.complete) this.image.naturalWidth ? this.loadBefore() : this.missed("result");
  }

  size(slide) {
    slide.style.width = `${this.width}px`;
    slide.style.height = `${this.height}px`;
  }

  // The original comes after the result: nobody waits for it, and it is there when it is asked for.
  loadBefore() {
    if (this.overlay.src) return;
    this.overlay.src = this.stage.dataset.before;
    this.overlay.hidden = false;
  }

  loadedBefore() {
    const other = document.createElement("div");
    other.className = "slide";
    this.size(other);
    const copy = new Image();
    copy.src = this.overlay.src;
    copy.alt = "";
    copy.draggable = false;
    other.append(copy);
    this.other = other;
    if (this.mode === "sides") this.showBoth();
    this.found("original");
  }

  found(what) {
    this.lost.delete(what);
    this.tell();
  }

  missed(what) {
    this.lost.add(what);
    this.tell();
  }

  // That the result is missing is said at once, that the original is once somebody wanted to see it.
  tell() {
    const what = this.lost.has("result") ? "result" : this.isWanted && this.lost.has("original") ? "original" : "";
    this.image.hidden = this.lost.has("result"); // its small picture stays
    this.stage.toggleAttribute("data-lost", this.lost.has("original"));
    this.note.querySelector("[data-load-again]").removeAttribute("aria-busy");
    this.note.hidden = !what;
    this.note.querySelector("[data-broken-text]").textContent = what && this.note.dataset[what];
  }

  loadAgain() {
    if (!this.lost.size) return;
    this.note.querySelector("[data-load-again]").setAttribute("aria-busy", "true");
    if (this.lost.has("result")) this.image.setAttribute("src", this.image.getAttribute("src"));
    if (this.lost.has("original")) this.loadBefore();
  }

  get mode() {
    return this.stage.dataset.mode;
  }

  set mode(mode) {
    this.loadBefore();
    this.isWanted = mode !== "result";
    this.stage.dataset.mode = mode;
    for (const button of this.page.querySelectorAll("[data-set-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.setMode === mode));
    }
    this.arrange();
    if (mode === "sides") this.showBoth();
    this.place();
    this.latch(false);
  }

  showBoth() {
    if (!this.other) return; // it is on its way
    if (!this.before.content) this.before.show(this.other, this.width, this.height);
    this.inStep = true;
    this.before.follow(this.after);
    this.inStep = false;
  }

  // Beside each other or above each other, as the pictures come out larger.
  arrange() {
    const { clientWidth: width } = this.stage;
    const height = innerHeight * 0.7;
    const fit = (columns, rows) => Math.min(width / columns / this.width, height / rows / this.height);
    this.stage.toggleAttribute("data-stacked", fit(1, 2) > fit(2, 1));
  }

  changed(from, to) {
    if (!this.stage.isConnected) return; // the photo is being worked on again
    this.page.querySelector("[data-zoom-label]").textContent = share(from.scale);
    from.box.toggleAttribute("data-fitted", from.fitted);
    if (from === this.after) this.place();
    if (this.inStep || this.mode !== "sides" || !to?.content) return;
    this.inStep = true;
    to.follow(from);
    this.inStep = false;
  }

  // The edge between the two stays where it is on screen while the picture moves below it.
  place() {
    const { x, scale, box } = this.after ?? {};
    if (!box) return;
    const edge = (this.cut * box.clientWidth - x) / scale;
    this.slide.style.setProperty("--scale", String(scale));
    this.slide.style.setProperty("--cut", `${Math.min(this.width, Math.max(0, edge))}px`);
    this.stage.style.setProperty("--cut-at", `${100 * this.cut}%`);
    this.cutter.setAttribute("aria-valuenow", String(Math.round(100 * this.cut)));
  }

  cutAt(value) {
    this.cut = Math.min(1, Math.max(0, value));
    this.place();
  }

  hold(on) {
    const isShown = on || Boolean(this.isLatched);
    if (isShown) {
      this.isWanted = true;
      this.loadBefore();
    }
    this.stage.toggleAttribute("data-held", isShown);
    this.page.querySelector("[data-hold]").setAttribute("aria-pressed", String(isShown));
    this.tell();
  }

  // A press by a screen reader or a switch has no length: the original stays until the next one.
  latch(on) {
    this.isLatched = on;
    this.hold(false);
  }

  zoom(action) {
    const viewer = this.after;
    ({
      fit: () => viewer.fit(), true: () => viewer.zoomTo(1), in: () => viewer.zoomBy(1.4), out: () => viewer.zoomBy(1 / 1.4),
    })[action]();
  }

  listen() {
    const { cutter, stage, image, overlay } = this;
    image.addEventListener("load", () => {
      this.found("result");
      this.loadBefore();
    });
    image.addEventListener("error", () => this.missed("result"));
    overlay.addEventListener("load", () => this.loadedBefore());
    overlay.addEventListener("error", () => {
      overlay.removeAttribute("src"); // so that it is asked for once more
      overlay.hidden = true;
      this.missed("original");
    });
    cutter.addEventListener("pointerdown", (event) => {
      cutter.setPointerCapture(event.pointerId);
      cutter.dataset.dragged = "";
    });
    cutter.addEventListener("pointermove", (event) => {
      if (!("dragged" in cutter.dataset)) return;
      const place = this.boxes.after.getBoundingClientRect();
      this.cutAt((event.clientX - place.left) / place.width);
    });
    for (const name of ["pointerup", "pointercancel"]) cutter.addEventListener(name, () => delete cutter.dataset.dragged);
    cutter.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.cutAt(this.cut + step * (event.shiftKey ? 5 : 1));
    });
    // A press that does not move shows the original, as the button does.
    const box = this.boxes.after;
    let timer;
    let from;
    const release = () => {
      clearTimeout(timer);
      if (from) this.hold(false);
      from = null;
    };
    box.addEventListener("pointerdown", (event) => {
      release();
      if (event.button > 0 || !event.isPrimary || this.mode !== "result") return;
      from = [event.clientX, event.clientY];
      timer = setTimeout(() => this.hold(true), HOLD_MS);
    });
    box.addEventListener("pointermove", (event) => {
      if (from && Math.hypot(event.clientX - from[0], event.clientY - from[1]) > MOVED_PIXELS) release();
    });
    for (const name of ["pointerup", "pointercancel"]) box.addEventListener(name, release);
    stage.addEventListener("contextmenu", (event) => "held" in stage.dataset && event.preventDefault());
    new ResizeObserver(() => {
      this.arrange();
      this.place();
    }).observe(stage);
  }
}
