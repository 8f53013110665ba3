// form[data-keep-text="name"]: keeps the text of a form that is not sent yet in this browser, and puts it back when the
// form for the same place is opened again. It is forgotten once the form is sent.
import { whenever } from "./whenever.js";

const nameOf = (form) => `reviewhub/text/${form.dataset.keepText}`;

function store(act) {
  try {
    return act(localStorage);
  } catch {
    return null; // a browser may forbid it; then nothing is kept, as before
  }
}

whenever("form[data-keep-text]", (form) => {
  const field = form.elements.text;
  const kept = store((storage) => storage.getItem(nameOf(form)));
  if (kept && !field.value) {
    field.value = kept;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.addEventListener("input", () => store((storage) => {
    if (field.value) storage.setItem(nameOf(form), field.value);
    else storage.removeItem(nameOf(form));
  }));
  form.addEventListener("submit", () => store((storage) => storage.removeItem(nameOf(form))));
});
