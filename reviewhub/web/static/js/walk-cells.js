// j, k: the next and the previous cell of a notebook. The review desk has these keys for its findings.
import { bring } from "./places.js";
import { isWriting, whenever } from "./whenever.js";

whenever(".notebook[data-reading]", (notebook) => {
  if (notebook.closest("[data-desk]")) return;
  addEventListener("keydown", (event) => {
    if ((event.key !== "j" && event.key !== "k") || isWriting(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const cells = [...notebook.querySelectorAll(".cell")].filter((cell) => cell.checkVisibility());
    const now = cells.indexOf(document.activeElement?.closest(".cell"));
    const next = now < 0 ? firstBelow(cells) : cells[now + (event.key === "j" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.querySelector(".prompt").focus({ preventScroll: true });
    bring(next);
  });
});

const firstBelow = (cells) => cells.find((cell) => cell.getBoundingClientRect().bottom > innerHeight / 4);
