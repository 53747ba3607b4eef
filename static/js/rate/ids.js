// Identifiers made in the browser: of votes, and of this tab.

import { keep } from "./page.js";

const TAB = "rate:tab";
const RELEASED = "rate:tab-released";
const ANSWER_MS = 120;

// crypto.randomUUID is missing where a page comes over plain http, as on a network of one's own.
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20, 32].map((end, index, ends) => hex.slice(ends[index - 1] ?? 0, end)).join("-");
}

function taken(channel, id) {
  return new Promise((resolve) => {
    const listen = ({ data }) => data.tabTaken === id && resolve(true);
    channel.addEventListener("message", listen);
    channel.postMessage({ tabAsked: id });
    setTimeout(() => {
      channel.removeEventListener("message", listen);
      resolve(false);
    }, ANSWER_MS);
  });
}

// A reloaded tab keeps its identifier, and so the pictures it holds; one that let go of them gets a new one, for the
// release may still be under way. A duplicated tab inherits the storage of the first, which then says so.
export async function claimTab(channel) {
  let id = sessionStorage.getItem(TAB);
  if (!id || sessionStorage.getItem(RELEASED) || (channel && (await taken(channel, id)))) id = uuid();
  keep(sessionStorage, TAB, id);
  sessionStorage.removeItem(RELEASED);
  channel?.addEventListener("message", ({ data }) => data.tabAsked === id && channel.postMessage({ tabTaken: id }));
  return id;
}

export const noteReleased = () => keep(sessionStorage, RELEASED, "yes");
