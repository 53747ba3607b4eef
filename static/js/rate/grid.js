// A page of pictures: all are good unless marked; one key commits them all.

import { uuid } from "../uuid.js";
import { mediaOf } from "./media.js";
import { namesOf, part, speak, stamp, text, toast } from "./page.js";
import { reasonOf } from "./reasons.js";
import * as stage from "./stage.js";
import { pictureShown } from "./timings.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const WORDS = { approve: "good", reject: "bad", skip: "leftOut", flag: "flagged" };
const GOOD = { choice: "approve", reasons: [] };
const box = part("tiles");

export class Grid {
  constructor(cards, acts, options) {
    this.cards = cards;
    this.acts = acts;
    this.options = options;
    this.page = [];
    this.marks = new Map();
    this.at = this.anchor = 0;
    new ResizeObserver(() => this.page.length && this.arrange()).observe(part("grid"));
    box.addEventListener("click", (event) => this.click(event));
    box.addEventListener("focusin", (event) => this.follow(event));
  }

  get size() {
    return this.options.gridSize;
  }

  enter() {
    stage.nothing(text("gridTitle"));
    this.cards.aimFor(this.size);
    this.draw();
  }

  leave() {
    this.page = [];
    box.replaceChildren();
  }

  // A page is drawn when the one before is gone; pictures that arrive later fill it up, none ever moves.
  draw() {
    const queue = this.cards.queue.slice(0, this.size);
    const known = new Set(this.page.map((card) => card.picture));
    const isSame = this.page.length && this.page.every((card) => this.cards.queue.includes(card));
    if (isSame && queue.every((card) => known.has(card.picture))) return;
    if (!isSame) this.begin(queue);
    else {
      const added = this.cards.queue.filter((card) => !known.has(card.picture)).slice(0, this.size - this.page.length);
      if (!added.length) return;
      this.page = [...this.page, ...added];
      box.append(...added.map((card) => this.tileOf(card)));
    }
    this.cards.onScreen = new Set(this.page.map((card) => card.picture));
    this.arrange();
    this.paint();
  }

  begin(page) {
    this.page = page;
    this.since = performance.now();
    this.marks = new Map(page.filter((card) => card.previous).map((card) => {
      const { choice, reasons = [] } = card.previous;
      return [card.picture, { choice, reasons: [...reasons] }];
    }));
    box.replaceChildren(...page.map((card) => this.tileOf(card)));
    part("grid").scrollTop = 0;
    this.at = this.anchor = 0;
    if (!page.length) return;
    this.focus(0);
    Promise.all(page.slice(0, 12).map((card) => mediaOf(card).thumbnail.ready)).then(pictureShown);
  }

  tileOf(card) {
    const tile = stamp("rate-tile");
    const { thumbnail } = mediaOf(card);
    tile.dataset.picture = card.picture;
    tile.querySelector(".tile-picture").append(thumbnail.image);
    const alike = tile.querySelector(".tile-alike");
    alike.hidden = !card.stack;
    tile.querySelector(".tile-flags").hidden = !card.flags?.length;
    if (card.stack) alike.textContent = `${card.stack.position}/${card.stack.size}`;
    return tile;
  }

  // As large as they can be without scrolling; on a narrow screen at least three in a row, and it scrolls.
  arrange() {
    const { clientWidth: width, clientHeight: height } = part("grid");
    const gap = 8;
    const n = this.page.length;
    const ratio = Math.max(...this.page.map((card) => card.height / card.width));
    let best = { side: 0, columns: 3 };
    for (let columns = 1; columns <= n; columns += 1) {
      const rows = Math.ceil(n / columns);
      const side = Math.min((width - gap * (columns + 1)) / columns, (height - gap * (rows + 1)) / rows / ratio);
      if (side > best.side) best = { side, columns };
    }
    if (best.side < 104) best = { columns: Math.max(2, Math.floor(width / 124)), side: 0 };
    if (!best.side) best.side = (width - gap * (best.columns + 1)) / best.columns;
    this.columns = Math.min(best.columns, n) || 1;
    box.style.setProperty("--columns", this.columns);
    box.style.setProperty("--tile", `${Math.floor(best.side)}px`);
    box.style.setProperty("--tile-ratio", 1 / ratio);
  }

  mark(index) {
    return this.marks.get(this.page[index]?.picture) ?? GOOD;
  }

  selection() {
    const [from, to] = [Math.min(this.anchor, this.at), Math.max(this.anchor, this.at)];
    return this.page.slice(from, to + 1);
  }

  // Give the chosen pictures a mark; if all have it already, they are good again.
  toggle(choice, cards = this.selection()) {
    const all = cards.every((card) => this.marks.get(card.picture)?.choice === choice);
    for (const { picture } of cards) {
      if (all) this.marks.delete(picture);
      else if (this.marks.get(picture)?.choice !== choice) this.marks.set(picture, { choice, reasons: [] });
    }
    this.paint();
  }

  digit(digit) {
    const reason = reasonOf(digit);
    if (!reason || !this.page.length) return;
    const cards = this.selection();
    const of = (card) => this.marks.get(card.picture)?.reasons ?? [];
    const all = cards.every((card) => of(card).includes(reason));
    for (const card of cards) {
      const others = of(card).filter((key) => key !== reason);
      this.marks.set(card.picture, { choice: "reject", reasons: all ? others : [...others, reason] });
    }
    this.paint();
  }

  invert() {
    for (const { picture } of this.page) {
      const { choice } = this.marks.get(picture) ?? GOOD;
      if (choice === "approve") this.marks.set(picture, { choice: "reject", reasons: [] });
      else if (choice === "reject") this.marks.delete(picture);
    }
    this.paint();
  }

  paint() {
    const selected = new Set(this.selection());
    const counts = { approve: 0, reject: 0, skip: 0, flag: 0 };
    [...box.children].forEach((tile, index) => {
      const { choice, reasons } = this.mark(index);
      counts[choice] += 1;
      tile.dataset.choice = choice;
      tile.tabIndex = index === this.at ? 0 : -1;
      tile.toggleAttribute("data-selected", this.anchor !== this.at && selected.has(this.page[index]));
      tile.querySelector(".tile-reasons").textContent = namesOf(reasons);
      const words = reasons.length ? `${text(WORDS[choice])}: ${namesOf(reasons)}` : text(WORDS[choice]);
      tile.setAttribute("aria-label", text("tile", { n: index + 1, mark: words }));
    });
    part("commit-text").textContent = text("commit", { good: counts.approve, bad: counts.reject });
  }

  focus(index, isRange = false) {
    if (!this.page[index]) return;
    this.at = index;
    if (!isRange) this.anchor = index;
    const tile = box.children[index];
    tile.focus({ preventScroll: true });
    tile.scrollIntoView({ block: "nearest" });
    this.paint();
  }

  follow({ target }) {
    const index = [...box.children].indexOf(target);
    if (index < 0 || index === this.at) return;
    this.at = this.anchor = index;
    this.paint();
  }

  click(event) {
    const tile = event.target.closest("[data-tile]");
    if (!tile) return;
    const index = [...box.children].indexOf(tile);
    const from = event.shiftKey ? (this.clicked ?? index) : index;
    const cards = this.page.slice(Math.min(from, index), Math.max(from, index) + 1);
    this.clicked = index;
    this.at = this.anchor = index;
    this.toggle("reject", cards);
  }

  other(event) {
    const step = STEPS[event.key];
    if (!step || !this.page.length) return false;
    const to = this.at + step[0] + step[1] * this.columns;
    this.focus(to, event.shiftKey);
    return true;
  }

  perform(action) {
    switch (action) {
      case "reject":
      case "skip":
      case "flag":
        return this.page.length && this.toggle(action);
      case "approve":
        for (const { picture } of this.selection()) this.marks.delete(picture);
        return this.paint();
      case "invert":
        return this.invert();
      case "confirm":
        return this.commit();
      case "cancel":
        return this.focus(this.at);
      case "undo":
        return this.acts.undoLast() || toast(text("nothingToUndo"));
      case "zoom":
        return this.page.length && stage.lookCloser(this.page[this.at]);
      default:
        return undefined;
    }
  }

  commit() {
    if (!this.page.length) return;
    const looked = (performance.now() - this.since) / 1000 / this.page.length;
    const seconds = Math.min(86_400, Math.round(looked * 100) / 100);
    const items = this.page.map((card, index) => {
      const { choice, reasons } = this.mark(index);
      const vote = { id: uuid(), picture: card.picture, choice, seconds };
      if (reasons.length) vote.reasons = reasons;
      return { card, vote };
    });
    const of = (choice) => items.filter(({ vote }) => vote.choice === choice).length;
    this.page = [];
    this.acts.commit(items, true);
    speak(text("committed", { good: of("approve"), bad: of("reject") }));
    stage.sign("approve");
  }

  suits(isPage) {
    return isPage;
  }
}
