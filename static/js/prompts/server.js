// One change sent to the server, and what its answer means.

import { table, words } from "./page.js";

const TIMEOUT_MS = 20_000;
// The token is the page's: once somebody else has signed in, nothing of this page's person is sent in their name.
const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

// Returns {ok, data} or {ok: false, message, data}; never throws.
export async function send(path, fields = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  let response;
  try {
    response = await fetch(table.dataset.run + path, {
      method: "POST",
      body,
      credentials: "same-origin",
      redirect: "manual",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    return { ok: false, status: 0, message: words.unreachable };
  }
  if (response.type === "opaqueredirect") return { ok: false, status: 401, message: words.signedOut };
  const data = await response.json().catch(() => null);
  if (response.ok && data) return { ok: true, status: response.status, data };
  return { ok: false, status: response.status, data, message: data?.message ?? meaning(response.status) };
}

function meaning(status) {
  if (status === 403) return words.forbidden;
  return status === 404 ? words.gone : words.failed;
}

export async function preview(text) {
  const body = new FormData();
  body.append("text", text);
  const response = await fetch(table.dataset.preview, { method: "POST", body, headers: { "X-CSRFToken": token } });
  return response.ok ? response.text() : "";
}
