// form[data-keep-text="review"]: what is typed into a finding's form is kept in this browser at once and on the server two
// seconds after the last word, so that this or another machine can go on with it. It is filed only by its button; until
// the server has answered, the words stay here.
import { claim, drop, forget, givenOut, keep, orphans, own } from "./kept.js";
import { say, send, whenBack } from "./sending.js";
import { whenever } from "./whenever.js";

const pause = 2000;
const late = 1500; // a page that is just being left may not be known as closed yet
const retry = 5000;
const fields = ["kind", "severity", "category"];
const hidden = ["path", "place", "finding_id", "was"];

whenever("form[data-keep-text]", (form) => {
  const review = form.dataset.keepText;
  const writer = form.elements.writer.value;
  const state = form.querySelector("[data-save-state]");
  const text = form.elements.text;
  const part = `finding/${form.elements.finding_id?.value || `${form.elements.path.value}#${form.elements.place.value}`}`;
  let kept = form.dataset.keptText ?? "";
  let timer = 0;
  let flight = null;
  let trouble = "";
  let isFiled = false;
  let isTyped = false;

  const places = () => [...form.querySelectorAll("[name=at]")].map((field) => field.value);
  const named = (names) => Object.fromEntries(names.map((name) => [name, form.elements[name]?.value ?? ""]));

  async function save() {
    clearTimeout(timer);
    if (flight || isFiled || form.dataset.sending !== undefined) return;
    const sent = text.value.trim();
    const body = new URLSearchParams({ ...named(fields), ...named(hidden), writer, text: sent, kept });
    places().forEach((place) => body.append("at", place));
    flight = send(form.dataset.keepUrl, body);
    const { told, problem = "", words } = await flight;
    flight = null;
    trouble = problem;
    if (told) {
      if (text.value.trim() === sent) {
        if (told.text !== sent) text.value = told.text;
        kept = told.text;
        forget(writer, review, part);
        form.dispatchEvent(new CustomEvent("htmx:afterRequest", { detail: { successful: true } }));
      } else {
        kept = sent;
        timer = setTimeout(save, pause);
      }
    } else if (problem !== "refused") timer = setTimeout(save, retry);
    say(state, told ? "Kept, not filed yet." : words, problem);
  }

  function changed() {
    isTyped = true;
    const { path, place } = named(["path", "place"]);
    keep(writer, review, part, {
      mine: text.value, was: kept, words: { ...named(fields), ...named(hidden) }, places: places(),
      path, place, label: form.dataset.keepLabel,
    });
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  async function takeOver() {
    const mine = isTyped ? null : own(writer, review, part);
    const found = mine ? [] : await orphans(writer, review, part);
    if (isTyped) return; // what others left is merged by the server then (begun-words.js)
    const left = mine ?? found.find((one) => one.part === part && claim(one));
    const sent = left || text.value ? null : givenOut(writer, review, part);
    if (sent) text.value = kept = sent.mine;
    if (!left) return;
    if (text.value.trim() !== left.mine.trim()) {
      for (const name of fields) form.elements[name].value = left.words[name];
      text.value = left.mine;
      kept = left.was;
      bringPlaces(left.places);
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (!mine) drop(left);
  }

  function bringPlaces(wanted) {
    for (const place of wanted.filter((one) => !places().includes(one))) {
      const [token, ...path] = place.split(" ");
      form.closest("[data-finding-box]").dispatchEvent(new CustomEvent("addplace", { detail: { token, path: path.join(" ") } }));
    }
  }

  // Filing waits for the answer before it lets go of the words; why it is refused is said in the form.
  async function file(event) {
    if (event.submitter?.name) return; // a look at it, which files nothing
    event.preventDefault();
    clearTimeout(timer);
    if (form.dataset.sending !== undefined) return;
    form.dataset.sending = "";
    say(state, "Saving…");
    await flight; // what is kept must not come after what is filed
    const { told, problem, words } = await send(form.action, new URLSearchParams(new FormData(form)));
    delete form.dataset.sending;
    if (told) {
      isFiled = true;
      forget(writer, review, part);
      form.dispatchEvent(new CustomEvent("htmx:afterRequest", { detail: { successful: true } }));
      go(new URL(told.address, location.href));
    } else if (problem === "clash") form.submit();
    else say(state, words, problem);
  }

  form.addEventListener("input", changed);
  form.addEventListener("submit", file);
  whenBack(() => (trouble === "offline" || trouble === "signed out") && save());
  takeOver();
  setTimeout(takeOver, late);
});

function go(address) {
  if (address.pathname + address.search === location.pathname + location.search) {
    location.hash = address.hash;
    location.reload();
  } else location.assign(address);
}
