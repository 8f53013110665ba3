// data-print-page: a button that opens the browser's print dialog. Hidden until this script can do it.
import { whenever } from "./whenever.js";

whenever("[data-print-page]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
