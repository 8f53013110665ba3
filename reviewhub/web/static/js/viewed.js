// form[data-viewed]: the tick at a file's head, set without leaving the page, told in the tree and counted there; and the
// note that the file was opened, for the last look before handing in.
import { whenever } from "./whenever.js";

const send = (form, fields) => fetch(form.action, {
  method: "POST",
  body: new URLSearchParams({ path: form.elements.path.value, ...fields }),
  headers: { Accept: "application/json" },
});

whenever("form[data-viewed]", (form) => {
  const button = form.querySelector("button");
  const row = document.querySelector(`[data-tree-file="${CSS.escape(form.elements.path.value)}"]`);
  const number = document.querySelector("[data-viewed-number]");
  if (form.dataset.viewed === "new") send(form, {}).catch(() => undefined);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const viewed = button.value;
    button.disabled = true;
    const answer = await send(form, { viewed }).catch(() => null);
    button.disabled = false;
    if (!answer?.ok) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "viewed", value: viewed }));
      HTMLFormElement.prototype.submit.call(form); // the plain way, which says what is wrong
      return;
    }
    const isViewed = viewed === "yes";
    button.value = isViewed ? "no" : "yes";
    button.setAttribute("aria-pressed", String(isViewed));
    row?.classList.toggle("tree-viewed", isViewed);
    number.textContent = String(document.querySelectorAll(".tree-viewed").length);
  });
});
