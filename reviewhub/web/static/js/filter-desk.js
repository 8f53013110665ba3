// form[data-filter-desk]: shows in the list of the grading desk only what waits for a decision, or one reviewer's part. What
// is in hand stays in sight. The choice holds while the list is swapped; without scripts the form is sent.
import { whenever } from "./whenever.js";

whenever("form[data-filter-desk]", (form) => {
  const list = document.getElementById("desk-list");
  const apply = () => {
    const { show, reviewer } = form.elements;
    for (const line of list.querySelectorAll(".desk-row")) {
      const link = line.querySelector("[data-item]");
      const isOut = (show.value === "open" && !link.hasAttribute("data-undecided"))
        || (reviewer.value !== "" && !line.dataset.reviewers.split(" ").includes(reviewer.value));
      line.hidden = isOut && !link.hasAttribute("aria-current");
    }
  };
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  new MutationObserver(apply).observe(list, { childList: true });
  apply();
});
