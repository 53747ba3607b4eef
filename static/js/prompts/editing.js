// Editing in place: a text becomes a field, and is saved as soon as one leaves it. Nothing typed is ever lost: what could
// not be saved stays in its field with the reason, and what one has left can be taken up again.

import { copyOf, flash, groupOf, isEditing, keyOf, rowOf, take, words } from "./page.js";
import { send } from "./server.js";
import { live } from "./writing.js";

const open = new Map(); // row → {shown, editor, area, base, save}

export const hasUnsaved = () => [...open.values()].some((edit) => edit.isChanged());
export const saveAll = async () => (await Promise.all([...open.values()].map((edit) => edit.save()))).every(Boolean);

// Edit the text that a button shows. `path` is where it is saved, `field` its name there.
export function edit(shown, { path, field, draft }) {
  const row = rowOf(shown);
  if (isEditing(row)) return;
  row.querySelector(".pt-left")?.remove();
  start(row, shown, { path, field, base: shown.textContent, text: draft ?? shown.textContent });
}

// Write a new prompt at the end of a location; nothing is stored before it is saved.
export function write(group, path, fields, draft = "") {
  const row = document.createElement("tr");
  row.className = "pt-row pt-new";
  const cell = row.insertCell();
  cell.colSpan = 3;
  const shown = document.createElement("span");
  cell.append(shown);
  group.append(row);
  start(row, shown, { path, field: "text", base: "", text: draft, fields });
}

function start(row, shown, { path, field, base, text, fields = {} }) {
  const editor = copyOf("pt-editor");
  const area = editor.querySelector("textarea");
  const problem = editor.querySelector(".pt-problem");
  const conflict = editor.querySelector("[data-conflict]");
  const isNew = row.classList.contains("pt-new");
  let known = base;
  let saving = null;
  area.value = text;
  if (field === "name") area.maxLength = 300;
  shown.hidden = true;
  shown.after(editor);
  live(area, editor.querySelector("[data-expansion]"));
  area.focus();
  area.setSelectionRange(text.length, text.length);

  const isChanged = () => area.value.trim() !== known.trim();
  const state = { isChanged, save };
  open.set(row, state);

  function close() {
    open.delete(row);
    const hadFocus = editor.contains(document.activeElement);
    if (isNew) {
      const group = row.parentElement;
      row.remove();
      if (hadFocus) group.querySelector(".pt-plus")?.focus();
      return;
    }
    editor.remove();
    shown.hidden = false;
    if (hadFocus) shown.focus();
  }

  function leave() {
    const left = area.value;
    const group = groupOf(row);
    const wasChanged = isChanged();
    close();
    if (!wasChanged) return;
    const note = copyOf("pt-left");
    const place = isNew ? group.querySelector(".pt-name") : shown;
    note.querySelector("[data-again]").addEventListener("click", () => {
      if (isNew) write(groupOf(note), path, fields, left);
      else edit(rowOf(note).querySelector("[data-edit], [data-rename]"), { path, field, draft: left });
      note.remove();
    });
    place.after(note);
  }

  function save() {
    saving ??= attempt().finally(() => (saving = null));
    return saving;
  }

  async function attempt() {
    if (!isChanged()) {
      close();
      return true;
    }
    editor.setAttribute("aria-busy", "true");
    area.readOnly = true;
    const extra = isNew ? fields : { base: known };
    const answer = await send(path, { [field]: area.value, ...extra });
    editor.removeAttribute("aria-busy");
    area.readOnly = false;
    problem.hidden = answer.ok || Boolean(answer.data?.latest !== undefined);
    if (answer.ok) {
      const hadFocus = editor.contains(document.activeElement);
      open.delete(row);
      editor.remove(); // so that the row counts as one nobody writes in
      if (isNew) row.remove();
      const fresh = take(answer.data);
      flash(fresh);
      if (hadFocus) fresh.querySelector("[data-edit], [data-rename]")?.focus();
      return true;
    }
    if (answer.data?.latest !== undefined) clash(answer.data);
    else problem.textContent = answer.message;
    return false;
  }

  // Somebody else has saved another text: both are shown, and one of them is chosen.
  function clash({ latest, html }) {
    conflict.innerHTML = html;
    conflict.querySelector("[data-mine]").addEventListener("click", () => {
      known = latest;
      conflict.replaceChildren();
      save();
    });
    conflict.querySelector("[data-theirs]").addEventListener("click", () => {
      shown.textContent = latest;
      known = latest;
      area.value = latest;
      close();
    });
  }

  editor.querySelector("[data-save]").addEventListener("click", save);
  editor.querySelector("[data-leave]").addEventListener("click", leave);
  editor.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || field === "name")) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  editor.addEventListener("focusout", (event) => {
    // A click that ends on one of the editor's buttons passes through nothing at all on its way in some browsers.
    setTimeout(() => {
      const isAway = !editor.contains(document.activeElement) && document.hasFocus() && editor.isConnected;
      if (isAway && !conflict.firstChild && problem.hidden && !(isNew && !area.value.trim())) save();
      else if (isAway && isNew && !area.value.trim()) close();
    });
  });
}

// A change with one press: drop, bring back, duplicate.
export async function press(node, path) {
  node.setAttribute("aria-busy", "true");
  const answer = await send(path);
  node.removeAttribute("aria-busy");
  if (!answer.ok) {
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { text: answer.message, level: "error" } }));
    return null;
  }
  const fresh = take(answer.data);
  flash(fresh);
  return fresh;
}

export const pathOf = (node, verb) => `${node.id.startsWith("prompt-") ? "prompts" : "locations"}/${keyOf(node)}/${verb}/`;
export const unsavedWords = () => words.unsaved;
