// [data-desk]: the review desk. A click or a drag on line numbers, a long press on a line, a click on a cell's or output's
// link brings the finding form to that place; while a form with words in it is open, the place is added to it instead.
// Everything it does the plain links on the page do too.
import "./desk-keys.js";
import "./filter-tree.js";
import "./finding-places.js";
import "./foresee.js";
import "./keep-text.js";
import "./begun-words.js";
import "./line-button.js";
import "./live-preview.js";
import "./save-draft.js";
import "./suggest-change.js";
import "./verdicts.js";
import "./viewed.js";
import { bringForm, closeForm, openAt } from "./finding-box.js";
import { elementsOf, haveOneHome, isOverNumber, rangeOf } from "./places.js";
import { whenever } from "./whenever.js";

const longPress = 500;
const steady = 8;

whenever("[data-desk]", (desk) => {
  if (!desk.hasAttribute("data-desk-writes")) return;
  desk.setAttribute("data-desk-live", "");
  pointAtLines(desk);
  pressLong(desk);
  desk.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close-box]");
    if (close && closeForm(desk)) event.preventDefault();
    const link = event.target.closest(".place-link, [data-place]");
    if (link) {
      event.preventDefault();
      link.closest("details.menu")?.removeAttribute("open");
      openAt(desk, link.dataset.place ?? new URL(link.href).searchParams.get("place"));
    }
    const edit = event.target.closest("[data-edit-finding]");
    if (edit && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      bringForm(desk, edit.href, { instead: edit.closest("[data-finding]") });
    }
  });
  desk.addEventListener("dblclick", (event) => {
    const output = event.target.closest(".output");
    if (output && !event.target.closest("a, button, input, textarea")) openAt(desk, output.id);
  });
});

// Line numbers: press and drag to another line of the same cell or file; Shift and click extends to the line clicked.
function pointAtLines(desk) {
  let first = null;
  let last = null;
  const lineAt = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest?.("code[data-line]") ?? null;
  const show = () => {
    desk.querySelectorAll(".pointing").forEach((element) => element.classList.remove("pointing"));
    if (desk.dataset.pointing !== undefined) elementsOf(rangeOf(first, last)).forEach((line) => line.classList.add("pointing"));
  };
  const stop = () => {
    const was = desk.dataset.pointing !== undefined;
    delete desk.dataset.pointing;
    show();
    return was;
  };
  desk.addEventListener("pointerdown", (event) => {
    const line = event.target.closest("code[data-line]");
    if (!line || event.button !== 0 || event.target.closest("a, button:not(.line-button)") || !isOverNumber(event, line)) return;
    event.preventDefault();
    if (!(event.shiftKey && first && haveOneHome(first, line))) first = line;
    last = line;
    desk.dataset.pointing = "";
    show();
  });
  desk.addEventListener("pointermove", (event) => {
    if (desk.dataset.pointing === undefined) return;
    const line = lineAt(event);
    if (!line || !haveOneHome(first, line)) return;
    last = line;
    show();
  });
  addEventListener("pointerup", () => stop() && openAt(desk, rangeOf(first, last)));
  addEventListener("pointercancel", stop);
}

// A finger that rests on a line opens the form there; one that moves scrolls, as everywhere.
function pressLong(desk) {
  let timer = 0;
  let from = null;
  const stop = () => clearTimeout(timer);
  desk.addEventListener("pointerdown", (event) => {
    const place = event.target.closest("code[data-line], .output");
    const isPointed = desk.dataset.pointing !== undefined || event.target.closest("a, button");
    if (event.pointerType !== "touch" || !place || isPointed) return;
    from = event;
    timer = setTimeout(() => {
      getSelection().removeAllRanges();
      openAt(desk, place.id);
    }, longPress);
  });
  desk.addEventListener("pointermove", (event) => {
    if (from && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > steady) stop();
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, stop);
}
