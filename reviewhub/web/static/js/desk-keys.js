// [data-desk]: its keys. j, k: findings, in the order of the list, also in other files; n, p: files; c: a finding on the
// selected lines, else where one is; e: edit the chosen finding; x: viewed; Ctrl Enter saves, Escape closes the form. Of a
// grader: d leads to the chosen one on the grading desk; other keys press what carries them (data-key) in the head.
import { boxOf, closeForm, goTo, hasWords, openAt } from "./finding-box.js";
import { haveOneHome, rangeOf } from "./places.js";
import { isWriting, whenever } from "./whenever.js";

whenever("[data-desk]", (desk) => {
  const isLive = () => desk.hasAttribute("data-desk-live");
  const keys = {
    j: () => step(desk, 1),
    k: () => step(desk, -1),
    ...(desk.querySelector("[data-compare-jump]") ? {} : { n: () => stepFile(desk, 1), p: () => stepFile(desk, -1) }),
    x: () => desk.querySelector("[data-viewed] button")?.click(),
    e: () => chosen(desk)?.querySelector("[data-edit-finding]")?.click(),
    c: () => isLive() && openAt(desk, selectedPlace() ?? placeInSight(desk)),
  };
  addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form");
      if (form && desk.contains(form)) form.requestSubmit();
      return;
    }
    if (event.key === "Escape") {
      if (!isWriting(event) || event.target.closest("[data-finding-box]")) leave(desk);
      return;
    }
    if (isWriting(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const bearer = (event.key === "d" && chosen(desk)?.querySelector("[data-decide]")) || document.querySelector(`.desk-head [data-key="${CSS.escape(event.key)}"]`);
    const act = keys[event.key] ?? (bearer && (() => bearer.click()));
    if (!act) return;
    event.preventDefault();
    act();
  });
  desk.addEventListener("focusin", (event) => {
    const finding = event.target.closest("[data-finding]");
    if (finding) choose(desk, finding);
  });
  const arrive = () => {
    const target = location.hash.startsWith("#finding-") && document.getElementById(location.hash.slice(1));
    if (target && desk.contains(target)) choose(desk, target);
  };
  addEventListener("hashchange", arrive);
  arrive();
});

// A form whose words nothing keeps stays open; the keys are the desk's again.
function leave(desk) {
  const box = boxOf(desk);
  if (box?.hasAttribute("data-one-place") && hasWords(box)) document.activeElement.blur();
  else closeForm(desk);
}

const chosen = (desk) => desk.querySelector("[data-finding].chosen");

function choose(desk, finding) {
  desk.querySelectorAll("[data-finding]").forEach((one) => one.classList.toggle("chosen", one === finding));
  for (const link of desk.querySelectorAll("[data-finding-list] a")) {
    const isChosen = link.dataset.number === finding.dataset.finding;
    link.parentElement.classList.toggle("chosen", isChosen);
    if (isChosen) link.scrollIntoView({ block: "nearest" });
  }
}

// The next finding of the list: on this page it is shown, one in another file opens that file.
function step(desk, way) {
  const links = [...desk.querySelectorAll("[data-finding-list] a")];
  if (!links.length) return;
  const number = chosen(desk)?.dataset.finding;
  const now = links.findIndex((link) => link.dataset.number === number);
  const next = now < 0 ? links.at(way > 0 ? firstHere(links) : -1) : links[(now + way + links.length) % links.length];
  const finding = document.getElementById(`finding-${next.dataset.number}`);
  if (!finding) {
    location.assign(next.href);
    return;
  }
  finding.closest("details")?.setAttribute("open", "");
  choose(desk, finding);
  goTo(finding);
}

const firstHere = (links) => Math.max(0, links.findIndex((link) => document.getElementById(`finding-${link.dataset.number}`)));

function stepFile(desk, way) {
  const files = [...desk.querySelectorAll("[data-tree-file] a")].filter((file) => file.checkVisibility() || file.getAttribute("aria-current"));
  const now = files.findIndex((file) => file.getAttribute("aria-current"));
  const next = files[now + way];
  if (next) location.assign(next.href);
}

// The lines that hold the selected text.
function selectedPlace() {
  const selection = getSelection();
  if (selection.isCollapsed) return null;
  const lineOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("code[data-line]");
  const [first, last] = [lineOf(selection.anchorNode), lineOf(selection.focusNode)];
  return first && last && haveOneHome(first, last) ? rangeOf(first, last) : null;
}

function placeInSight(desk) {
  const middle = innerHeight / 3;
  for (const place of desk.querySelectorAll(".cell, .code-file code[data-line], [data-compare-point] td.n a[id]")) {
    if (place.getBoundingClientRect().bottom > middle) return place.id;
  }
  return "file";
}
