// [data-filter-choices]: a list of choices that typing narrows; arrows walk it, Enter takes the one that is marked, Shift
// Enter takes it in part where that is offered. Without scripts every choice has its buttons.
import { whenever } from "./whenever.js";

whenever("[data-filter-choices]", (chooser) => {
  const input = chooser.querySelector("input[type=search]");
  if (!input) return;
  const choices = [...chooser.querySelectorAll("[data-choice]")];
  const nothing = chooser.querySelector("[data-no-choice]");
  input.closest("[hidden]")?.removeAttribute("hidden");

  const shown = () => choices.filter((one) => !one.hidden);
  const marked = () => choices.find((one) => one.classList.contains("chosen") && !one.hidden) ?? shown()[0];
  const mark = (wanted) => {
    choices.forEach((one) => one.classList.toggle("chosen", one === wanted));
    wanted?.scrollIntoView({ block: "nearest" });
  };

  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of choices) one.hidden = !words.every((word) => one.textContent.toLowerCase().includes(word));
    nothing.hidden = shown().length > 0;
    mark(shown()[0]);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const all = shown();
      mark(all[Math.min(all.length - 1, Math.max(0, all.indexOf(marked()) + (event.key === "ArrowDown" ? 1 : -1)))]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const choice = marked();
      const button = event.shiftKey ? choice?.querySelector("[data-in-part]") : choice?.querySelector("button[type=submit]");
      button?.click();
    }
  });
  mark(choices[0]);
  input.focus();
});
