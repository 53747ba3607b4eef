// How many pictures the form asks for.

const form = document.querySelector("[data-comparison-form]");
const output = form.querySelector("[data-sum]");
const number = new Intl.NumberFormat(document.documentElement.lang);

function draw() {
  const ticked = (name) => form.querySelectorAll(`[name="${name}"]:checked`).length;
  const kind = form.querySelector('[name="varies"]:checked')?.value;
  const values = {
    models: ticked(`${kind}_contestants`),
    cells: ticked("topics") * ticked("concepts"),
    pictures: Number(form.elements.pictures_per_cell.value) || 0,
  };
  values.sum = values.models * values.cells * values.pictures;
  output.textContent = values.sum
    ? output.dataset.text.replace(/\{(\w+)\}/g, (_whole, key) => number.format(values[key]))
    : "";
}

form.addEventListener("input", draw);
draw();
