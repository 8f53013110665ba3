// [data-desk]: the review desk. A click or a drag on line numbers, a click on a cell's number, on an output or on a
// [data-place] link brings the finding form to that place; everything it does the plain links on the page do too.
import "./keep-text.js";
import "./save-draft.js";
import "./show-preview.js";
import { isWriting, whenever } from "./whenever.js";

whenever("[data-desk]", (desk) => {
  walkFindings(desk);
  if (!desk.hasAttribute("data-desk-writes")) return;
  desk.setAttribute("data-desk-live", "");
  pointAtLines(desk);
  desk.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close-box]");
    if (close && close.closest("[data-finding-box]").dataset.brought !== undefined) {
      event.preventDefault();
      closeBox(desk);
      return;
    }
    const link = event.target.closest(".place-link, [data-place]");
    if (link) {
      event.preventDefault();
      open(desk, new URL(link.href).searchParams.get("place"));
    }
  });
  desk.addEventListener("dblclick", (event) => {
    const output = event.target.closest(".output");
    if (output && !event.target.closest("a, button, input, textarea")) open(desk, output.id);
  });
});

// Brings the form of a place; without a network the plain page with the form is opened instead.
async function open(desk, place) {
  const address = new URL(desk.dataset.formUrl, location.href);
  address.searchParams.set("place", place);
  let answer;
  try {
    answer = await fetch(address, { headers: { "HX-Request": "true" } });
  } catch {
    location.assign(address);
    return;
  }
  if (!answer.ok) {
    location.assign(address);
    return;
  }
  if (!closeBox(desk)) return;
  const parts = document.createElement("template");
  parts.innerHTML = await answer.text();
  const box = parts.content.querySelector("[data-finding-box]");
  box.dataset.brought = place;
  marksOf(desk, place).prepend(box);
  box.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  select(desk, place);
  box.querySelector("textarea").focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

// Takes the form away; one with text in it only when the writer agrees. Its text is kept either way (keep-text.js).
function closeBox(desk) {
  const box = desk.querySelector("[data-finding-box][data-brought]");
  box?.remove();
  select(desk, "");
  document.querySelectorAll("[data-empty-marks]").forEach((marks) => marks.childElementCount || marks.remove());
  return true;
}

// Where the form of a place goes: into the marks after it; for a range after its last line.
function marksOf(desk, place) {
  if (place === "file" || place === "project") return desk.querySelector('[data-marks="file"]');
  const last = lastPlace(place);
  const known = desk.querySelector(`[data-marks="${CSS.escape(last)}"]`);
  if (known) return known;
  const element = document.getElementById(last);
  const marks = document.createElement("div");
  marks.className = "marks";
  marks.dataset.marks = last;
  marks.setAttribute("data-empty-marks", "");
  if (element.matches("code[data-line]")) splitSource(element, marks);
  else element.after(marks);
  return marks;
}

// A form is more than a line of code: the block ends after the line and goes on in a new one below the form.
function splitSource(line, marks) {
  const source = line.closest(".source");
  const rest = document.createElement("pre");
  rest.className = "source";
  while (line.nextSibling) rest.append(line.nextSibling);
  source.after(marks, rest);
}

function lastPlace(place) {
  const range = place.match(/^(cell-\d+-)?L(\d+)-L(\d+)$/);
  return range ? `${range[1] ?? ""}L${range[3]}` : place;
}

function select(desk, place) {
  desk.querySelectorAll(".selected").forEach((element) => element.classList.remove("selected"));
  const range = place.match(/^(cell-\d+-)?L(\d+)(?:-L(\d+))?$/);
  if (!range) {
    document.getElementById(place)?.classList.add("selected");
    return;
  }
  for (let line = Number(range[2]); line <= Number(range[3] ?? range[2]); line += 1) {
    document.getElementById(`${range[1] ?? ""}L${line}`)?.classList.add("selected");
  }
}

// Line numbers: press and drag to another line of the same cell or file; Shift and click extends to the line clicked.
function pointAtLines(desk) {
  let first = null;
  let last = null;
  const lineAt = (event) => {
    const under = document.elementFromPoint(event.clientX, event.clientY);
    return under?.closest?.("code[data-line]") ?? null;
  };
  desk.addEventListener("pointerdown", (event) => {
    const line = event.target.closest("code[data-line]");
    if (!line || event.button !== 0) return;
    const inGutter = event.clientX - line.closest(".source").getBoundingClientRect().left < gutterWidth(line);
    if (!inGutter) return;
    event.preventDefault();
    if (!(event.shiftKey && first && sameHome(first, line))) first = line;
    last = line;
    select(desk, rangeOf(first, last));
    desk.dataset.pointing = "";
  });
  desk.addEventListener("pointermove", (event) => {
    if (desk.dataset.pointing === undefined) return;
    const line = lineAt(event);
    if (line && sameHome(first, line)) {
      last = line;
      select(desk, rangeOf(first, last));
    }
  });
  addEventListener("pointerup", () => {
    if (desk.dataset.pointing === undefined) return;
    delete desk.dataset.pointing;
    open(desk, rangeOf(first, last));
  });
}

function gutterWidth(line) {
  return Number.parseFloat(getComputedStyle(line, "::before").width) + 28;
}

const homeOf = (line) => line.id.replace(/L\d+$/, "");
const sameHome = (one, other) => one !== null && homeOf(one) === homeOf(other);

function rangeOf(one, other) {
  const [low, high] = [Number(one.dataset.line), Number(other.dataset.line)].sort((a, b) => a - b);
  return `${homeOf(one)}L${low}` + (high > low ? `-L${high}` : "");
}

// j, k: findings on this page; n, p: files; c: a finding at the cell, line or file in sight.
function walkFindings(desk) {
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form");
      if (form && desk.contains(form)) form.requestSubmit();
      return;
    }
    if (isWriting(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") step(desk, event.key === "j" ? 1 : -1);
    if (event.key === "n" || event.key === "p") stepFile(desk, event.key === "n" ? 1 : -1);
    if (event.key === "c" && desk.hasAttribute("data-desk-live")) {
      event.preventDefault();
      open(desk, placeInSight(desk));
    }
    if (event.key === "Escape") closeBox(desk);
  });
}

function step(desk, way) {
  const findings = [...desk.querySelectorAll("[data-finding]")];
  if (!findings.length) return;
  const now = findings.findIndex((finding) => finding.classList.contains("chosen"));
  const next = findings[(now + way + findings.length) % findings.length] ?? findings[0];
  findings.forEach((finding) => finding.classList.toggle("chosen", finding === next));
  next.scrollIntoView({ block: "center" });
  next.focus({ preventScroll: true });
}

function stepFile(desk, way) {
  const files = [...desk.querySelectorAll(".desk-tree a")];
  const now = files.findIndex((file) => file.getAttribute("aria-current"));
  const next = files[now + way];
  if (next) location.assign(next.href);
}

function placeInSight(desk) {
  const middle = innerHeight / 3;
  for (const place of desk.querySelectorAll(".cell, .code-file code[data-line]")) {
    if (place.getBoundingClientRect().bottom > middle) return place.id;
  }
  return "file";
}
