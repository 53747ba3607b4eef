// A form that is written in for a long time (data-editor): counters, Ctrl+S, a warning before unsaved text is left,
// and a draft in this browser. data-unsaved: the page shows a text that is not stored (an error, a conflict, a
// proposal); it becomes the draft once somebody types in it, so that it puts no earlier one away by itself.
import { forget, keep, kept } from "./drafts.js";
import { length, plain } from "./texts.js";

const form = document.querySelector("form[data-editor]");
const fields = [...form.elements].filter((field) => field.matches("textarea, input[type=text], input[type=number]"));
const opened = new Map(fields.map((field) => [field.name, plain(field.defaultValue)]));
const note = form.querySelector("[data-draft-note]");
let isUnsaved = form.hasAttribute("data-unsaved");
let isLeaving = false;
let isTyped = false;
let timer;

const changed = () => fields.filter((field) => plain(field.value) !== opened.get(field.name));
const isDirty = () => isUnsaved || changed().length > 0;

// --- Counters ------------------------------------------------------------------------------------------------
document.querySelectorAll("[data-counter]").forEach((counter) => {
  const field = document.getElementById(counter.dataset.counter);
  const limit = Number(field.dataset.limit);
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const count = () => {
    const over = length(field.value) - limit;
    counter.classList.toggle("counter-over", over > 0);
    counter.textContent = `${number.format(length(field.value))} / ${number.format(limit)}`;
    if (over > 0) counter.textContent += ` · ${counter.dataset.textOver} ${number.format(over)}`;
  };
  field.addEventListener("input", count);
  count();
});

// --- The draft -----------------------------------------------------------------------------------------------
function keepDraft() {
  clearTimeout(timer);
  const values = Object.fromEntries((isUnsaved ? fields : changed()).map((field) => [field.name, field.value]));
  if (Object.keys(values).length) keep(values);
  else if (note.hidden) forget();
}

form.addEventListener("input", () => {
  isTyped = true;
  clearTimeout(timer);
  timer = setTimeout(keepDraft, 400);
});
window.addEventListener("pagehide", () => isTyped && isDirty() && keepDraft());

// A note belongs to one version: alone it is none of the next one's.
const isOnce = (name) => form.elements[name]?.hasAttribute("data-once");
const draft = isUnsaved ? null : kept((name, value) => opened.has(name) && plain(value) !== opened.get(name), isOnce);
if (draft) {
  note.querySelector("[data-draft-when]").textContent = draft.at.toLocaleString(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  note.hidden = false;
  note.querySelector("[data-draft-restore]").addEventListener("click", () => {
    for (const field of fields) {
      if (field.name in draft.values) put(field, draft.values[field.name]);
    }
    note.hidden = true;
  });
  note.querySelector("[data-draft-discard]").addEventListener("click", () => {
    note.hidden = true;
    keepDraft();
  });
}

function put(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

// --- A conflict: one field at a time --------------------------------------------------------------------------
document.querySelectorAll("[data-take]").forEach((button) =>
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.take);
    const theirs = document.querySelector(`[data-theirs="${button.dataset.take}"]`).defaultValue;
    if (field.type === "checkbox") field.checked = !field.checked;
    else put(field, theirs);
    button.disabled = true;
  }),
);

// --- Saving and leaving ---------------------------------------------------------------------------------------
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.code === "KeyS") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-save]"));
  }
});

form.addEventListener("submit", () => {
  keepDraft();
  isLeaving = true;
});
// Somebody who takes the other text leaves their own behind on purpose; the draft keeps it all the same.
document.querySelectorAll("[data-leave]").forEach((link) => link.addEventListener("click", () => (isLeaving = true)));
window.addEventListener("pageshow", () => (isLeaving = false));
window.addEventListener("beforeunload", (event) => {
  if (isLeaving || !isDirty()) return;
  if (isTyped) keepDraft();
  event.preventDefault();
});
