// A new location with its first prompt.

import { copyOf, flash, table, take } from "./page.js";
import { send } from "./server.js";
import { live } from "./writing.js";

export function addLocation() {
  const there = table.querySelector(".pt-new form");
  if (there) return there.elements.name.focus();
  const group = copyOf("pt-new-location");
  const form = group.querySelector("form");
  table.append(group);
  live(form.elements.text, form.querySelector("[data-expansion]"));
  form.scrollIntoView({ block: "nearest" });
  form.elements.name.focus();
  form.querySelector("[data-leave]").addEventListener("click", () => group.remove());
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !form.elements.name.value && !form.elements.text.value) group.remove();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation(); // it does not leave the page
    const answer = await send("locations/add/", { name: form.elements.name.value, text: form.elements.text.value });
    if (answer.ok) {
      group.remove();
      const fresh = take(answer.data);
      flash(fresh);
      fresh.querySelector("[data-rename]")?.focus();
      return;
    }
    const fields = answer.data?.fields ?? {};
    for (const place of form.querySelectorAll("[data-for]")) {
      const messages = place.dataset.for ? fields[place.dataset.for] : Object.keys(fields).length ? [] : [answer.message];
      place.textContent = (messages ?? []).join(" ");
      place.hidden = !messages?.length;
    }
  });
  return undefined;
}

export const hasNewLocation = () => {
  const form = table.querySelector(".pt-new form");
  return Boolean(form && (form.elements.name.value.trim() || form.elements.text.value.trim()));
};
