// What waits to be sent, one entry of localStorage each, so that several tabs never overwrite one another.

import { root } from "./page.js";

const PREFIX = `${root.dataset.outbox}:out:${root.dataset.user}:`;
const memory = new Map();
let last = 0;
let number = 0;

// Order of sending is the order of the keys: by time, which never goes back, then by number.
function nextKey() {
  last = Math.max(last, Date.now());
  number += 1;
  return `${PREFIX}${String(last).padStart(15, "0")}-${String(number).padStart(6, "0")}-${Math.random().toString(36).slice(2, 8)}`;
}

export const keepsNothing = () => memory.size > 0;

export function put(entry, key = nextKey()) {
  try {
    localStorage.setItem(key, JSON.stringify(entry));
    memory.delete(key);
  } catch {
    memory.set(key, entry);
  }
  return key;
}

export function remove(key) {
  memory.delete(key);
  localStorage.removeItem(key);
}

function parsed(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export function entries() {
  const found = [...memory].map(([key, entry]) => ({ key, ...entry }));
  for (const key of Object.keys(localStorage)) {
    const entry = key.startsWith(PREFIX) && parsed(key);
    if (entry) found.push({ ...entry, key });
  }
  return found.sort((one, other) => (one.key < other.key ? -1 : 1));
}

export const isOurs = (key) => key?.startsWith(PREFIX);
