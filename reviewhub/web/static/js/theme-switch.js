// data-theme-switch: the form that stores light or dark. With scripts the page changes at once and is not loaded again.
import { whenever } from "./whenever.js";

whenever("form[data-theme-switch]", (form) => {
  form.addEventListener("submit", (event) => {
    const chosen = event.submitter;
    if (!chosen) return;
    event.preventDefault();
    if (chosen.value) document.documentElement.dataset.theme = chosen.value;
    else delete document.documentElement.dataset.theme;
    for (const button of form.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button === chosen));
    }
    const body = new URLSearchParams(new FormData(form, chosen));
    // A manual redirect: the answer would be the page we are on.
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  });
});
