// The text of a notebook or a file as one string that knows which node each character stands in.
const BLOCKS = "code[data-line], pre, p, li, td, th, h2, h3, h4, h5, h6, dt, dd, blockquote, figcaption";
const LEFT_OUT = "button, .prompt, .marks, .notebook-notices, .katex-mathml, .visually-hidden";

export function textOf(root) {
  const nodes = [];
  const starts = [];
  let text = "";
  let before = null;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    return node.matches(LEFT_OUT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  });
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const block = node.parentElement.closest(BLOCKS);
    if (block !== before) text += "\n"; // a match never runs from one block into the next
    before = block;
    starts.push(text.length);
    nodes.push(node);
    text += lowered(node.data);
  }
  const at = (offset, isEnd) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (isEnd ? starts[middle] < offset : starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return [nodes[low], offset - starts[low]];
  };
  return {
    // Ranges of the words, first to last, in small or capital letters, at most this many.
    find(words, most) {
      const sought = lowered(words);
      const ranges = [];
      for (let found = text.indexOf(sought); found >= 0 && ranges.length < most; found = text.indexOf(sought, found + sought.length)) {
        const range = document.createRange();
        range.setStart(...at(found, false));
        range.setEnd(...at(found + sought.length, true));
        ranges.push(range);
      }
      return ranges;
    },
  };
}

// Small letters, one for one: where a letter would become two (İ), it stays.
function lowered(text) {
  const small = text.toLowerCase();
  return small.length === text.length ? small : Array.from(text, (sign) => (sign.toLowerCase().length === sign.length ? sign.toLowerCase() : sign)).join("");
}
