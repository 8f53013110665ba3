// [data-compare-jump]: the keys n and p, and their buttons, go from change to change; an address that leads into a
// fold opens it.
import { isWriting, whenever } from "./whenever.js";

whenever("[data-compare-jump]", (page) => {
  let current = null;
  const jump = (step) => {
    const changes = [...page.querySelectorAll("[data-change]")].filter((one) => one.getClientRects().length);
    if (!changes.length) return;
    current?.classList.remove("jumped-to");
    const place = changes.indexOf(current);
    current = place < 0 ? nearest(changes, step) : changes[Math.min(Math.max(place + step, 0), changes.length - 1)];
    current.classList.add("jumped-to");
    current.tabIndex = -1;
    current.focus({ preventScroll: true });
    current.scrollIntoView({ block: "center" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event)) return;
    const step = { n: 1, p: -1 }[event.key];
    if (step) jump(step);
  });
  for (const button of document.querySelectorAll("[data-compare-jump-buttons] [data-jump]")) {
    button.parentElement.hidden = false;
    button.addEventListener("click", () => jump(Number(button.dataset.jump)));
  }
  page.addEventListener("click", (event) => {
    if (event.target.closest("[data-change]")) current = event.target.closest("[data-change]");
  });
  openFoldOf(page, location.hash.slice(1));
});

// The first change below the top of the window (for n), or the last above it (for p).
function nearest(changes, step) {
  const below = changes.findIndex((one) => one.getBoundingClientRect().top > 0);
  if (step > 0) return changes[below < 0 ? changes.length - 1 : below];
  return changes[Math.max((below < 0 ? changes.length : below) - 1, 0)];
}

// A line inside a fold has no element yet: the fold's link names the range of new lines it hides.
function openFoldOf(page, place) {
  const line = place.match(/^(.*-)L(\d+)$/);
  const hidden = line && !document.getElementById(place);
  const fold = hidden
    ? [...page.querySelectorAll("[data-fold]")].find((one) => {
      const range = one.dataset.fold.match(/^(.*-)L(\d+)-L(\d+)$/);
      return range && range[1] === line[1] && Number(range[2]) <= Number(line[2]) && Number(line[2]) <= Number(range[3]);
    })
    : document.getElementById(place)?.closest("p[data-fold]")?.querySelector(".unfold");
  if (!fold) return;
  document.addEventListener("htmx:load", () => document.getElementById(place)?.scrollIntoView({ block: "center" }), { once: true });
  fold.click();
}
