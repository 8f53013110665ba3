// Places of a notebook or a file: which elements an address like #cell-3-L5-L9 names, and the lines under a pointer.
const RANGE = /^((?:old-|new-)?(?:cell-\d+-)?)L(\d+)(?:-L(\d+))?$/;
const IDENTITY = /^(cell-id-.+?)(-L\d+(?:-L\d+)?|-output-\d+)$/;

// Whether a fragment is meant to be a place, of this version or of another.
export const isPlace = (fragment) => /^(cell-|L\d)/.test(fragment);

// The elements of a place, first to last; none where the file has no such place.
export function elementsOf(place) {
  const found = document.getElementById(place);
  if (found) return [found];
  const later = place.match(IDENTITY);
  const cell = later && document.getElementById(later[1])?.closest(".cell");
  if (cell) return elementsOf(cell.id + later[2]);
  const range = place.match(RANGE);
  if (!range) return [];
  const lines = [];
  for (let line = Number(range[2]); line <= Number(range[3] ?? range[2]); line += 1) {
    const element = document.getElementById(`${range[1]}L${line}`);
    if (!element) break;
    lines.push(element);
  }
  return lines;
}

// Whether the pointer is over the number of this line, which stands left of it.
export function isOverNumber(event, line) {
  const width = Number.parseFloat(getComputedStyle(line, "::before").width) + 28;
  return event.clientX - line.closest(".source").getBoundingClientRect().left < width;
}

const homeOf = (line) => line.id.replace(/L\d+$/, "");
export const haveOneHome = (one, other) => one !== null && homeOf(one) === homeOf(other);

// The place from one line to another of the same cell or file, in either order.
export function rangeOf(one, other) {
  const [low, high] = [Number(one.dataset.line), Number(other.dataset.line)].sort((a, b) => a - b);
  return `${homeOf(one)}L${low}` + (high > low ? `-L${high}` : "");
}

// Asks whatever hides an element to show it: folded cells and lines, shortened outputs (each listens on the file).
export function reveal(element) {
  element.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));
}

// Brings an element, or the box of a part of it, to the top of the window below the bar, or to its upper third. Cells out
// of sight are laid out only when they come near, and then move what is below them: so it is done again for some frames.
export function bring(element, { isMiddle = false, box = () => element.getBoundingClientRect() } = {}) {
  const bar = document.querySelector("[data-reading-bar]");
  let frames = 15;
  for (const own of ["wheel", "keydown", "pointerdown"]) addEventListener(own, () => { frames = 0; }, { once: true, passive: true });
  const settle = () => {
    const top = isMiddle ? innerHeight / 3 : (bar?.getBoundingClientRect().height ?? 0) + 16;
    scrollBy({ top: box().top - top, behavior: "instant" });
    frames -= 1;
    if (frames > 0) requestAnimationFrame(settle);
  };
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
  settle();
}
