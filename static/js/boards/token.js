// The token that the server asks for with each change; and a fresh one where the page has become too old for its own.

const LONGEST_MS = 30_000;

let renewal = null;

const read = (body) => JSON.parse(body.getAttribute("hx-headers"))["X-CSRFToken"];

export const token = () => read(document.body);

// Take the token of this page as it is now. Several at once ask once; rejects where the page cannot be had.
export function renewToken() {
  renewal ??= fetchToken().finally(() => (renewal = null));
  return renewal;
}

async function fetchToken() {
  const answer = await fetch(location.href, { signal: AbortSignal.timeout(LONGEST_MS) });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = read(page.body);
  document.body.setAttribute("hx-headers", page.body.getAttribute("hx-headers"));
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = fresh;
}

// Post a form; once more with a fresh token where the first was refused.
export async function post(address, body) {
  const send = () => fetch(address, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": token() } });
  const answer = await send();
  if (answer.status !== 403) return answer;
  await renewToken();
  return send();
}
