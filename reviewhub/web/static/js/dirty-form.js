// form[data-dirty-form]: leaving the page with unsaved words asks first. `htmx:afterRequest` without error counts as saved.
import { whenever } from "./whenever.js";

const dirty = new Set();

whenever("form[data-dirty-form]", (form) => {
  form.addEventListener("input", () => dirty.add(form));
  form.addEventListener("submit", () => dirty.delete(form));
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) dirty.delete(form);
  });
});

addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});
