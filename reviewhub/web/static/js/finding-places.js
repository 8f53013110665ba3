// [data-finding-box]: the places of a finding. "addplace" on the box adds one; each further one can be taken away.
import { select } from "./finding-box.js";
import { whenever } from "./whenever.js";

whenever("[data-finding-box]:not([data-one-place])", (box) => {
  const list = box.querySelector("[data-finding-places]");
  const desk = box.closest("[data-desk]");
  box.querySelector("[data-place-hint]").hidden = false;
  box.querySelectorAll(".place-off").forEach((label) => label.replaceWith(removal(label.closest("[data-at]"))));
  box.addEventListener("addplace", (event) => {
    const { token, path } = event.detail;
    const value = `${token} ${path}`.trim();
    const known = [...list.children].find((item) => item.dataset.at === value);
    const item = known ?? added(value, token);
    if (!known) list.append(item);
    item.classList.add("just-added");
    setTimeout(() => item.classList.remove("just-added"), 1200);
    changed();
    box.scrollIntoView({ block: "nearest" });
  });

  const changed = () => {
    box.querySelector("form").dispatchEvent(new Event("input", { bubbles: true }));
    if (desk) select(desk);
  };

  function added(value, token) {
    const item = document.createElement("li");
    item.dataset.at = value;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "at", value });
    const words = document.createElement("span");
    words.textContent = wordsOf(token);
    item.append(field, words);
    item.append(removal(item));
    return item;
  }

  function removal(item) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet button-icon place-remove";
    button.setAttribute("aria-label", `Remove the place: ${item.querySelector("span").textContent.trim()}`);
    button.addEventListener("click", () => {
      if (list.childElementCount === 1) return;
      item.remove();
      changed();
    });
    return button;
  }
});

// A place as people say it, counted from 1: as the server's `Place.words`.
function wordsOf(token) {
  if (token === "file" || token === "project") return `whole ${token}`;
  const [, cell, output, first, last] = token.match(/^(?:cell-(\d+))?(?:-output-(\d+))?-?(?:L(\d+))?(?:-L(\d+))?$/);
  const lines = first && (last && last !== first ? `lines ${first}–${last}` : `line ${first}`);
  const inside = output === undefined ? lines : `output ${Number(output) + 1}`;
  return [cell === undefined ? "" : `cell ${Number(cell) + 1}`, inside].filter(Boolean).join(", ");
}
