// Outputs that are taller than their box are cut with a button below: "Show all of it (1,204 lines)". Without scripts the
// box scrolls. A traceback shows its end, where the error is named; so does the tail of a text whose middle is left out.
import { whenever } from "./whenever.js";

const BOXES = ".output :is(.printed, .as-written, .output-html)";

whenever("[data-reading]", (reading) => {
  // An output is measured when it comes near the screen: measuring all of them would lay out the whole page.
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      for (const box of target.querySelectorAll(BOXES)) if (box.scrollHeight > box.clientHeight + 24) cut(box);
    }
  }, { rootMargin: "800px" });
  reading.querySelectorAll(".output").forEach((output) => near.observe(output));

  reading.addEventListener("click", (event) => {
    const button = event.target.closest(".show-all");
    if (button) turn(button.previousElementSibling, button);
  });
  reading.addEventListener("reveal", (event) => {
    const box = event.target.closest(BOXES);
    if (!box) return;
    if (!box.classList.contains("cut") && box.scrollHeight > box.clientHeight + 24) cut(box);
    if (box.classList.contains("cut")) turn(box, box.nextElementSibling);
  });
});

function cut(box) {
  if (box.nextElementSibling?.matches(".show-all")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "show-all";
  const isPart = box.parentElement.querySelector(".left-out") !== null;
  button.dataset.words = `Show all of ${isPart ? "this part" : "it"} (${amount(box)})`;
  box.after(button);
  box.classList.add("whole");
  turn(box, button);
}

function turn(box, button) {
  const isCut = box.classList.toggle("cut", box.classList.contains("whole"));
  box.classList.toggle("whole", !isCut);
  button.textContent = isCut ? button.dataset.words : "Show less";
  button.setAttribute("aria-expanded", String(!isCut));
  if (isCut && box.matches(".traceback, .left-out ~ .printed")) box.scrollTop = box.scrollHeight;
  if (isCut && box.getBoundingClientRect().top < 0) box.closest(".output").scrollIntoView({ block: "nearest" });
}

function amount(box) {
  const rows = box.matches(".output-html") ? box.querySelectorAll("tr").length : 0;
  const lines = box.textContent.trimEnd().split("\n").length;
  if (rows) return `${rows.toLocaleString("en")} rows`;
  return box.matches(".output-html") ? "a long one" : `${lines.toLocaleString("en")} lines`;
}
