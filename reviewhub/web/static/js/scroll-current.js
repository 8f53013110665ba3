// [data-scroll-current]: on a narrow screen, brings the current entry of a long row into view.
import { whenever } from "./whenever.js";

whenever("[data-scroll-current]", (row) => {
  const current = row.querySelector("[aria-current]");
  if (current && row.scrollWidth > row.clientWidth) {
    row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
  }
});
