// Identifiers made in the browser: of votes, and of this tab.

import { uuid } from "../uuid.js";
import { keep } from "./page.js";

const TAB = "rate:tab";
const RELEASED = "rate:tab-released";
const ANSWER_MS = 120;

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
