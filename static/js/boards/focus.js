// Keep the focus near when what had it goes: on the card that comes in its place, else on its neighbour, else on what
// the list is filled with.

const isCard = (node) => node instanceof HTMLLIElement;

export function focusOn(card) {
  const first = [...(card?.querySelectorAll("a[href], button") ?? [])].find((node) => node.offsetParent);
  first?.focus();
  return Boolean(first);
}

export const isFocusLost = () => !document.activeElement || document.activeElement === document.body;

export function keepFocus(list, usual) {
  let held = null;
  document.addEventListener("focusin", ({ target }) => {
    held = list.contains(target) ? { target, card: target.closest("li") } : null;
  });
  new MutationObserver((records) => {
    if (!held || held.target.isConnected || !isFocusLost()) return;
    const { card } = held;
    held = null;
    const { addedNodes = [], nextSibling, previousSibling } = records.find(({ removedNodes }) => [...removedNodes].includes(card)) ?? {};
    const places = [card, document.getElementById(card.id), ...addedNodes, nextSibling, previousSibling];
    places.some((place) => isCard(place) && place.isConnected && focusOn(place)) || usual()?.focus();
  }).observe(list, { childList: true, subtree: true });
}
