// Places of a notebook or a file one can point at. The address leads to a cell, an output, a line or lines
// (#cell-3-L5-L9), folded or not; a click on a line number, with Shift for more lines, makes such an address;
// "Copy link" stands at the place that is chosen and at the cell or output under the pointer or the focus.
import { bring, elementsOf, haveOneHome, isOverNumber, isPlace, rangeOf, reveal } from "./places.js";
import { whenever } from "./whenever.js";

whenever("[data-reading]", (file) => {
  file.setAttribute("data-live", "");
  const chosen = copyButton("copy-link copy-chosen");
  // Two, so that what scrolls under a resting pointer does not take the button away from the keyboard.
  const offered = { pointerover: copyButton("copy-link"), focusin: copyButton("copy-link") };
  let first = null;

  // Shows a place as the one that is meant; `scrolls` also brings it into sight.
  const choose = (place, scrolls) => {
    file.querySelectorAll(".selected").forEach((element) => element.classList.remove("selected"));
    file.querySelector(".no-such-place")?.remove();
    chosen.remove();
    const elements = elementsOf(place).map((element) => (element.matches(".prompt") ? element.closest(".cell") : element));
    if (!elements.length) {
      if (isPlace(place)) sayMissing(file);
      return;
    }
    if (!elements.every((element) => file.contains(element) && !element.closest("[data-finding]"))) return;
    elements.forEach(reveal);
    elements.forEach((element) => element.classList.add("selected"));
    first = elements[0].matches("code[data-line]") ? elements[0] : null;
    put(chosen, elements[0], place);
    if (scrolls) bring(elements[0], { isMiddle: first !== null });
  };
  const arrive = () => choose(decodeURIComponent(location.hash.slice(1)), true);
  const point = (place) => {
    history.replaceState(history.state, "", `#${place}`);
    choose(place, false);
  };

  addEventListener("hashchange", arrive);
  if (location.hash) arrive();
  if (location.hash && document.readyState !== "complete") addEventListener("load", arrive, { once: true });
  file.addEventListener("point", (event) => {
    point(event.target.matches(".cell") ? event.target.querySelector(".prompt").id : event.target.id);
    event.target.querySelector("a, button")?.focus({ preventScroll: true });
  });
  file.addEventListener("click", (event) => {
    const line = event.target.closest("code[data-line]");
    if (!line || event.target.closest("button, a") || !isOverNumber(event, line) || line.closest("[data-desk-live]")) return;
    const place = event.shiftKey && haveOneHome(first, line) ? rangeOf(first, line) : line.id;
    const from = first;
    point(place);
    if (event.shiftKey && from) first = from;
    getSelection().removeAllRanges();
  });
  const offer = (event) => {
    const element = event.target.closest(".output, .cell");
    if (!element || event.target.closest(".copy-link")) return;
    const button = offered[event.type];
    const others = [chosen, ...Object.values(offered)].filter((other) => other !== button);
    if (others.some((other) => other.parentElement === element)) button.remove();
    else if (button.parentElement !== element) put(button, element, element.matches(".cell") ? element.querySelector(".prompt").id : element.id);
  };
  file.addEventListener("pointerover", offer);
  file.addEventListener("focusin", offer);
});

function copyButton(name) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = name;
  button.textContent = "Copy link";
  button.addEventListener("pointerdown", (event) => event.stopPropagation());
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    try {
      await navigator.clipboard.writeText(addressOf(button.dataset.place));
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied";
    }
    setTimeout(() => { button.textContent = "Copy link"; }, 1600);
  });
  return button;
}

// A cell's button follows its number, so that the next Tab reaches it.
function put(button, element, place) {
  button.dataset.place = place;
  button.setAttribute("aria-label", "Copy the link to this place");
  if (element.matches(".cell")) (element.querySelector(".fold-cell") ?? element.querySelector(".prompt")).after(button);
  else element.prepend(button);
}

// How a file is shown, or what is being written beside it, is the reader's own and not part of the place.
function addressOf(place) {
  const address = new URL(location.href);
  for (const own of ["show", "wrap", "place", "edit"]) address.searchParams.delete(own);
  address.hash = place;
  return address.href;
}

function sayMissing(file) {
  const notice = document.createElement("p");
  notice.className = "notebook-notice no-such-place";
  notice.setAttribute("role", "status");
  notice.textContent = "The link leads to a place that is not in this version of the file.";
  file.prepend(notice);
}
