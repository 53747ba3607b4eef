// The history: what is chosen stays chosen while one searches on; downloads say when they are being made.

const form = document.querySelector("[data-history]");
const found = document.getElementById("found");
const line = form.querySelector("[data-chosen]");
const acts = form.querySelector("[data-acts]");
const making = form.querySelector("[data-making]");
const none = form.querySelector("[data-choose-none]");
const remove = form.querySelector("[data-delete]");
const downloads = [...form.querySelectorAll("[data-download]")];
const most = Number(found.dataset.most);
const number = new Intl.NumberFormat(document.documentElement.lang);

const boxes = () => [...found.querySelectorAll("[name=photo]")];
const kept = form.appendChild(document.createElement("div")); // what is chosen and not on the page, for the form
kept.hidden = true;

const chosen = new Set();

function draw() {
  const shown = new Set(boxes().map((box) => box.value));
  const away = [...chosen].filter((id) => !shown.has(id));
  for (const box of boxes()) {
    box.checked = chosen.has(box.value);
    box.disabled = !box.checked && chosen.size >= most;
  }
  kept.replaceChildren(...away.map((id) => Object.assign(document.createElement("input"), { type: "hidden", name: "photo", value: id })));
  const words = away.length ? line.dataset.kept : chosen.size ? line.dataset.text : line.dataset.none;
  line.textContent = words.replace("{count}", number.format(chosen.size)).replace("{kept}", number.format(away.length));
  none.hidden = !chosen.size;
  acts.toggleAttribute("data-any", chosen.size > 0); // it stays on screen where the search finds nothing
  remove.disabled = !chosen.size;
  for (const button of downloads) button.disabled = !chosen.size || (isMaking && !button.hasAttribute("aria-busy"));
}

function choose(box) {
  if (!box.checked) chosen.delete(box.value);
  else if (chosen.size < most) chosen.add(box.value);
}

form.addEventListener("change", (event) => {
  if (!event.target.matches("[name=photo]")) return;
  choose(event.target);
  draw();
});
document.body.addEventListener("htmx:afterSwap", draw);

form.querySelector("[data-choose-all]").addEventListener("click", () => {
  const isOn = boxes().some((box) => !box.checked && !box.disabled);
  for (const box of boxes()) {
    box.checked = isOn;
    choose(box);
  }
  draw();
});

none.addEventListener("click", () => {
  chosen.clear();
  draw();
  form.querySelector("[data-choose-all]").focus();
});

// --- Downloads -----------------------------------------------------------------------------------------------------
let isMaking = false;

const complain = (message) => document.body.dispatchEvent(new CustomEvent("toast", { detail: { text: message, level: "error" } }));
const nameOf = (answer) => /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];

function save(file, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // browsers read it after the click
}

async function download(button) {
  const texts = document.body.dataset;
  const body = new FormData(form, button);
  isMaking = true;
  button.setAttribute("aria-busy", "true");
  making.textContent = making.dataset[button.value];
  draw();
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (answer.ok) save(await answer.blob(), nameOf(answer));
    else complain(answer.status === 422 ? await answer.text() : texts[answer.status === 403 ? "textForbidden" : "textServer"]);
  } catch {
    complain(texts.textNetwork);
  } finally {
    isMaking = false;
    button.removeAttribute("aria-busy");
    making.textContent = "";
    draw();
  }
}

// --- Sending -------------------------------------------------------------------------------------------------------
const usual = form.action;

// Before the page's own listeners: a download is fetched here, and a form that has a question is sent after it.
form.addEventListener("submit", (event) => {
  if (event.submitter?.matches("[data-download]")) {
    event.preventDefault();
    if (!isMaking) download(event.submitter);
    return;
  }
  Object.assign(form.dataset, {
    confirm: remove.dataset.question.replace("{count}", number.format(chosen.size)), confirmYes: remove.dataset.yes,
  });
  form.action = remove.formAction;
});

document.getElementById("confirm").addEventListener("close", () => {
  setTimeout(() => {
    delete form.dataset.confirm;
    form.action = usual;
  }); // after the form has gone out, if it does
});

for (const box of boxes()) choose(box); // a browser may have kept the ticks of a page that is opened again
draw();
