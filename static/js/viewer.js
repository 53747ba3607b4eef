// The picture viewer: fit or true size, the wheel zooms at the cursor, dragging pans, two fingers pinch, two taps or
// clicks go in and out. In a viewer that has the focus the arrow keys pan while there is more than fits; until then
// they are the page's. The content is an image or a box with a size of its own, in CSS pixels.

const MOST = 16;
const KEY_STEP = 0.15;
const LARGE_KEY_STEP = 0.6;
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const TWO_TAPS_MS = 320;
const TAP_PIXELS = 12;

export class Viewer {
  constructor(box, onChange = () => {}) {
    this.box = box;
    this.onChange = onChange;
    this.pointers = new Map();
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.fitted = true;
    new ResizeObserver(() => this.content && (this.fitted ? this.fit() : this.place())).observe(box);
    box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    box.addEventListener("pointerdown", (event) => this.down(event));
    box.addEventListener("pointermove", (event) => this.move(event));
    box.addEventListener("pointerup", (event) => this.up(event));
    box.addEventListener("pointercancel", (event) => this.lift(event));
    box.addEventListener("keydown", (event) => this.key(event));
  }

  // Show something else. With ``keep`` the zoom and the middle of the view stay what they were.
  show(content, width, height, { keep = false } = {}) {
    const middle = this.content && [
      (this.box.clientWidth / 2 - this.x) / (this.width * this.scale),
      (this.box.clientHeight / 2 - this.y) / (this.height * this.scale),
    ];
    Object.assign(this, { content, width, height });
    content.classList.add("viewer-content");
    content.draggable = false;
    if (content.parentNode !== this.box) this.box.replaceChildren(content);
    this.box.dataset.ready = "";
    if (!keep || this.fitted || !middle) {
      this.fit();
      return;
    }
    this.x = this.box.clientWidth / 2 - middle[0] * width * this.scale;
    this.y = this.box.clientHeight / 2 - middle[1] * height * this.scale;
    this.place();
  }

  get fitScale() {
    return Math.min(this.box.clientWidth / this.width, this.box.clientHeight / this.height);
  }

  place() {
    const { clientWidth, clientHeight } = this.box;
    const width = this.width * this.scale;
    const height = this.height * this.scale;
    // What is smaller than the viewer is centred, what is larger never leaves an empty edge.
    this.x = width <= clientWidth ? (clientWidth - width) / 2 : Math.min(0, Math.max(clientWidth - width, this.x));
    this.y = height <= clientHeight ? (clientHeight - height) / 2 : Math.min(0, Math.max(clientHeight - height, this.y));
    this.content.style.setProperty("--scale", this.scale);
    this.content.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.box.toggleAttribute("data-magnified", this.scale >= 3);
    this.onChange(this);
  }

  zoomTo(next, [left, top] = [this.box.clientWidth / 2, this.box.clientHeight / 2]) {
    next = Math.min(MOST, Math.max(Math.min(this.fitScale, 1), next));
    this.x = left - ((left - this.x) * next) / this.scale;
    this.y = top - ((top - this.y) * next) / this.scale;
    this.scale = next;
    this.fitted = false;
    this.place();
  }

  zoomBy(factor) {
    this.zoomTo(this.scale * factor);
  }

  fit() {
    this.scale = this.fitScale;
    this.fitted = true;
    this.place();
  }

  // Show the same part as another viewer, at the same size on screen.
  follow(other) {
    if (other.fitted) {
      this.fit();
      return;
    }
    const middle = (place, length, size) => (length / 2 - place) / (size * other.scale);
    const across = middle(other.x, other.box.clientWidth, other.width);
    const down = middle(other.y, other.box.clientHeight, other.height);
    this.fitted = false;
    this.scale = (other.scale * other.width) / this.width;
    this.x = this.box.clientWidth / 2 - across * this.width * this.scale;
    this.y = this.box.clientHeight / 2 - down * this.height * this.scale;
    this.place();
  }

  // Between fit and true size, at a point of the viewer or where the mouse is.
  toggle(point = this.cursor) {
    if (!this.fitted) this.fit();
    else this.zoomTo(this.fitScale < 1 ? 1 : this.fitScale * 2, point);
  }

  at(event) {
    const box = this.box.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  wheel(event) {
    event.preventDefault();
    if (this.content) this.zoomTo(this.scale * Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), this.at(event));
  }

  down(event) {
    if (!this.content || event.button > 0) return;
    this.box.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
    this.pressed = this.pointers.size === 1 ? this.at(event) : null;
    this.box.toggleAttribute("data-dragging", true);
  }

  move(event) {
    if (event.pointerType === "mouse") this.cursor = this.at(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.at(event);
    if (this.pressed && Math.hypot(now[0] - this.pressed[0], now[1] - this.pressed[1]) > TAP_PIXELS) this.pressed = null;
    if (this.pointers.size === 1) {
      this.x += now[0] - before[0];
      this.y += now[1] - before[1];
      if (this.scale > this.fitScale) this.fitted = false;
      this.place();
    } else if (this.pointers.size === 2) {
      const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
      const spread = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
      this.zoomTo((this.scale * spread(now)) / Math.max(1, spread(before)), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
    }
    this.pointers.set(event.pointerId, now);
  }

  up(event) {
    this.lift(event);
    const tap = this.pressed;
    this.pressed = null;
    if (!tap) {
      this.tapped = null;
      return;
    }
    const isSecond = this.tapped && event.timeStamp - this.tapped.at < TWO_TAPS_MS
      && Math.hypot(tap[0] - this.tapped.point[0], tap[1] - this.tapped.point[1]) < 3 * TAP_PIXELS;
    this.tapped = isSecond ? null : { at: event.timeStamp, point: tap };
    if (isSecond) this.toggle(tap);
  }

  get isLarger() {
    const { clientWidth, clientHeight } = this.box;
    return this.width * this.scale > clientWidth + 0.5 || this.height * this.scale > clientHeight + 0.5;
  }

  // By a share of what is seen of it; with Shift by most of it.
  key(event) {
    const way = ARROWS[event.key];
    if (!way || event.target !== this.box || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!this.content || !this.isLarger) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? LARGE_KEY_STEP : KEY_STEP;
    this.x += way[0] * step * this.box.clientWidth;
    this.y += way[1] * step * this.box.clientHeight;
    this.place();
  }

  lift(event) {
    this.pointers.delete(event.pointerId);
    if (!this.pointers.size) this.box.removeAttribute("data-dragging");
  }
}
