// The system prompt as it is sent, composed while the addition is written (as engines/planning/systems.py does).
import { plain } from "./texts.js";

const shown = document.querySelector("[data-composed]");
const field = document.getElementById(shown.dataset.composed);
const concept = plain(document.getElementById("concept-system").defaultValue);

function compose() {
  const addition = plain(field.value);
  shown.textContent = concept;
  if (!addition) return;
  const mark = document.createElement("mark");
  mark.textContent = addition;
  shown.append(concept ? "\n" : "", mark);
}

field.addEventListener("input", compose);
compose();
