// nav[data-switch="show"]: its links choose how the file is shown, as a parameter of the address. With scripts the choice
// is an attribute of the file, the page stays, and so does the place one reads.
import { whenever } from "./whenever.js";

whenever("[data-switch]", (choices) => {
  const name = choices.dataset.switch;
  choices.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const file = document.querySelector("[data-reading]");
    if (!link || !file || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const keep = standingAt(file);
    if (link.dataset.value) file.dataset[name] = link.dataset.value;
    else delete file.dataset[name];
    for (const one of choices.querySelectorAll("a")) {
      if (one === link) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    }
    const address = new URL(location.href);
    if (link.dataset.value) address.searchParams.set(name, link.dataset.value);
    else address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
    file.dispatchEvent(new CustomEvent("switched"));
    keep();
  });
});

// Remembers what is at the top of the window; the function it gives brings that, or what comes next of it, back there.
function standingAt(file) {
  const places = [...file.querySelectorAll(".cell, .code-file code[data-line]")];
  const bar = document.querySelector("[data-reading-bar]")?.getBoundingClientRect().bottom ?? 0;
  const at = places.findIndex((place) => place.getBoundingClientRect().bottom > bar);
  if (at < 0 || file.getBoundingClientRect().top > bar) return () => undefined;
  const before = places[at].getBoundingClientRect().top;
  return () => {
    const place = places.slice(at).find((one) => one.checkVisibility());
    if (place) scrollBy(0, place.getBoundingClientRect().top - Math.max(before, bar));
  };
}
