// The picture viewer: fit or true size, the wheel zooms at the cursor, dragging pans, two fingers pinch.

const viewer = document.querySelector("[data-viewer]");
const MOST = 16;
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

if (viewer) {
  const image = viewer.querySelector("img");
  const label = document.querySelector("[data-zoom-label]");
  const pointers = new Map();
  let scale = 1;
  let x = 0;
  let y = 0;
  let fitted = true;

  const fitScale = () => Math.min(viewer.clientWidth / image.naturalWidth, viewer.clientHeight / image.naturalHeight);

  function place() {
    const width = image.naturalWidth * scale;
    const height = image.naturalHeight * scale;
    // A picture smaller than the viewer is centred, a larger one never leaves an empty edge.
    x = width <= viewer.clientWidth ? (viewer.clientWidth - width) / 2 : Math.min(0, Math.max(viewer.clientWidth - width, x));
    y = height <= viewer.clientHeight ? (viewer.clientHeight - height) / 2 : Math.min(0, Math.max(viewer.clientHeight - height, y));
    image.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    viewer.toggleAttribute("data-magnified", scale >= 3);
    label.textContent = percent.format(scale);
  }

  function zoomTo(next, left = viewer.clientWidth / 2, top = viewer.clientHeight / 2) {
    next = Math.min(MOST, Math.max(Math.min(fitScale(), 1), next));
    x = left - ((left - x) * next) / scale;
    y = top - ((top - y) * next) / scale;
    scale = next;
    fitted = false;
    place();
  }

  function fit() {
    scale = fitScale();
    fitted = true;
    place();
  }

  function start() {
    viewer.dataset.ready = "";
    fit();
  }

  image.complete && image.naturalWidth ? start() : image.addEventListener("load", start);
  new ResizeObserver(() => "ready" in viewer.dataset && (fitted ? fit() : place())).observe(viewer);

  const at = (event) => {
    const box = viewer.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  viewer.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomTo(scale * Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), ...at(event));
  }, { passive: false });

  viewer.addEventListener("dblclick", (event) => (fitted ? zoomTo(Math.max(1, scale * 2), ...at(event)) : fit()));

  viewer.addEventListener("pointerdown", (event) => {
    viewer.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    viewer.toggleAttribute("data-dragging", true);
  });

  viewer.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    if (pointers.size === 1) {
      x += now[0] - before[0];
      y += now[1] - before[1];
      if (scale > fitScale()) fitted = false;
      place();
    } else if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const spread = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
      zoomTo((scale * spread(now)) / Math.max(1, spread(before)), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
    pointers.set(event.pointerId, now);
  });

  const lift = (event) => {
    pointers.delete(event.pointerId);
    if (!pointers.size) viewer.removeAttribute("data-dragging");
  };
  viewer.addEventListener("pointerup", lift);
  viewer.addEventListener("pointercancel", lift);
  image.draggable = false;

  const ACTIONS = { fit, true: () => zoomTo(1), in: () => zoomTo(scale * 1.4), out: () => zoomTo(scale / 1.4) };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) ACTIONS[button.dataset.zoom]();
  });

  viewer.addEventListener("keydown", (event) => {
    const action = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "true" }[event.key];
    if (action) ACTIONS[action]();
  });
}

// Previous and next of the run.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, summary")) return;
  const link = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (link) document.querySelector(`a[rel="${link}"]`)?.click();
});
