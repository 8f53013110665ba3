// form[data-forget-words="review"]: the page with both texts. Once it is decided, this browser need not keep the words that
// clashed any longer; until then they stay.
import { all, drop } from "./kept.js";
import { whenever } from "./whenever.js";

whenever("form[data-forget-words]", (form) => {
  form.addEventListener("submit", () => {
    const decided = [...form.elements].filter((field) => field.name.startsWith("mine-")).map((field) => field.value.trim());
    all(form.elements.writer.value, form.dataset.forgetWords).filter((one) => decided.includes(one.mine.trim())).forEach(drop);
  });
});
