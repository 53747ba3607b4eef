// The table of a run's prompts.

import { edit, hasUnsaved, pathOf, press, saveAll, unsavedWords, write } from "./editing.js";
import { startFiltering } from "./filtering.js";
import { addLocation, hasNewLocation } from "./locations.js";
import { pressAndStay, startMoving } from "./moving.js";
import { groupOf, keyOf, table } from "./page.js";
import { startReplacing } from "./replacing.js";

table.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const group = groupOf(button);
  const node = button.closest(".pt-row") ?? group;
  if ("edit" in button.dataset) edit(button, { path: pathOf(node, "edit"), field: "text" });
  else if ("rename" in button.dataset) edit(button, { path: pathOf(group, "rename"), field: "name" });
  else if ("add" in button.dataset) {
    const location = keyOf(group);
    write(group, "prompts/add/", location === "none" ? {} : { location });
  } else if (button.dataset.verb === "duplicate" && node === group) {
    // A copy is made to become something else: its name is the first thing to write.
    const fresh = await press(group, pathOf(group, "duplicate"));
    fresh?.querySelector("[data-rename]")?.click();
  } else if (button.dataset.verb) pressAndStay(node, button.dataset.verb);
});

document.querySelector("[data-add-location]").addEventListener("click", addLocation);
startFiltering();
startMoving();
startReplacing();

window.addEventListener("beforeunload", (event) => (hasUnsaved() || hasNewLocation()) && event.preventDefault());

// The rendering starts from what is on the page: everything is saved first.
const start = document.querySelector("[data-start]");
document.addEventListener(
  "submit",
  async (event) => {
    if (event.target !== start || !(hasUnsaved() || hasNewLocation())) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!hasNewLocation() && (await saveAll())) start.requestSubmit();
    else document.body.dispatchEvent(new CustomEvent("toast", { detail: { text: unsavedWords(), level: "warning" } }));
  },
  true,
);
