// A file dropped anywhere on the field is taken as if it had been picked, and is looked at at once.

const form = document.querySelector("[data-upload]");
const drop = form.querySelector("[data-drop]");
const input = form.querySelector("input[type=file]");

for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("drop-over");
  });
}
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("drop-over"));

drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  form.requestSubmit();
});

input.addEventListener("change", () => input.files.length && form.requestSubmit());
document.querySelector("[aria-labelledby=faults], [aria-labelledby=preview]")?.scrollIntoView({ block: "nearest" });
