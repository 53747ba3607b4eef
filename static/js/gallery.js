// Arrow keys move between the tiles of a gallery; Enter opens, as on any link.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const grid = event.target.closest?.("[data-tiles]");
  if (!step || !grid || event.altKey || event.ctrlKey || event.metaKey) return;
  const links = [...grid.querySelectorAll("a[data-tile]")];
  const from = links.indexOf(event.target);
  if (from < 0) return;
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const to = links[from + step[0] + step[1] * columns];
  if (!to) return;
  event.preventDefault();
  to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
});
