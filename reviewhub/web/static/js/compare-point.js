// [data-compare-point]: on a page of both versions a click on a line's number, with Shift for more lines of the same side, on
// a cell or on an output brings the desk's form there.
import { openAt } from "./finding-box.js";
import { whenever } from "./whenever.js";

const LINE = /^((?:old|new)-(?:cell-\d+-)?)L(\d+)$/;

whenever("[data-compare-point]", (page) => {
  const desk = page.closest("[data-desk-writes]");
  if (!desk) return;
  let first = null;
  page.addEventListener("click", (event) => {
    const link = event.target.closest("td.n a, a.pair-number, .pair-output-head > a:not(.unfold)");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const place = link.id || link.hash.slice(1);
    const [from, to] = [first?.match(LINE), place.match(LINE)];
    if (event.shiftKey && from && to && from[1] === to[1]) {
      const [low, high] = [Number(from[2]), Number(to[2])].sort((one, other) => one - other);
      openAt(desk, `${to[1]}L${low}` + (high > low ? `-L${high}` : ""));
      getSelection().removeAllRanges();
      return;
    }
    first = to ? place : null;
    openAt(desk, place);
  });
});
