// data-keyboard-help="id": the button that opens the list of shortcuts; so does the key "?".
import { isWriting, whenever } from "./whenever.js";

whenever("[data-keyboard-help]", (button) => {
  const dialog = document.getElementById(button.dataset.keyboardHelp);
  if (!dialog) return;
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || isWriting(event)) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) dialog.showModal();
  });
});
