// form[data-keep-words="writer/place"]: what is typed stays in this browser under its writer until the server has it, and
// comes back when the page does.
import { whenever } from "./whenever.js";

function store(act) {
  try {
    return act(localStorage);
  } catch {
    return null; // a browser may forbid it, or be full
  }
}

whenever("form[data-keep-words]", (form) => {
  const name = `reviewhub/words/${form.dataset.keepWords}`;
  const sent = `${name}/sent`;
  const text = form.elements.text;
  // A page that says what was just done is the server's word that it has what was sent.
  if (store((storage) => storage.getItem(sent)) !== null) {
    const has = document.querySelector(".done[role=status]") || text.value;
    store((storage) => has && storage.removeItem(name));
    store((storage) => storage.removeItem(sent));
  }
  const kept = store((storage) => storage.getItem(name));
  if (kept && !text.value) {
    text.value = kept;
    form.closest("details")?.setAttribute("open", "");
  }
  form.addEventListener("input", () => {
    const words = text.value.trim() ? text.value : "";
    store((storage) => (words ? storage.setItem(name, words) : storage.removeItem(name)));
  });
  form.addEventListener("submit", () => store((storage) => storage.setItem(sent, "yes")));
});
