// data-run-output="address": opens an interactive output in a frame from the second origin, where it can reach
// nothing, once the reader asks for it. Hidden until this script can do it.
import { whenever } from "./whenever.js";

whenever("[data-run-output]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.referrerPolicy = "no-referrer";
    frame.className = "sandbox";
    frame.title = "Interactive output";
    frame.src = button.dataset.runOutput;
    button.closest(".run-output").replaceWith(frame);
    frame.focus();
  }, { once: true });
});
