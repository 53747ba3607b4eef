// The launch form: placeholders and limits follow the chosen image model and concept.

const form = document.querySelector("[data-launch]");
const models = form.elements.image_model;
const NUMBERS = ["width", "height", "steps", "guidance_scale"];

function followModel() {
  const { dataset } = models.selectedOptions[0];
  for (const name of NUMBERS) form.elements[name].placeholder = dataset[name];
  for (const name of ["width", "height"]) {
    Object.assign(form.elements[name], { min: dataset.min_side, max: dataset.max_side, step: dataset.size_multiple });
  }
  form.elements.steps.max = dataset.max_steps;
  form.querySelector("[data-demonstration-note]").hidden = dataset.demonstration !== "yes";
  form.querySelector("[data-negative-note]").hidden = dataset.negative_prompt === "yes";
}

function followConcept() {
  const chosen = form.querySelector('[name="concept"]:checked');
  if (chosen) form.elements.negative_prompt.placeholder = chosen.dataset.negative_prompt;
}

models.addEventListener("change", followModel);
form.addEventListener("change", (event) => event.target.name === "concept" && followConcept());
followModel();
followConcept();

form.querySelector("[data-dice]").addEventListener("click", () => {
  form.elements.seed.value = crypto.getRandomValues(new Uint32Array(1))[0];
});

// A fault inside "More settings" must be seen.
form.querySelector(".field-wrong")?.closest("details")?.setAttribute("open", "");
form.querySelector(".field-wrong :is(input, select, textarea)")?.focus();
