// data-copy-file="address": puts the whole text of that address on the clipboard. Hidden until this script can do it.
import { whenever } from "./whenever.js";

whenever("[data-copy-file]", (button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const words = button.lastChild;
  const before = words.textContent;
  button.addEventListener("click", async () => {
    try {
      const answer = await fetch(button.dataset.copyFile);
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      await navigator.clipboard.writeText(await answer.text());
      words.textContent = " Copied";
    } catch {
      words.textContent = " Not copied";
    }
    setTimeout(() => { words.textContent = before; }, 1600);
  });
});
