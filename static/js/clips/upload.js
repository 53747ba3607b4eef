// Send a video with its progress; without a script the form does it alone.

const form = document.querySelector("[data-clip-form]");

if (form) {
  const file = form.elements.video;
  const wrong = form.querySelector("[data-wrong]");
  const progress = form.querySelector("[data-progress]");
  const bar = progress.querySelector(".bar");
  const said = progress.querySelector("[data-said]");
  const button = form.querySelector("button");

  const say = (text) => {
    wrong.querySelector("span").textContent = text;
    wrong.hidden = !text;
  };

  const stop = (text) => {
    say(text);
    progress.hidden = true;
    button.disabled = false;
  };

  const show = (share) => {
    const percent = Math.round(100 * share);
    bar.setAttribute("aria-valuenow", percent);
    bar.firstElementChild.style.setProperty("--share", `${percent}%`);
    said.textContent = percent < 100 ? `${form.dataset.sending} ${percent}%` : form.dataset.sent;
  };

  file.addEventListener("change", () => {
    const chosen = file.files[0];
    say(chosen && chosen.size > Number(form.dataset.most) ? form.dataset.tooLarge : "");
  });

  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      const chosen = file.files[0];
      if (!chosen || button.disabled) return;
      if (chosen.size > Number(form.dataset.most)) return say(form.dataset.tooLarge);
      say("");
      show(0);
      progress.hidden = false;
      button.disabled = true;
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
      request.upload.addEventListener("progress", ({ loaded, total }) => show(loaded / total));
      request.addEventListener("load", () => {
        if (request.status === 201) location.assign(request.getResponseHeader("Location"));
        else stop(request.getResponseHeader("Content-Type")?.startsWith("text/plain") ? request.responseText : document.body.dataset.textServer);
      });
      request.addEventListener("error", () => stop(form.dataset.cut));
      request.send(new FormData(form));
    },
    { capture: true },
  );
}
