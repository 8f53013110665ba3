// form[data-check-fix]: one key gives the verdict on the finding in sight (f, p, n, o), u takes it back, j and k walk the
// findings. A verdict shows at once; where it could not be saved, what was there before comes back, and says so.
import { isWriting, whenever } from "./whenever.js";

const findings = () => [...document.querySelectorAll("[data-fix]")];

// The finding one is at: the focused one, else the first that reaches into the upper part of the window.
function current() {
  const focused = document.activeElement?.closest("[data-fix]");
  if (focused) return focused;
  return findings().find((one) => one.getBoundingClientRect().bottom > innerHeight / 3) ?? null;
}

function walk(way) {
  const all = findings();
  const here = all.indexOf(current());
  const focused = document.activeElement?.closest("[data-fix]");
  const next = all[focused ? here + way : Math.max(here, 0)];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event) || document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    walk(event.key === "j" ? 1 : -1);
    return;
  }
  const finding = current();
  const button = finding?.querySelector(`.fix-verdict [data-key="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  finding.focus({ preventScroll: true });
  button.click();
});

whenever("form[data-check-fix]", (form) => {
  const choices = [...form.querySelectorAll("[aria-pressed]")];
  const state = form.querySelector("[data-check-state]");
  let before = [];

  const press = (wanted) => choices.forEach((choice) => choice.setAttribute("aria-pressed", String(choice === wanted)));

  form.addEventListener("submit", (event) => {
    before = choices.filter((choice) => choice.getAttribute("aria-pressed") === "true");
    if (choices.includes(event.submitter)) press(event.submitter);
    form.classList.add("is-saving");
    state.classList.remove("is-refused");
    state.textContent = "Saving…";
  });

  const refuse = (words) => {
    form.classList.remove("is-saving");
    press(before[0]);
    state.classList.add("is-refused");
    state.textContent = words;
  };
  form.addEventListener("htmx:sendError", () => refuse("Not saved: no network. Press it again in a moment."));
  form.addEventListener("htmx:responseError", () => refuse("Not saved. Load the page again to see what changed."));
});

// The answer takes the place of the form that had the focus: the finding keeps it, so that the next key is heard.
document.addEventListener("htmx:afterSwap", (event) => {
  const finding = event.target.closest?.("[data-fix]") ?? document.getElementById(event.target.id)?.closest("[data-fix]");
  if (finding && !finding.contains(document.activeElement)) finding.focus({ preventScroll: true });
});
