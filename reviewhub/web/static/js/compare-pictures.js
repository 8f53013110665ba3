// [data-compare-pictures]: lays the new picture over the old one, to swipe between them or to see where they differ.
import { whenever } from "./whenever.js";

whenever("[data-compare-pictures]", (pictures) => {
  const stage = pictures.querySelector(".pictures-stage");
  const modes = pictures.querySelector(".pictures-modes");
  const swipe = pictures.querySelector(".pictures-swipe");
  const legend = pictures.querySelector(".pictures-legend");
  const range = swipe.querySelector("input");
  const cut = () => stage.style.setProperty("--swiped", `${range.value}%`);
  modes.hidden = false;
  modes.addEventListener("change", (event) => {
    stage.dataset.mode = event.target.value;
    swipe.hidden = event.target.value !== "swipe";
    legend.hidden = event.target.value !== "difference";
    for (const image of stage.querySelectorAll("img")) image.loading = "eager";
    cut();
  });
  range.addEventListener("input", cut);
});
