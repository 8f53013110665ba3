// [data-grading-desk]: one key for everything. A key presses what carries it (data-key), in hand first; what stands folded
// opens with the focus in its first field. j, k or the arrows walk the list, n and N what waits for a decision. Keys
// pressed while an answer is on its way wait for it, so that a fast hand never decides about what it has not seen.
import { isWriting, whenever } from "./whenever.js";

const send = "Ctrl Enter";
const soon = 1000; // milliseconds between the keys of "g q"
const lost = 3000; // milliseconds after which an answer that nothing on the page waits for is lost

whenever("[data-grading-desk]", (desk) => {
  const waiting = [];
  let flights = 0;
  let began = 0;
  let prefix = "";

  const isBusy = () => flights > 0 || waiting.length > 0;
  const isOfHand = ({ detail }) => detail.target?.id === "hand" && detail.elt?.getAttribute("hx-swap") !== "none";
  desk.addEventListener("htmx:beforeRequest", (event) => { if (isOfHand(event)) { flights += 1; began = Date.now(); } });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isOfHand(event) || event.detail.successful) return;
    waiting.length = 0;
    tell(event.detail.xhr?.status ? "Not saved: the server refused it. Load the page again to see what changed." : "Not saved: no network. Press it again in a moment.");
    land();
  });
  // Not before it is settled: until then htmx does not know the new forms.
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "hand") land(); });

  function land() {
    flights = Math.max(0, flights - 1);
    setTimeout(goOn);
  }

  function goOn() {
    while (!flights && waiting.length) act(waiting.shift());
  }

  function act(key) {
    const field = document.activeElement;
    if (key === send) {
      const form = field?.closest("form");
      if (form && desk.contains(form)) form.requestSubmit(form.querySelector("button[type=submit]"));
      return;
    }
    if (key === "Tab") {
      walkFields(1);
      return;
    }
    if (field?.matches("select") && desk.contains(field)) return;
    if (key.length === 1 && field?.matches("input:not([type=checkbox]), textarea") && desk.contains(field)) {
      field.setRangeText(key, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    if (key === "j" || key === "ArrowDown") step(desk, 1, "[data-item]");
    else if (key === "k" || key === "ArrowUp") step(desk, -1, "[data-item]");
    else if (key === "n") step(desk, 1, "[data-undecided]") || say("Everything here is decided.");
    else if (key === "N") step(desk, -1, "[data-undecided]") || say("Everything here is decided.");
    else press(desk, key);
  }

  // Whatever asked may have been replaced before its answer came: the keys must not wait for it for ever.
  function forgetLost() {
    if (!flights || Date.now() - began < lost || document.querySelector(".htmx-request")) return;
    flights = 0;
    waiting.length = 0;
  }

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    forgetLost();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form");
      if (isBusy()) waiting.push(send);
      else if (form && desk.contains(form)) act(send);
      else return;
      event.preventDefault();
      return;
    }
    if (event.key === "Escape") {
      leave(desk, event);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || (isWriting(event) && !isBusy())) return;
    if (isBusy() && !(event.key === "Tab" && event.shiftKey) && /^(.|Tab|ArrowUp|ArrowDown)$/u.test(event.key)) {
      event.preventDefault();
      waiting.push(event.key);
      return;
    }
    if (isWriting(event)) return;
    const key = prefix ? `${prefix} ${event.key}` : event.key;
    prefix = "";
    if (event.key === "g") {
      prefix = "g";
      setTimeout(() => { prefix = ""; }, soon);
      return;
    }
    if (event.repeat && !/^(j|k|Arrow)/.test(event.key)) return;
    if (!/^(j|k|n|N|ArrowDown|ArrowUp)$/.test(key) && !bearer(desk, key)) return;
    if (event.target.closest?.("summary, button, a") && /^Arrow/.test(key) && event.target.closest(".chooser")) return;
    event.preventDefault();
    act(key);
  });
});

// What carries a key: in hand before anything else, and only what can be seen and pressed.
function bearer(desk, key) {
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const hand = document.getElementById("hand");
  const found = [...hand.querySelectorAll(wanted), ...desk.querySelectorAll(wanted), ...document.querySelectorAll(`.desk-head ${wanted}`)];
  return found.find((one) => !one.closest("[disabled], [hidden]") && one.checkVisibility());
}

function press(desk, key) {
  const one = bearer(desk, key);
  if (!one) return;
  if (one.matches("input, textarea")) {
    one.focus();
    one.select();
  } else if (one.matches("summary")) {
    const panel = one.parentElement;
    panel.open = true;
    for (const other of panel.parentElement.querySelectorAll(":scope > .desk-panel[open]")) if (other !== panel) other.open = false;
    panel.querySelector("[data-first]")?.focus();
  } else one.click();
}

function step(desk, way, wanted) {
  const links = [...desk.querySelectorAll("[data-item]")].filter((link) => !link.closest("[hidden]") || link.hasAttribute("aria-current"));
  const here = links.findIndex((link) => link.hasAttribute("aria-current"));
  const isWalk = wanted === "[data-item]";
  for (let far = 1; far <= links.length; far += 1) {
    const place = here < 0 ? (way > 0 ? far - 1 : links.length - far) : here + way * far;
    if (isWalk && (place < 0 || place >= links.length)) return false;
    const link = links[(place + links.length) % links.length];
    if (link.matches(wanted) && !link.hasAttribute("aria-current")) {
      link.click();
      return true;
    }
  }
  return false;
}

// To the next field in hand, as the Tab key would go.
function walkFields(way) {
  const fields = [...document.querySelectorAll("#hand :is(input:not([type=hidden]), select, textarea, button, summary, a[href])")]
    .filter((one) => !one.disabled && one.checkVisibility());
  fields[fields.indexOf(document.activeElement) + way]?.focus();
}

// Escape closes what stands open and gives the keys back to the desk.
function leave(desk, event) {
  const panel = event.target.closest?.(".desk-panel[open]") ?? desk.querySelector("#hand .desk-panel[open]");
  if (panel) panel.open = false;
  if (panel || (isWriting(event) && desk.contains(event.target))) document.getElementById("hand").focus({ preventScroll: true });
}

function say(words) {
  tell(words, "done");
}

function tell(words, kind = "done done-refused") {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = words;
  document.getElementById("desk-said")?.replaceChildren(line);
}
