// The form of a campaign: tick all topics or none.

const form = document.querySelector("[data-campaign-form]");
const ticks = form.querySelector("[data-ticks]");
ticks.hidden = false;

ticks.addEventListener("click", (event) => {
  const which = event.target.closest("[data-tick]")?.dataset.tick;
  if (!which) return;
  const boxes = form.querySelectorAll('.shares-optional input[type="checkbox"]');
  boxes.forEach((box) => (box.checked = which === "all"));
  boxes[0]?.dispatchEvent(new Event("input", { bubbles: true }));
});

form.querySelector(".field-wrong :is(input, select, textarea)")?.focus();
