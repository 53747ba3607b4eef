// The history: how many are chosen, all of them at once, and deleting only after a question.

const form = document.querySelector("[data-history]");
const found = document.getElementById("found");
const line = form.querySelector("[data-chosen]");
const most = Number(found.dataset.most);
const number = new Intl.NumberFormat(document.documentElement.lang);

const boxes = () => [...form.querySelectorAll("[name=photo]")];

function draw() {
  const chosen = boxes().filter((box) => box.checked);
  line.textContent = chosen.length ? line.dataset.text.replace("{count}", number.format(chosen.length)) : line.dataset.none;
  for (const button of form.querySelectorAll("[data-download], [data-delete]")) button.disabled = !chosen.length;
  for (const box of boxes()) box.disabled = !box.checked && chosen.length >= most;
}

form.addEventListener("change", draw);
document.body.addEventListener("htmx:afterSwap", draw);

form.querySelector("[data-choose-all]").addEventListener("click", () => {
  const all = boxes().slice(0, most);
  const isOn = all.some((box) => !box.checked);
  for (const box of all) box.checked = isOn;
  draw();
});

// The page's own confirmation asks before a form that has a question is sent.
form.addEventListener("submit", (event) => {
  const isDelete = event.submitter?.matches("[data-delete]");
  if (isDelete) {
    Object.assign(form.dataset, { confirm: event.submitter.dataset.question, confirmYes: event.submitter.dataset.yes });
    form.action = event.submitter.formAction;
    return;
  }
  // A download leaves the page where it is, so its button is not busy for ever.
  setTimeout(() => {
    delete form.dataset.sent;
    event.submitter?.removeAttribute("aria-busy");
  }, 1500);
});

const usual = form.action;
document.getElementById("confirm").addEventListener("close", () => {
  setTimeout(() => {
    delete form.dataset.confirm;
    form.action = usual;
  }); // after the form has gone out, if it does
});

draw();
