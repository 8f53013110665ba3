// Cells of a notebook fold down to their first line: a button left of each cell, below its number. In a view that
// leaves parts out ("code folded", "outputs only") the same button opens one cell.
import { whenever } from "./whenever.js";

whenever(".notebook[data-reading]", (notebook) => {
  for (const cell of notebook.querySelectorAll(".cell")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "fold-cell";
    button.setAttribute("aria-controls", cell.id);
    button.setAttribute("aria-label", `${cell.querySelector(".prompt").getAttribute("aria-label")}: all of it`);
    cell.querySelector(".prompt").after(button);
    tell(cell);
  }
  notebook.addEventListener("click", (event) => {
    const button = event.target.closest(".fold-cell");
    if (!button) return;
    const cell = button.closest(".cell");
    put(cell, isOpen(cell) ? "closed" : "open");
  });
  notebook.addEventListener("reveal", (event) => {
    const cell = event.target.closest(".cell");
    if (cell && !event.target.checkVisibility()) put(cell, "open");
  });
  // Another view: what was folded or opened by hand before is forgotten.
  notebook.addEventListener("switched", () => notebook.querySelectorAll(".cell").forEach((cell) => put(cell, "")));
});

function put(cell, state) {
  if (state) cell.dataset.fold = state;
  else delete cell.dataset.fold;
  tell(cell);
}

// Whether all of a cell is shown: by hand, else by the view; a view that folds code leaves nothing out of other cells.
function isOpen(cell) {
  if (cell.dataset.fold) return cell.dataset.fold === "open";
  const view = cell.closest(".notebook").dataset.show;
  return !view || (view === "folded" && !cell.querySelector(".source > code + code"));
}

function tell(cell) {
  cell.querySelector(".fold-cell").setAttribute("aria-expanded", String(isOpen(cell)));
}
