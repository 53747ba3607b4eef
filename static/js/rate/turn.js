// One tab at a time sends what waits; false where it is another's turn.

const LEASE_MS = 25_000;

function lease(name, id) {
  const held = JSON.parse(localStorage.getItem(name) ?? "null");
  if (held && held.id !== id && held.until > Date.now()) return false;
  localStorage.setItem(name, JSON.stringify({ id, until: Date.now() + LEASE_MS }));
  return JSON.parse(localStorage.getItem(name)).id === id;
}

// Web Locks need https or localhost. Elsewhere a lease serves: should two tabs send the same all the same, the
// identifiers make it one vote.
export async function inTurn(name, id, work) {
  if (navigator.locks) return navigator.locks.request(name, work);
  if (!lease(name, id)) return false;
  const renew = setInterval(() => lease(name, id), LEASE_MS / 3);
  try {
    return await work();
  } finally {
    clearInterval(renew);
    localStorage.removeItem(name);
  }
}
