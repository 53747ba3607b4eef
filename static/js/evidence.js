// What detectors found doubtful in a picture: a chip for each flag, and boxes over the text that is none.
// Boxes lie in a slide of the picture's own size; their lines stay as thin as they are at any zoom (``--scale``).

const HIDDEN = "evidence:hidden";
const page = document.documentElement;

export const isHidden = () => page.hasAttribute("data-evidence-hidden");

export function toggle() {
  page.toggleAttribute("data-evidence-hidden", !isHidden());
  try {
    localStorage.setItem(HIDDEN, isHidden() ? "yes" : "no");
  } catch {
    // Forgotten on the next page, that is all.
  }
  follow();
}

function follow() {
  document.querySelectorAll("[data-act=evidence]").forEach((button) => button.setAttribute("aria-pressed", String(!isHidden())));
}

export function boxesOf(flags) {
  const layer = document.createElement("div");
  layer.className = "evidence";
  layer.setAttribute("aria-hidden", "true"); // the chips say the same in words
  for (const { left, top, width, height, text } of flags.flatMap((flag) => flag.boxes)) {
    const box = document.createElement("span");
    box.title = text;
    Object.assign(box.style, { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%` });
    layer.append(box);
  }
  return layer;
}

try {
  page.toggleAttribute("data-evidence-hidden", localStorage.getItem(HIDDEN) === "yes");
} catch {
  // A browser that keeps nothing for the page shows it.
}
follow();
