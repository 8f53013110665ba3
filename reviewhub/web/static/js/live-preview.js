// button[data-show-preview]: shows how the form's text will look, in the form's [data-preview] box, as it is typed. The
// button turns it off and on; which of them is remembered.
import { whenever } from "./whenever.js";

const pause = 350;
const name = "reviewhub/preview";

function remembered(value) {
  try {
    if (value !== undefined) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch {
    return value ?? null; // a browser may forbid it; then every page begins with the preview on
  }
}

whenever("button[data-show-preview]", (button) => {
  const form = button.closest("form");
  const box = form.querySelector("[data-preview]");
  const text = form.elements.text;
  let isOn = remembered() !== "off";
  let timer = 0;
  let asked = 0;

  async function show() {
    const turn = ++asked;
    if (!isOn || !text.value.trim()) {
      box.hidden = true;
      return;
    }
    const body = new URLSearchParams({ text: text.value, quoted: box.dataset.quoted });
    const answer = await fetch(box.dataset.preview, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || turn !== asked) return;
    box.innerHTML = await answer.text(); // safe HTML of our own renderer
    box.hidden = false;
    box.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  }

  const tell = () => button.setAttribute("aria-pressed", String(isOn));
  button.addEventListener("click", (event) => {
    event.preventDefault();
    isOn = !isOn;
    remembered(isOn ? "on" : "off");
    tell();
    show();
  });
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, pause);
  });
  tell();
  show();
});
