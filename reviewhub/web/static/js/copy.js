// data-copy="text": puts the text on the clipboard and says so on the button. Hidden until this script can do it.
import { whenever } from "./whenever.js";

whenever("[data-copy]", (button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const label = button.lastChild?.nodeType === Node.TEXT_NODE ? button.lastChild : null;
  const before = label?.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return;
    }
    button.classList.add("copied");
    button.setAttribute("aria-label", "Copied");
    if (label) label.textContent = " Copied";
    setTimeout(() => {
      button.classList.remove("copied");
      button.setAttribute("aria-label", "Copy");
      if (label) label.textContent = before;
    }, 1600);
  });
});
