// form[data-choose-rows="what a row is"]: choose rows by their boxes: all at once, a range with Shift and a click or an arrow; the bar says
// how many are chosen. Without scripts each box is ticked by itself, and "All … shown" stands for all of them.
import { whenever } from "./whenever.js";

whenever("form[data-choose-rows]", (form) => {
  const boxes = [...form.querySelectorAll('input[name="chosen"]')];
  const all = form.querySelector("[data-choose-all]");
  const shown = form.querySelector("[data-choose-shown]");
  const count = form.querySelector("[data-chosen-count]");
  const acts = [...form.querySelectorAll('button[name="act"]')];
  const what = form.dataset.chooseRows || "review";
  let last = null;

  function tell() {
    const chosen = boxes.filter((box) => box.checked).length;
    const many = shown?.checked ? boxes.length : chosen;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    count.value = many === 1 ? `1 ${what} chosen` : `${many} ${what}s chosen`;
    for (const act of acts) act.disabled = many === 0;
  }

  function chooseBetween(from, to, checked) {
    const [first, end] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
    for (const box of boxes.slice(first, end + 1)) box.checked = checked;
  }

  all.hidden = false;
  count.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  form.addEventListener("click", (event) => {
    const box = event.target;
    if (!boxes.includes(box)) return;
    if (event.shiftKey && last) chooseBetween(last, box, box.checked);
    last = box;
    tell();
  });
  form.addEventListener("change", tell);
  form.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const place = boxes.indexOf(event.target);
    const next = boxes[place + step];
    if (place < 0 || !next) return;
    event.preventDefault();
    if (event.shiftKey) chooseBetween(event.target, next, true);
    next.focus();
    last = next;
    tell();
  });
  window.addEventListener("pageshow", tell);
  tell();
});
