// A text field that grows with its text, and shows what its wildcards stand for while one writes.

import { preview } from "./server.js";

const DELAY_MS = 300;
const MAY_STAND_FOR_MORE = /[{}\\]/;

export function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

export function live(area, place) {
  let timer;
  let turn = 0;
  const show = async () => {
    const mine = ++turn;
    const html = MAY_STAND_FOR_MORE.test(area.value) ? await preview(area.value).catch(() => "") : "";
    if (mine === turn) place.innerHTML = html;
  };
  area.addEventListener("input", () => {
    grow(area);
    clearTimeout(timer);
    timer = setTimeout(show, DELAY_MS);
  });
  if (MAY_STAND_FOR_MORE.test(area.value)) show();
  requestAnimationFrame(() => grow(area));
}
