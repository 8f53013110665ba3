// nav[data-outline]: marks the section in sight, leads to the heading itself (without scripts: to its cell), and, where
// the outline is a box of its own, closes it once a heading is chosen.
import { bring, reveal } from "./places.js";
import { whenever } from "./whenever.js";

const LINE = 0.3; // of the window's height: a section begins when its heading has passed this line

whenever("[data-outline]", (outline) => {
  const links = [...outline.querySelectorAll("a")];
  const headings = pair(links);
  if (!headings.size) return;
  const passed = new Set();
  let current = links[0];

  const mark = () => {
    const now = links.findLast((link) => headings.has(link) && hasBegun(headings.get(link), passed)) ?? links[0];
    if (now === current && now.hasAttribute("aria-current")) return;
    current.removeAttribute("aria-current");
    now.setAttribute("aria-current", "true");
    current = now;
    follow();
  };
  const follow = () => {
    const shift = current.getBoundingClientRect().top - outline.getBoundingClientRect().top;
    outline.scrollTop += shift - outline.clientHeight / 2;
  };
  // What is above the window counts as inside: the cell of the last heading that has passed the line is the section.
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) passed.add(target);
      else passed.delete(target);
    }
    mark();
  }, { rootMargin: `9999999px 0px -${100 - LINE * 100}% 0px` });
  for (const heading of headings.values()) {
    watch.observe(heading.closest(".cell"));
    watch.observe(heading);
  }

  outline.addEventListener("toggle", follow);
  outline.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    if (outline.matches(":popover-open")) outline.hidePopover();
    const heading = headings.get(link);
    if (!heading) return;
    event.preventDefault();
    history.pushState(null, "", link.hash);
    reveal(heading);
    bring(heading);
  });
});

// Which heading each link means: the headings of a cell in their order.
function pair(links) {
  const paired = new Map();
  const used = new Map();
  for (const link of links) {
    const cell = document.getElementById(link.hash.slice(1));
    const at = used.get(cell) ?? 0;
    const heading = [...(cell?.querySelectorAll(".rendered-cell :is(h2, h3, h4, h5, h6)") ?? [])].filter((one) => one.textContent.trim())[at];
    used.set(cell, at + 1);
    if (heading) paired.set(link, heading);
  }
  return paired;
}

// A cell that is out of sight tells nothing of the headings in it; then the cell itself decides.
function hasBegun(heading, passed) {
  const cell = heading.closest(".cell");
  if (!passed.has(cell)) return false;
  return cell.getBoundingClientRect().bottom < 0 || heading.getBoundingClientRect().top <= innerHeight * LINE;
}
