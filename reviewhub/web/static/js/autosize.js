// textarea[data-autosize] grows with its text. Browsers with `field-sizing` do it in CSS; the others are helped here.
import { whenever } from "./whenever.js";

if (!CSS.supports("field-sizing", "content")) {
  whenever("textarea[data-autosize]", (area) => {
    const fit = () => {
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight + 2}px`;
    };
    area.addEventListener("input", fit);
    fit();
  });
}
