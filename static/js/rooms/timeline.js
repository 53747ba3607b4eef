// The timeline of a room. What somebody reads stays where it is: while they are further down, new photos wait behind
// a button; what is on screen still changes in its place.

import "../live.js";

const NEAR = 40;
const room = () => document.getElementById("room");
const list = () => document.getElementById("photos");
const isAway = () => Boolean(list()) && list().getBoundingClientRect().top < -NEAR;
const look = () => htmx.trigger(room(), "look");

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  const newest = list()?.firstElementChild?.dataset.at;
  if (detail.elt.closest("#room") && newest && isAway()) detail.parameters.newest = newest;
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-newer]")) return;
  event.preventDefault();
  scrollTo({ top: 0 });
  look();
});

addEventListener(
  "scrollend",
  () => document.querySelector("[data-newer]:not([hidden])") && !isAway() && look(),
);
