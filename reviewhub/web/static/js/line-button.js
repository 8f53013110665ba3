// [data-desk-writes="Write a finding"]: a "+" at the line under the pointer, or at the line that was tapped, opens the form there.
import { openAt } from "./finding-box.js";
import { whenever } from "./whenever.js";

whenever("[data-desk-writes]", (desk) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "line-button";
  button.tabIndex = -1; // the keyboard has c, and the menu "Write a finding"
  button.addEventListener("click", (event) => {
    if (event.detail === 0) openAt(desk, button.parentElement.id); // a pointer's press is a point or a drag from here: desk.js
  });
  const offer = (event) => {
    const line = event.target.closest("code[data-line]");
    if (!line || line === button.parentElement || desk.dataset.pointing !== undefined) return;
    line.prepend(button);
    button.setAttribute("aria-label", `${desk.dataset.deskWrites || "Write a finding"} on line ${line.dataset.line}`);
  };
  desk.addEventListener("pointerover", offer);
  desk.addEventListener("click", offer);
});
