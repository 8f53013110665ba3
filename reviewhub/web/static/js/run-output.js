// data-run-output="address": opens an interactive output in a frame from the second origin, where it can reach
// nothing, once the reader asks for it, and takes it away again. Hidden until this script can do it.
import { whenever } from "./whenever.js";

whenever("[data-run-output]", (button) => {
  const home = button.closest(".run-output");
  button.hidden = false;
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.referrerPolicy = "no-referrer";
    frame.className = "sandbox";
    frame.title = "Interactive output";
    frame.src = button.dataset.runOutput;
    const larger = plainButton("Larger");
    larger.setAttribute("aria-pressed", "false");
    larger.addEventListener("click", () => {
      const isLarge = frame.classList.toggle("sandbox-large");
      larger.setAttribute("aria-pressed", String(isLarge));
    });
    const stop = plainButton("Stop");
    stop.addEventListener("click", () => {
      frame.remove();
      larger.remove();
      stop.remove();
      told.remove();
      button.hidden = false;
      button.focus();
    });
    const told = document.createElement("span");
    told.className = "output-note";
    told.textContent = "It runs without a network: what it would load from elsewhere stays empty.";
    button.hidden = true;
    home.append(stop, larger, told);
    home.after(frame);
    frame.focus();
  });
});

function plainButton(words) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-plain button-small";
  button.textContent = words;
  return button;
}
