// [data-walk-findings]: j and k walk over the findings, x chooses the one in focus for an answer to several, a goes to
// that answer; each has a link, a box and a form that work without.
import { isWriting, whenever } from "./whenever.js";

whenever("[data-walk-findings]", (list) => {
  const findings = () => [...list.querySelectorAll("article.finding")];
  const current = () => document.activeElement?.closest("article.finding");

  const walk = (step) => {
    const all = findings();
    const at = all.indexOf(current());
    const next = at < 0 ? all.find((one) => one.getBoundingClientRect().bottom > 0) : all[at + step];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "start" });
  };

  const acts = {
    j: () => walk(1),
    k: () => walk(-1),
    x: () => current()?.querySelector("input[name=finding]")?.click(),
    a: () => {
      const form = document.getElementById("several");
      form?.closest("details")?.setAttribute("open", "");
      form?.querySelector("select")?.focus();
    },
  };

  const count = () => {
    const chosen = list.querySelectorAll("input[name=finding]:checked").length;
    const said = document.querySelector("[data-chosen]");
    if (said) said.textContent = chosen === 1 ? "1 finding chosen" : `${chosen} findings chosen`;
  };
  list.addEventListener("change", count);
  count();

  addEventListener("keydown", (event) => {
    // A ticked box has the focus after x: it is an input, but nobody writes in it.
    const writes = isWriting(event) && event.target.type !== "checkbox";
    if (writes || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
});
