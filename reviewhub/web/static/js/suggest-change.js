// button[data-suggest="block"]: puts a suggestion block with the quoted lines where the cursor is, ready to be changed.
import { whenever } from "./whenever.js";

whenever("button[data-suggest]", (button) => {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const text = button.closest("form").elements.text;
    const block = button.dataset.suggest;
    const before = text.value.slice(0, text.selectionEnd).trimEnd();
    const after = text.value.slice(text.selectionEnd).trimStart();
    const start = before ? `${before}\n\n` : "";
    text.value = `${start}${block}${after}`;
    const first = start.length + block.indexOf("\n") + 1;
    text.focus();
    text.setSelectionRange(first, start.length + block.trimEnd().lastIndexOf("\n"));
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
});
