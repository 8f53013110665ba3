// Blocks of a code file fold by their indentation: functions, classes, loops, whatever stands deeper than its first line.
import { whenever } from "./whenever.js";

const SHORTEST = 2; // lines below the first one

whenever(".code-file[data-reading]", (file) => {
  const lines = [...file.querySelectorAll("code[data-line]")];
  const blocks = blocksOf(lines.map((line) => line.textContent));
  if (!blocks.length) return;
  const closed = new Set();
  const buttons = new Map(blocks.map((block) => [block, addButton(lines, block)]));

  const show = () => {
    const hidden = new Set();
    for (const { first, last } of closed) {
      for (let line = first + 1; line <= last; line += 1) hidden.add(line);
    }
    lines.forEach((line, index) => line.classList.toggle("folded", hidden.has(index)));
    for (const [block, button] of buttons) button.setAttribute("aria-expanded", String(!closed.has(block)));
  };

  for (const [block, button] of buttons) {
    button.addEventListener("pointerdown", (event) => event.stopPropagation());
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      if (!closed.delete(block)) closed.add(block);
      show();
    });
  }
  file.addEventListener("reveal", (event) => {
    const at = lines.indexOf(event.target.closest("code[data-line]"));
    const around = [...closed].filter(({ first, last }) => first < at && at <= last);
    around.forEach((block) => closed.delete(block));
    if (around.length) show();
  });
});

// The blocks of a text, outermost first, as indexes of their first and last line. A closing bracket at the depth of
// the first line belongs to the block, so that a long signature folds with what follows it.
export function blocksOf(texts) {
  const depths = texts.map((text) => (text.trim() ? text.replaceAll("\t", "    ").search(/\S/) : null));
  const closes = texts.map((text) => /^\s*[)\]}]/.test(text));
  const blocks = [];
  const open = [];
  let lastFilled = -1;
  const closeDownTo = (depth, isBracket) => {
    while (open.length) {
      const block = open.at(-1);
      if (depth > depths[block.first] || (isBracket && depth === depths[block.first])) break;
      block.last = lastFilled;
      open.pop();
    }
  };
  texts.forEach((_, index) => {
    const depth = depths[index];
    if (depth === null) return;
    closeDownTo(depth, closes[index]);
    if (!closes[index]) {
      const block = { first: index, last: index };
      blocks.push(block);
      open.push(block);
    }
    lastFilled = index;
  });
  closeDownTo(-1, false);
  return blocks.filter(({ first, last }) => last - first >= SHORTEST);
}

function addButton(lines, { first, last }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fold-lines";
  button.setAttribute("aria-label", `Lines ${first + 2} to ${last + 1}`);
  lines[first].prepend(button);
  return button;
}
