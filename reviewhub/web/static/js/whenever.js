// Runs `start` once on each element that matches, now and whenever htmx brings new ones.
export function whenever(selector, start) {
  const seen = new WeakSet();
  const look = (root) => {
    const found = root.matches?.(selector) ? [root] : [];
    for (const element of [...found, ...root.querySelectorAll(selector)]) {
      if (!seen.has(element)) {
        seen.add(element);
        start(element);
      }
    }
  };
  look(document);
  document.addEventListener("htmx:load", (event) => look(event.target));
}

// True while a person writes: single-key shortcuts must stay silent then.
export function isWriting(event) {
  return event.target.closest?.("input, textarea, select, [contenteditable]") !== null;
}
