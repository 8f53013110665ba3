// form[data-mark-read]: messages that stood on the screen for five seconds are marked as read; the button does it at once.
import { whenever } from "./whenever.js";

const glance = 5000;

whenever("form[data-mark-read]", (form) => {
  let timer = 0;
  const mark = () => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(() => mark().catch(() => {}), glance);
  };
  document.addEventListener("visibilitychange", look);
  look();
});
