// The page's own parts, texts and settings, as Django rendered them.

export const root = document.getElementById("rate");
export const settings = JSON.parse(document.getElementById("rate-settings").textContent);

const number = new Intl.NumberFormat(document.documentElement.lang);
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
const texts = Object.fromEntries(
  [...document.getElementById("rate-texts").content.querySelectorAll("[data-text]")]
    .map((node) => [node.dataset.text, node.textContent.trim()]),
);

export const part = (name) => document.querySelector(`[data-part="${name}"]`);
export const count = (value) => number.format(value);
export const share = (value) => percent.format(value);
export const lower = (word) => word.charAt(0).toLocaleLowerCase() + word.slice(1);

export function text(name, values = {}) {
  return texts[name].replace(/\{(\w+)\}/g, (_whole, key) => (typeof values[key] === "number" ? count(values[key]) : values[key]));
}

export const stamp = (name) => document.getElementById(name).content.firstElementChild.cloneNode(true);

const NOBODY = "00000000-0000-0000-0000-000000000000";
export const imageOf = (picture) => root.dataset.image.replace(NOBODY, picture);
export const thumbnailOf = (picture) => root.dataset.thumbnail.replace(NOBODY, picture);

const reasonNames = new Map(settings.reasons.map((reason) => [reason.key, reason.name]));
export const namesOf = (reasons) => reasons.map((key) => reasonNames.get(key) ?? key).join(", ");

export function toast(message, level = "info") {
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { text: message, level } }));
}

// Read aloud without moving the focus; the same words twice are still said twice.
export function speak(words) {
  const spoken = part("spoken");
  spoken.textContent = spoken.textContent === words ? `${words}\u00a0` : words;
}

// Storage may be full or forbidden; what is kept there by this is a comfort only.
export function keep(storage, key, value) {
  try {
    storage.setItem(key, value);
  } catch {
    storage.removeItem(key);
  }
}
