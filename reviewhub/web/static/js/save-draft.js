// form[data-save-draft]: saves itself two seconds after the last word, and says so. The server refuses a draft that was
// changed elsewhere meanwhile; then nothing is overwritten and the writer is told. Without a network it tries again.
import { whenever } from "./whenever.js";

const pause = 2000;

whenever("form[data-save-draft]", (form) => {
  const state = form.querySelector("[data-save-state]");
  let timer = 0;
  let running = false;
  let again = false;

  const say = (words, refused = false) => {
    state.textContent = words;
    state.classList.toggle("save-refused", refused);
  };

  async function save() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    say("Saving…");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
      });
      const told = await answer.json();
      if (answer.ok) {
        form.elements.version.value = told.version;
        form.dispatchEvent(new CustomEvent("htmx:afterRequest", { detail: { successful: true } }));
        say("Saved.");
      } else {
        say(`Not saved: ${told.refused} Your words stay here; copy them, then reload the page.`, true);
      }
    } catch {
      say("Not saved: no network. It is tried again.", true);
      timer = setTimeout(save, 5000);
    }
    running = false;
    if (again) {
      again = false;
      save();
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    say("…");
    timer = setTimeout(save, pause);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  addEventListener("online", () => state.classList.contains("save-refused") && save());
});
