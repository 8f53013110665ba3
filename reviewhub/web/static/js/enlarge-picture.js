// Pictures in outputs and text open as large as the window allows: by a click, or by Enter on the focused picture.
import { whenever } from "./whenever.js";

const PICTURES = ".output img, .rendered-cell img";

function enlarge(picture) {
  const dialog = document.createElement("dialog");
  dialog.className = "enlarged";
  dialog.setAttribute("aria-label", picture.alt || "Picture");
  const large = document.createElement("img");
  large.src = picture.currentSrc || picture.src;
  large.alt = picture.alt;
  const form = document.createElement("form");
  form.method = "dialog";
  const alone = document.createElement("a");
  alone.href = picture.src;
  alone.textContent = "Open it alone";
  const close = document.createElement("button");
  close.className = "button button-plain button-small";
  close.textContent = "Close";
  form.append(alone, close);
  dialog.append(large, form);
  large.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    picture.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
}

whenever("[data-reading]", (reading) => {
  for (const picture of reading.querySelectorAll(PICTURES)) {
    if (picture.closest("a")) continue;
    picture.tabIndex = 0;
    picture.classList.add("can-enlarge");
  }
  const start = (event) => {
    const picture = event.target.closest?.(".can-enlarge");
    if (!picture || (event.type === "keydown" && event.key !== "Enter")) return;
    event.preventDefault();
    enlarge(picture);
  };
  reading.addEventListener("click", start);
  reading.addEventListener("keydown", start);
});
