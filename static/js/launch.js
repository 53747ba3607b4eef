// The launch form: placeholders and limits follow the chosen image model and concept.

const form = document.querySelector("[data-launch]");
const models = form.elements.image_model;
const sizes = form.querySelector("[data-sizes]");

function follow() {
  const { value, dataset } = models.selectedOptions[0];
  for (const name of ["width", "height", "steps", "guidance_scale"]) form.elements[name].placeholder = dataset[name];
  for (const name of ["width", "height"]) {
    Object.assign(form.elements[name], { min: dataset.min_side, max: dataset.max_side, step: dataset.size_multiple });
  }
  form.elements.steps.max = dataset.max_steps;
  form.querySelector("[data-demonstration-note]").hidden = dataset.demonstration !== "yes";
  form.querySelector("[data-negative-note]").hidden = dataset.negative_prompt === "yes";
  const chosen = form.querySelector('[name="concept"]:checked');
  if (chosen) followConcept(JSON.parse(chosen.dataset.usual)[value]);
}

// What is usual depends on the concept and the model; the server says it for every pair.
function followConcept(usual) {
  form.elements.negative_prompt.placeholder = usual.negative_prompt;
  [form.elements.width.placeholder, form.elements.height.placeholder] = usual.sizes[0];
  sizes.hidden = usual.sizes.length < 2;
  sizes.querySelectorAll("button").forEach((button) => button.remove());
  for (const [width, height] of usual.sizes) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button button-small", textContent: `${width} × ${height}` });
    button.addEventListener("click", () => {
      form.elements.width.value = width;
      form.elements.height.value = height;
    });
    sizes.append(button);
  }
}

form.addEventListener("change", (event) => ["concept", "image_model"].includes(event.target.name) && follow());
follow();

form.querySelector("[data-dice]").addEventListener("click", () => {
  form.elements.seed.value = crypto.getRandomValues(new Uint32Array(1))[0];
});

// A fault inside "More settings" must be seen.
form.querySelector(".field-wrong")?.closest("details")?.setAttribute("open", "");
form.querySelector(".field-wrong :is(input, select, textarea)")?.focus();
