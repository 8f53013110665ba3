// The form on a desk that writes in its place: brought there without leaving the page, taken away again, one at a time.
import { bring, elementsOf } from "./places.js";
import { say } from "./sending.js";

export const boxOf = (desk) => desk.querySelector("[data-finding-box]");
export const hasWords = (box) => [...box.querySelectorAll("textarea[name=text], input[name=title]")].some((field) => field.value.trim() !== "");

// Opens the form at a place; where one with words, or of a filed finding, is open, the place is added to that one. A form
// that has one place only ([data-one-place]) moves there with its words.
export function openAt(desk, place) {
  const box = boxOf(desk);
  const isMoved = box?.hasAttribute("data-one-place");
  if (box && !isMoved && (hasWords(box) || box.querySelector("[name=finding_id]"))) {
    box.dispatchEvent(new CustomEvent("addplace", { detail: { token: place, path: place === "project" ? "" : desk.dataset.path } }));
    return;
  }
  const address = new URL(desk.dataset.formUrl, location.href);
  address.searchParams.set("place", place);
  bringForm(desk, address.href, { place, words: isMoved ? wordsOf(box) : [] });
}

// Fetches a form and puts it after its place, or instead of the finding it changes. Without a network the page stays.
export async function bringForm(desk, address, { place = "", instead = null, words = [] }) {
  let answer = null;
  try {
    answer = await fetch(address, { headers: { "HX-Request": "true" } });
  } catch {
    say(desk.querySelector("#draft [data-save-state]"), "No network: the form opens once it is back.", "offline");
    return;
  }
  if (!answer.ok) {
    location.assign(address);
    return;
  }
  closeForm(desk, { isAny: true });
  const parts = document.createElement("template");
  parts.innerHTML = await answer.text(); // our own template, made for this reader
  const box = parts.content.querySelector("[data-finding-box]");
  box.dataset.brought = place;
  for (const [name, value] of words) give(box.querySelector(`[name=${name}]`), value);
  if (instead) {
    instead.before(box);
    instead.hidden = true;
  } else marksOf(desk, place).prepend(box);
  box.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  select(desk);
  box.querySelector("[data-first], textarea[name=text]").focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest" });
}

// Takes the form away; its words are kept (keep-text.js). A form that came with the page is left by its own link.
export function closeForm(desk, { isAny = false } = {}) {
  const box = boxOf(desk);
  if (!box || (!isAny && box.dataset.brought === undefined)) return false;
  const hidden = box.nextElementSibling;
  if (hidden?.matches("[data-finding][hidden]")) {
    hidden.hidden = false;
    hidden.focus({ preventScroll: true });
  }
  box.remove();
  select(desk);
  for (const marks of document.querySelectorAll("[data-empty-marks]")) {
    if (!marks.childElementCount) (marks.closest("tr.d-marks") ?? marks).remove();
  }
  return true;
}

// Shows the places of the open form in the file.
export function select(desk) {
  desk.querySelectorAll(".selected").forEach((element) => element.classList.remove("selected"));
  const box = boxOf(desk);
  const choose = (token) => elementsOf(token).forEach((element) => element.classList.add("selected"));
  if (box?.hasAttribute("data-one-place") && box.dataset.brought) choose(box.dataset.brought);
  for (const item of box?.querySelectorAll("[data-finding-places] [data-at]") ?? []) {
    const [token, ...path] = item.dataset.at.split(" ");
    if (path.join(" ") === desk.dataset.path) choose(token);
  }
}

// What was written or chosen in a form, without what goes with its place.
const wordsOf = (box) => [...new FormData(box.querySelector("form"))].filter(([name]) => name !== "version_in" && box.querySelector(`[name=${name}]`).type !== "hidden");

function give(field, value) {
  if (!field) return;
  if (field.type === "checkbox") field.checked = true;
  else field.value = value;
}

export function goTo(element) {
  element.focus({ preventScroll: true });
  bring(element, { isMiddle: true });
}

// Where the form of a place goes: into the marks after it; for a range after its last line.
function marksOf(desk, place) {
  const last = lastPlace(place);
  const element = document.getElementById(last);
  if (!element) return desk.querySelector('[data-marks="file"]');
  const known = desk.querySelector(`[data-marks="${CSS.escape(last)}"]`);
  if (known) return known;
  const marks = document.createElement("div");
  marks.className = "marks";
  marks.dataset.marks = last;
  marks.setAttribute("data-empty-marks", "");
  if (element.matches("code[data-line]")) splitSource(element, marks);
  else if (element.closest("table.diff")) besideRow(element.closest("tr"), marks);
  else if (element.closest(".pair-head")) element.closest(".pair-head").after(marks);
  else if (element.closest(".pair-output")) element.closest(".pair-output").append(marks);
  else if (element.matches(".cell")) element.querySelector(".cell-body").append(marks);
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

// In a table of two versions the form gets a row of its own.
function besideRow(row, marks) {
  const under = document.createElement("tr");
  under.className = "d-marks";
  const cell = under.insertCell();
  cell.colSpan = [...row.cells].reduce((sum, one) => sum + one.colSpan, 0);
  cell.append(marks);
  row.after(under);
}

function lastPlace(place) {
  const range = place.match(/^((?:old-|new-)?(?:cell-\d+-)?)L(\d+)-L(\d+)$/);
  return range ? `${range[1]}L${range[3]}` : place;
}
