// One request to the review API.

import { root } from "./page.js";

const TIMEOUT_MS = 20_000;
const KEEPALIVE_CHARACTERS = 20_000; // browsers allow 64 KiB in all for requests that outlive their page

export class Unreachable extends Error {}

// The CSRF token is the page's, not the cookie's: once somebody else has signed in, it no longer fits, and nothing
// of this page's person is ever sent in the other one's name.
export async function ask(method, path, body) {
  const content = body === undefined ? undefined : JSON.stringify(body);
  let response;
  try {
    response = await fetch(root.dataset.api + path, {
      method,
      body: content,
      credentials: "same-origin",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": root.dataset.csrf },
      keepalive: method !== "GET" && (content?.length ?? 0) < KEEPALIVE_CHARACTERS,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new Unreachable();
  }
  const data = await response.json().catch(() => null);
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  return { status: response.status, ok: response.ok, data, retryAfter };
}

export const isSignedOut = (status) => status === 401 || status === 403;
export const isPassing = (status) => status === 408 || status === 425 || status === 429 || status >= 500;
