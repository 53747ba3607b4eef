// What every page has: toasts, the confirmation, menus, the theme, copy buttons, busy buttons.
// Texts come from the page (data-text-… on the body), so that they are translated where all others are.

const text = (name) => document.body.dataset[`text${name}`];
const TOAST_SECONDS = 7;

function toast(message, level = "info") {
  const node = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  node.className = `toast toast-${level}`;
  node.querySelector("[data-toast-text]").textContent = message;
  document.getElementById("toasts").append(node);
  leaveLater(node);
}

function leaveLater(node) {
  let timer;
  const start = () => (timer = setTimeout(() => node.remove(), TOAST_SECONDS * 1000));
  const stop = () => clearTimeout(timer);
  node.addEventListener("pointerenter", stop);
  node.addEventListener("pointerleave", start);
  node.addEventListener("focusin", stop);
  start();
}

document.querySelectorAll("#toasts .toast").forEach(leaveLater);

document.addEventListener("click", (event) => {
  event.target.closest("[data-toast-close]")?.closest(".toast").remove();
});

// --- Answers of htmx -----------------------------------------------------------------------------------------
document.body.addEventListener("toast", (event) => toast(event.detail.text, event.detail.level));

document.body.addEventListener("htmx:sendError", (event) => sayOnce(event, text("Network")));
document.body.addEventListener("htmx:timeout", (event) => sayOnce(event, text("Network")));
document.body.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 403) sayOnce(event, text("Forbidden"));
  else if (status === 404) sayOnce(event, text("Gone"));
  else sayOnce(event, text("Server"));
});

// A page that polls would say the same again every second.
let lastSaid = { message: "", at: 0 };
function sayOnce(event, message) {
  const now = Date.now();
  const polled = event.detail.elt?.hasAttribute("data-live");
  if (polled && lastSaid.message === message && now - lastSaid.at < 60_000) return;
  lastSaid = { message, at: now };
  toast(message, "error");
}

// --- Confirmation --------------------------------------------------------------------------------------------
const dialog = document.getElementById("confirm");

function ask(element, go) {
  const yes = dialog.querySelector("[data-confirm-yes]");
  dialog.querySelector("#confirm-text").textContent = element.dataset.confirm;
  yes.dataset.usual ??= yes.textContent;
  yes.textContent = element.dataset.confirmYes || yes.dataset.usual;
  dialog.returnValue = "no";
  dialog.onclose = () => dialog.returnValue === "yes" && go();
  dialog.showModal();
}

document.body.addEventListener("htmx:confirm", (event) => {
  const element = event.detail.elt;
  if (!element.dataset.confirm) return;
  event.preventDefault();
  ask(element, () => event.detail.issueRequest(true));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.hasAttribute("hx-post")) return;
  event.preventDefault();
  ask(form, () => form.submit());
});

dialog.addEventListener("click", (event) => event.target === dialog && dialog.close("no"));

// --- Busy: a form that leaves the page shows it on its button, and is sent once -------------------------------
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("hx-get") || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.classList.contains("button") && event.submitter.setAttribute("aria-busy", "true");
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});

// --- Menus: close on Escape and on a click elsewhere ----------------------------------------------------------
document.addEventListener("click", (event) => {
  document.querySelectorAll("[data-menu][open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("[data-menu][open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

// --- Theme: at once, without a reload; the server keeps the same cookie ---------------------------------------
document.addEventListener("submit", (event) => {
  if (!event.target.hasAttribute("data-theme-form")) return;
  event.preventDefault();
  delete event.target.dataset.sent;
  const theme = event.submitter.value;
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.querySelectorAll("[data-theme-form] button").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.value === theme));
  });
  fetch(event.target.action, {
    method: "POST",
    body: new FormData(event.target, event.submitter),
    redirect: "manual",
  }).catch(() => toast(text("Network"), "error"));
});

// --- Copy ----------------------------------------------------------------------------------------------------
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    toast(text("Copied"), "success");
  } catch {
    toast(text("NotCopied"), "warning");
  }
});
