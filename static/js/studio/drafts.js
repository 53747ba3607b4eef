// What was typed on this page and not saved, kept in this browser for a person and an address.
const MOST_DAYS = 30;
const { editor: person, made } = document.querySelector("form[data-editor]").dataset;
const keyOf = (path) => `studio-draft ${person} ${path}`;
const key = keyOf(location.pathname);
// What was begun on the page of a new one is stored now.
if (made) forget(keyOf(made));

export function keep(values) {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
  } catch {
    // No room, or a private window: saving works all the same.
  }
}

export function forget(which = key) {
  try {
    localStorage.removeItem(which);
  } catch {
    // As above.
  }
}

// Return what is kept of the values that differ from what is stored, or null; what is out of date is forgotten.
export function kept(differs, isOnce) {
  try {
    const { at, values } = JSON.parse(localStorage.getItem(key)) ?? {};
    const left = Object.entries(values ?? {}).filter(([name, value]) => differs(name, value));
    const isWorth = left.some(([name]) => !isOnce(name));
    if (isWorth && Date.now() - at < MOST_DAYS * 86_400_000) return { at: new Date(at), values: Object.fromEntries(left) };
  } catch {
    // Not readable, or not ours.
  }
  forget();
  return null;
}
