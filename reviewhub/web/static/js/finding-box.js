// The finding form on the desk: brought to its place without leaving the page, taken away again, one at a time.
import { bring, elementsOf } from "./places.js";
import { say } from "./sending.js";

const boxOf = (desk) => desk.querySelector("[data-finding-box]");
const hasWords = (box) => box.querySelector("textarea[name=text]").value.trim() !== "";

// Opens the form at a place; where one with words, or of a filed finding, is open, the place is added to that one.
export function openAt(desk, place) {
  const box = boxOf(desk);
  if (box && (hasWords(box) || box.querySelector("[name=finding_id]"))) {
    box.dispatchEvent(new CustomEvent("addplace", { detail: { token: place, path: place === "project" ? "" : desk.dataset.path } }));
    return;
  }
  const address = new URL(desk.dataset.formUrl, location.href);
  address.searchParams.set("place", place);
  bringForm(desk, address.href, { place });
}

// Fetches a form and puts it after its place, or instead of the finding it changes. Without a network the page stays.
export async function bringForm(desk, address, { place = "", instead = null }) {
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
  if (instead) {
    instead.before(box);
    instead.hidden = true;
  } else marksOf(desk, place).prepend(box);
  box.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  select(desk);
  box.querySelector("textarea[name=text]").focus({ preventScroll: true });
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
  document.querySelectorAll("[data-empty-marks]").forEach((marks) => marks.childElementCount || marks.remove());
  return true;
}

// Shows the places of the open form in the file.
export function select(desk) {
  desk.querySelectorAll(".selected").forEach((element) => element.classList.remove("selected"));
  for (const item of boxOf(desk)?.querySelectorAll("[data-finding-places] [data-at]") ?? []) {
    const [token, ...path] = item.dataset.at.split(" ");
    if (path.join(" ") === desk.dataset.path) elementsOf(token).forEach((element) => element.classList.add("selected"));
  }
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

function lastPlace(place) {
  const range = place.match(/^(cell-\d+-)?L(\d+)-L(\d+)$/);
  return range ? `${range[1] ?? ""}L${range[3]}` : place;
}
