// Send a video with its progress; without a script the form does it alone.

import { Upload } from "../boards/upload.js";

const ANSWER_MS = 300_000; // a large video is looked into before it is taken

const form = document.querySelector("[data-clip-form]");

if (form) {
  const file = form.elements.video;
  const wrong = form.querySelector("[data-wrong]");
  const progress = form.querySelector("[data-progress]");
  const bar = progress.querySelector(".bar");
  const said = progress.querySelector("[data-said]");
  const button = form.querySelector("[type=submit]");
  const cancel = form.querySelector("[data-cancel]");
  let upload = null;

  const say = (text) => {
    wrong.querySelector("span").textContent = text;
    wrong.hidden = !text;
  };

  const show = (isSending) => {
    progress.hidden = cancel.hidden = !isSending;
    button.disabled = file.disabled = isSending;
  };

  const end = (text) => {
    const hadFocus = document.activeElement === cancel;
    upload = null;
    show(false);
    say(text);
    if (hadFocus) button.focus();
  };

  const draw = (share) => {
    const percent = Math.round(100 * share);
    bar.setAttribute("aria-valuenow", percent);
    bar.firstElementChild.style.setProperty("--share", `${percent}%`);
    said.textContent = percent < 100 ? `${form.dataset.sending} ${percent}%` : form.dataset.sent;
  };

  const problem = ({ reason, sentence }) => {
    const { cut, busy, tooLarge } = form.dataset;
    const { textForbidden, textServer } = document.body.dataset;
    return sentence || { offline: cut, busy, limited: busy, tooLarge, forbidden: textForbidden }[reason] || textServer;
  };

  // The server does not know a video again, so whether it is sent once more is for its owner to say.
  const send = (chosen) => {
    upload = new Upload(chosen, {
      address: form.action, field: "video", headers: { "X-Requested-With": "XMLHttpRequest" }, repeats: false, answerMs: ANSWER_MS,
    });
    upload.addEventListener("change", ({ target }) => {
      draw(target.progress);
      if (target.state === "failed") end(problem(target));
    });
    upload.addEventListener("sent", ({ target, detail }) => {
      const address = detail.status === 201 && detail.getResponseHeader("Location");
      if (address) location.assign(address);
      else target.fail("offline"); // somebody else answered: the page on which a network asks to sign in
    });
    say("");
    show(true);
    upload.start();
  };

  file.addEventListener("change", () => {
    const chosen = file.files[0];
    say(chosen && chosen.size > Number(form.dataset.most) ? form.dataset.tooLarge : "");
  });

  cancel.addEventListener("click", () => {
    upload?.stop();
    end("");
  });

  const wake = () => upload?.wake();
  for (const name of ["online", "pageshow"]) window.addEventListener(name, wake);
  document.addEventListener("visibilitychange", () => document.hidden || wake());

  window.addEventListener("beforeunload", (event) => upload?.isInFlight && event.preventDefault());

  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      const chosen = file.files[0];
      if (!chosen || upload) return;
      if (chosen.size > Number(form.dataset.most)) say(form.dataset.tooLarge);
      else send(chosen);
    },
    { capture: true },
  );
}
