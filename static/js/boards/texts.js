// The texts of the pages of photos, as Django rendered them.

const texts = Object.fromEntries(
  [...(document.getElementById("boards-texts")?.content.querySelectorAll("[data-text]") ?? [])]
    .map((node) => [node.dataset.text, node.textContent.trim()]),
);

export const text = (name, values = {}) => texts[name].replace(/\{(\w+)\}/g, (_whole, key) => values[key]);

const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

export const count = (value) => number.format(value);
export const share = (value) => percent.format(value);

export function toast(message, level = "info") {
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { text: message, level } }));
}

// Read aloud without moving the focus; the same words twice are still said twice.
export function speak(words) {
  const spoken = document.querySelector("[data-spoken]");
  spoken.textContent = spoken.textContent === words ? `${words}\u00a0` : words;
}

// Elements of an answer that is a part of a page.
export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
