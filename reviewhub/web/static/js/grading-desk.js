// [data-grading-desk]: the grading desk. Its keys are grading-keys.js, its list filter-desk.js, what it asks when two
// things are put together filter-choices.js, what a form would move foresee.js. Here: what comes in hand is marked in the
// list, seen, and has the focus.
import "./filter-choices.js";
import "./filter-desk.js";
import "./foresee.js";
import "./grading-keys.js";
import { whenever } from "./whenever.js";

whenever("[data-grading-desk]", (desk) => {
  window.htmx.config.attributesToSettle = ["class"]; // a style it carried over would break the page's policy
  desk.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "hand" || event.target.id === "hand") arrive(desk);
  });
  mark(desk);
  // An address that ends in #<what it is about> leads to it.
  const named = location.hash.slice(1);
  if (named) desk.querySelector(`[data-item="${CSS.escape(named)}"]`)?.click();
});
whenever("[data-unscripted]", (element) => { element.hidden = true; });
whenever("[data-scripted]", (element) => { element.hidden = false; });

function arrive(desk) {
  const hand = document.getElementById("hand");
  mark(desk);
  const address = new URL(location.href);
  address.searchParams.set("item", hand.dataset.hand);
  address.searchParams.delete("open");
  address.hash = "";
  history.replaceState(history.state, "", address);
  const wrong = hand.querySelector("[aria-invalid=true], .desk-panel[open] [data-first]");
  const first = wrong ?? (hand.dataset.hand === "own" ? hand.querySelector("[data-first]") : null);
  (first ?? hand).focus({ preventScroll: true });
  const top = hand.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight / 2) hand.scrollIntoView({ block: "start" });
}

function mark(desk) {
  const item = document.getElementById("hand").dataset.hand;
  for (const link of desk.querySelectorAll("[data-item]")) {
    if (link.dataset.item === item) {
      link.setAttribute("aria-current", "true");
      link.closest("li").hidden = false;
      nearest(link);
    } else link.removeAttribute("aria-current");
  }
}

// Into view inside the list alone: the page itself stays where it is.
function nearest(link) {
  const list = link.closest(".desk-tree");
  if (list.scrollHeight <= list.clientHeight) return;
  const [line, box] = [link.getBoundingClientRect(), list.getBoundingClientRect()];
  if (line.top < box.top + 40) list.scrollTop -= box.top + 40 - line.top;
  else if (line.bottom > box.bottom - 8) list.scrollTop += line.bottom - box.bottom + 8;
}
