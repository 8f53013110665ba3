// form[data-save-draft="review"]: every part of the form (its fields, a table as one) is kept in this browser while it is
// typed and saved two seconds after the last word, the changed parts only. What two wrote on different lines is merged by
// the server and shown here; for what touches, the page with both texts is offered. Nothing is overwritten silently.
import { claim, drop, forget, keep, orphans } from "./kept.js";
import { say, send, whenBack } from "./sending.js";
import { whenever } from "./whenever.js";

const pause = 2000;
const late = 1500; // a page that is just being left may not be known as closed yet
const retry = 5000;

whenever("form[data-save-draft]", (form) => {
  const review = form.dataset.saveDraft;
  const writer = form.elements.writer.value;
  const state = form.querySelector("[data-save-state]");
  const was = JSON.parse(form.elements.was.value || "{}");
  let timer = 0;
  let running = false;
  let again = false;
  let trouble = "";
  const typed = new Set();

  const partOf = (name) => (name in was ? name : name.replace(/-\d+-\d+$/, ""));
  const changed = () => Object.keys(was).filter((part) => textOf(form, part) !== was[part]);
  const stand = (part, text) => {
    was[part] = text;
    form.elements.was.value = JSON.stringify(was);
  };

  async function save() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return;
    }
    const parts = changed();
    if (!parts.length) {
      typed.forEach((part) => forget(writer, review, part)); // typed and taken back again
      say(state, "Saved.");
      return;
    }
    running = true;
    say(state, "Saving…");
    const sent = Object.fromEntries(parts.map((part) => [part, textOf(form, part)]));
    const body = new URLSearchParams({ writer, was: JSON.stringify(Object.fromEntries(parts.map((part) => [part, was[part]]))) });
    parts.forEach((part) => body.set(part, sent[part]));
    const { told, problem = "", words = "Saved." } = await send(form.action, body);
    for (const [part, text] of Object.entries(told?.texts ?? {})) settle(part, sent[part], text);
    trouble = problem;
    form.dispatchEvent(new CustomEvent("htmx:afterRequest", { detail: { successful: !changed().length } }));
    say(state, words, problem);
    if (problem === "clash") offerBoth();
    if (problem === "offline" || problem === "signed out") timer = setTimeout(save, retry);
    running = false;
    if (again) {
      again = false;
      save();
    }
  }

  // The server holds `text` now, which is what was sent, tidied, or both changes merged. Words typed meanwhile stay.
  function settle(part, sent, text) {
    if (textOf(form, part) === sent) {
      if (text !== sent) fill(form, part, text);
      stand(part, text);
      forget(writer, review, part);
    } else {
      stand(part, sent);
      keep(writer, review, part, { mine: textOf(form, part), was: sent });
    }
  }

  function offerBoth() {
    const button = document.createElement("button");
    button.className = "button button-plain button-small";
    button.textContent = "See both texts";
    state.append(" ", button);
  }

  async function takeOver() {
    for (const orphan of await orphans(writer, review, "")) {
      if (!(orphan.part in was) || !claim(orphan)) continue;
      if (textOf(form, orphan.part) === orphan.mine) drop(orphan);
      else if (textOf(form, orphan.part) === was[orphan.part]) {
        stand(orphan.part, orphan.was);
        fill(form, orphan.part, orphan.mine);
        keep(writer, review, orphan.part, { mine: orphan.mine, was: orphan.was });
        drop(orphan);
      } else await addOlder(orphan);
    }
    if (changed().length) save();
  }

  // Two closed pages left words on one part: the newer stand in the form, the older go to the server to be merged.
  async function addOlder(orphan) {
    const body = new URLSearchParams({ writer, [orphan.part]: orphan.mine, was: JSON.stringify({ [orphan.part]: orphan.was }) });
    const { told } = await send(form.action, body);
    if (told && !told.clashes?.length) drop(orphan);
  }

  form.addEventListener("input", (event) => {
    const part = partOf(event.target.name);
    if (!(part in was)) return;
    typed.add(part);
    keep(writer, review, part, { mine: textOf(form, part), was: was[part], label: titleOf(event.target) });
    clearTimeout(timer);
    if (!trouble) say(state, "…");
    timer = setTimeout(save, pause);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  whenBack(() => (trouble === "offline" || trouble === "signed out") && save());
  takeOver();
  setTimeout(takeOver, late);
});

function titleOf(field) {
  return field.closest(".form-item")?.querySelector(".field-label")?.textContent.trim() ?? "Summary";
}

// The text of a part, written as the server writes it: of a table a line for each filled row, tabs between its cells.
function textOf(form, part) {
  const field = form.elements[part];
  if (field) return field.value.trim();
  return rowsOf(form, part)
    .map((cells) => cells.map((cell) => cell.value.trim()))
    .filter((cells) => cells.some(Boolean))
    .map((cells) => cells.join("\t"))
    .join("\n");
}

function rowsOf(form, part) {
  const cells = [...form.elements].filter((field) => field.name.startsWith(`${part}-`) && /^\d+-\d+$/.test(field.name.slice(part.length + 1)));
  const rows = [];
  for (const cell of cells) (rows[Number(cell.name.slice(part.length + 1).split("-")[0])] ??= []).push(cell);
  return rows.filter(Boolean);
}

function fill(form, part, text) {
  const field = form.elements[part];
  if (field) {
    field.value = text;
    if (field instanceof Element) field.dispatchEvent(new Event("input", { bubbles: false }));
    field.closest?.("details")?.setAttribute("open", "");
    return;
  }
  const lines = text.split("\n");
  while (rowsOf(form, part).length < lines.length) addRow(form, part);
  rowsOf(form, part).forEach((cells, number) => {
    const words = (lines[number] ?? "").split("\t");
    cells.forEach((cell, column) => { cell.value = words[column] ?? ""; });
  });
}

function addRow(form, part) {
  const rows = rowsOf(form, part);
  const last = rows.at(-1)[0].closest("tr");
  const next = last.cloneNode(true);
  next.querySelectorAll("input").forEach((cell) => {
    cell.name = cell.name.replace(/-\d+-(\d+)$/, `-${rows.length}-$1`);
    cell.value = "";
  });
  last.after(next);
}
