// form[data-find]: finds words in the notebook or file beside it, in sources, text and outputs, folded or out of sight too.
// "/" goes to the box; Enter and Shift+Enter walk the matches; Escape leaves, at the match. Hidden until this script runs.
import { textOf } from "./found-text.js";
import { bring, reveal } from "./places.js";
import { isWriting, whenever } from "./whenever.js";

const MOST = 5000;
const PAUSE = 120;
const painter = CSS.highlights ? highlights() : marks();

whenever("form[data-find]", (form) => {
  const file = document.querySelector("[data-reading]");
  if (!file) return;
  const box = form.elements.find;
  const told = form.querySelector("output");
  const buttons = form.querySelectorAll("[data-step]");
  let matches = [];
  let current = -1;
  let sought = "";
  let timer = 0;
  form.hidden = false;

  const say = () => {
    const count = matches.length >= MOST ? `${MOST.toLocaleString("en")}+` : matches.length.toLocaleString("en");
    told.textContent = !sought ? "" : !matches.length ? "No match" : current < 0 ? `${count} found` : `${current + 1} of ${count}`;
    buttons.forEach((button) => { button.disabled = !matches.length; });
  };

  const search = () => {
    clearTimeout(timer);
    sought = box.value;
    painter.clear();
    matches = sought.trim() ? painter.paint(textOf(file).find(sought, MOST)) : [];
    current = -1;
    const next = nextInSight(file, matches);
    if (next >= 0 && matches[next].element().checkVisibility()) go(next);
    say();
  };

  const go = (index) => {
    current = index;
    const match = matches[index];
    reveal(match.element());
    painter.point(match);
    bring(match.element(), { isMiddle: true, box: match.box });
    say();
  };

  const step = (way) => {
    if (box.value !== sought || (matches[0] && !matches[0].element().isConnected)) {
      search();
      if (current >= 0) return;
    }
    if (!matches.length) return;
    const from = current < 0 ? nextInSight(file, matches) - Math.max(way, 0) : current;
    go((from + way + matches.length) % matches.length);
  };

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    step(1);
  });
  form.addEventListener("keydown", (event) => {
    if (event.target !== box) return;
    if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      step(-1);
    }
    if (event.key === "Escape") {
      event.preventDefault();
      leave();
    }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (button) step(Number(button.dataset.step));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || isWriting(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  // Away from the box: the place of the match becomes the place one is at, so that its link can be copied.
  function leave() {
    const place = matches[current]?.element().closest("code[data-line], .output, .cell");
    painter.clear();
    matches = [];
    current = -1;
    sought = box.value = "";
    say();
    box.blur();
    place?.dispatchEvent(new CustomEvent("point", { bubbles: true }));
  }
});

// The first match at or below what is now at the top of the window.
function nextInSight(file, matches) {
  const bar = document.querySelector("[data-reading-bar]").getBoundingClientRect();
  const left = Math.max(file.getBoundingClientRect().left, 0);
  const here = document.elementFromPoint(left + file.clientWidth / 2, Math.max(bar.bottom, file.getBoundingClientRect().top) + 8);
  if (!here || !file.contains(here)) return matches.length ? 0 : -1;
  const next = matches.findIndex((match) => here.contains(match.element()) || here.compareDocumentPosition(match.element()) & Node.DOCUMENT_POSITION_FOLLOWING);
  return next < 0 && matches.length ? 0 : next;
}

// Paints without touching the page.
function highlights() {
  const all = new Highlight();
  const one = new Highlight();
  one.priority = 1;
  CSS.highlights.set("found", all);
  CSS.highlights.set("found-here", one);
  return {
    clear: () => { all.clear(); one.clear(); },
    paint: (found) => found.map((range) => {
      all.add(range);
      return { range, element: () => range.startContainer.parentElement, box: () => range.getBoundingClientRect() };
    }),
    point: ({ range }) => { one.clear(); one.add(range); },
  };
}

// For browsers without highlights: <mark> around each piece of text; the last match first, so that earlier ranges hold.
function marks() {
  let painted = [];
  return {
    clear: () => {
      for (const piece of painted.flat()) {
        const home = piece.parentNode;
        piece.replaceWith(...piece.childNodes);
        home?.normalize();
      }
      painted = [];
    },
    paint: (found) => {
      painted = found.toReversed().map(wrap).toReversed();
      return painted.map((pieces) => ({ pieces, element: () => pieces[0], box: () => pieces[0].getBoundingClientRect() }));
    },
    point: ({ pieces }) => {
      painted.flat().forEach((piece) => piece.classList.remove("found-here"));
      pieces.forEach((piece) => piece.classList.add("found-here"));
    },
  };
}

function wrap(range) {
  const texts = [];
  const walker = document.createTreeWalker(range.commonAncestorContainer, NodeFilter.SHOW_TEXT);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE && range.intersectsNode(node)) texts.push(node);
  }
  const { startContainer, startOffset, endContainer, endOffset } = range;
  return texts.map((node) => {
    const end = node === endContainer ? endOffset : node.length;
    const start = node === startContainer ? startOffset : 0;
    if (end <= start) return null;
    node.splitText(end);
    const middle = node.splitText(start);
    const mark = document.createElement("mark");
    mark.className = "found";
    middle.replaceWith(mark);
    mark.append(middle);
    return mark;
  }).filter(Boolean);
}
