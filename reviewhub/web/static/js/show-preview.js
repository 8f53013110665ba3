// button[data-show-preview]: shows how the form's text will look, in the form's [data-preview] box.
import { whenever } from "./whenever.js";

whenever("button[data-show-preview]", (button) => {
  const form = button.closest("form");
  const box = form.querySelector("[data-preview]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!box.hidden) {
      box.hidden = true;
      return;
    }
    const body = new URLSearchParams({ text: form.elements.text.value });
    const answer = await fetch(box.dataset.preview, { method: "POST", body });
    if (!answer.ok) return;
    box.innerHTML = await answer.text(); // safe HTML of our own renderer
    box.hidden = false;
    box.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  });
});
