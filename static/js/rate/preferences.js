// The settings of rating: kept on the server, so that every device has them; the zoom is this device's own.

import { ask, Unreachable } from "./api.js";
import { bindings, isBindable, keyOf, showKeys } from "./keys.js";
import { keep, part, settings, text, toast } from "./page.js";

const KEEP_ZOOM = "rate:keep-zoom";
const dialog = document.getElementById("rate-preferences");
const help = part("keys-help");

export class Preferences extends EventTarget {
  constructor() {
    super();
    this.showPrompt = settings.preferences.show_prompt;
    this.gridSize = settings.preferences.grid_size;
    this.keepZoom = localStorage.getItem(KEEP_ZOOM) === "yes";
    this.captured = null;
    dialog.addEventListener("change", (event) => this.check(event.target));
    dialog.addEventListener("click", (event) => this.click(event));
    dialog.addEventListener("keydown", (event) => this.key(event), true);
    dialog.addEventListener("cancel", (event) => this.captured && event.preventDefault());
    dialog.addEventListener("close", () => this.stopCapture());
    this.draw();
  }

  open() {
    this.stopCapture();
    this.draw();
    dialog.showModal();
  }

  draw() {
    dialog.querySelector("[data-preference=show_prompt]").checked = this.showPrompt;
    dialog.querySelector("[data-preference=keep_zoom]").checked = this.keepZoom;
    dialog.querySelectorAll("[data-grid-size]").forEach((button) => {
      button.setAttribute("aria-pressed", String(Number(button.dataset.gridSize) === this.gridSize));
    });
    showKeys();
  }

  set(changes) {
    Object.assign(this, changes);
    this.draw();
    this.dispatchEvent(new CustomEvent("change"));
    this.save();
  }

  check({ dataset, checked }) {
    if (dataset.preference === "show_prompt") this.set({ showPrompt: checked });
    if (dataset.preference === "keep_zoom") {
      this.keepZoom = checked;
      keep(localStorage, KEEP_ZOOM, checked ? "yes" : "no");
    }
  }

  click(event) {
    if (event.target === dialog) dialog.close();
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.gridSize) this.set({ gridSize: Number(button.dataset.gridSize) });
    if (button.dataset.bind) this.capture(button);
    if (button.dataset.part === "reset-keys") this.bind(settings.usual_keys, "keySet");
  }

  capture(button) {
    this.stopCapture();
    this.captured = button;
    button.setAttribute("data-listening", "");
    help.textContent = text("pressKey");
  }

  stopCapture() {
    this.captured?.removeAttribute("data-listening");
    this.captured = null;
  }

  key(event) {
    if (!this.captured) return;
    if (["Shift", "Control", "Alt", "AltGraph", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const action = this.captured.dataset.bind;
    if (event.key === "Escape" && action !== "cancel") this.stopCapture();
    else if (isBindable(event)) this.rebind(action, keyOf(event));
    else help.textContent = text("keyRefused");
  }

  // A key that had another action gives it the key that becomes free.
  rebind(action, key) {
    this.stopCapture();
    const other = Object.keys(bindings).find((name) => name !== action && bindings[name].toLowerCase() === key.toLowerCase());
    this.bind({ ...bindings, ...(other && { [other]: bindings[action] }), [action]: key }, other ? "keySwapped" : "keySet");
  }

  bind(keys, said) {
    Object.assign(bindings, keys);
    help.textContent = text(said);
    this.set({});
  }

  // One request at a time, and the last state wins.
  async save() {
    if (this.saving) {
      this.again = true;
      return;
    }
    this.saving = true;
    const body = { show_prompt: this.showPrompt, grid_size: this.gridSize, keys: { ...bindings } };
    try {
      const { ok, data } = await ask("PUT", "/preferences", body);
      if (!ok) toast(text("notSaved", { reason: data?.message ?? "" }), "error");
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      toast(text("notSaved", { reason: text("network") }), "error");
    }
    this.saving = false;
    if (this.again) {
      this.again = false;
      this.save();
    }
  }
}
