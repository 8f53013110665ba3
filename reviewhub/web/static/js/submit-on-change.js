// form[data-submit-on-change]: a choice in a <select> sends the form, and its button is not needed.
import { whenever } from "./whenever.js";

whenever("form[data-submit-on-change]", (form) => {
  const button = form.querySelector("button:not([name])");
  if (button) button.hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
});
