// The table and its rows: what is shown, what comes in from the server, and what is announced.

export const table = document.querySelector("[data-prompts]");
export const words = document.getElementById("pt-words").dataset;
const said = document.querySelector("[data-said]");

export const copyOf = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
export const groupOf = (node) => node.closest(".pt-group");
export const rowOf = (node) => node.closest(".pt-row, .pt-head");
export const keyOf = (node) => node.id.replace(/^(prompt|location)-/, "");
export const isEditing = (node) => Boolean(node.querySelector(".pt-editor"));

export function say(text) {
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = text));
}

function nodeOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

// What somebody is writing, or has left unsaved, moves over to what is drawn in its place.
function keep(old, fresh) {
  for (const row of old.querySelectorAll("tr.pt-new")) fresh.append(row);
  for (const row of old.matches("tr") ? [old] : old.querySelectorAll(".pt-head, .pt-row:not(.pt-new)")) {
    const place = row === old ? fresh : fresh.querySelector(row.id ? `#${row.id}` : ".pt-head");
    const left = row.querySelector(".pt-left");
    if (row !== old && isEditing(row)) place?.replaceWith(row);
    else if (left) place?.querySelector("[data-edit], .pt-name")?.after(left);
  }
}

// Put the parts of an answer in their places.
export function take(answer) {
  for (const { id, html, after } of answer.parts) {
    const fresh = nodeOf(html);
    const old = document.getElementById(id);
    if (old) keep(old, fresh);
    if (old) old.replaceWith(fresh);
    else if (after) document.getElementById(after).after(fresh);
    else table.tHead.after(fresh);
  }
  document.getElementById("pt-totals").replaceWith(nodeOf(answer.totals));
  table.dispatchEvent(new Event("changed"));
  return document.getElementById(answer.focus);
}

export function flash(node) {
  node.classList.add("pt-saved");
  setTimeout(() => node.classList.remove("pt-saved"), 1600);
  say(words.saved);
}
