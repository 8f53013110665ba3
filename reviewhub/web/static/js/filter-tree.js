// input[data-filter-tree]: shows the files whose path holds what is typed; Enter opens the first of them.
import { whenever } from "./whenever.js";

whenever("input[data-filter-tree]", (input) => {
  const tree = input.closest("[data-desk-tree]");
  const files = [...tree.querySelectorAll("[data-tree-file]")];
  const folders = [...tree.querySelectorAll("[data-tree-folder]")].reverse();
  input.closest("label").hidden = false;

  function narrow() {
    const wanted = input.value.trim().toLowerCase();
    for (const file of files) file.hidden = !file.dataset.treeFile.toLowerCase().includes(wanted);
    for (const folder of folders) {
      folder.parentElement.hidden = !folder.querySelector("[data-tree-file]:not([hidden])");
      if (wanted) folder.open = true;
    }
    tree.querySelector(".tree-none").hidden = files.some((file) => !file.hidden);
  }

  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => {
    const first = files.find((file) => !file.hidden);
    if (event.key === "Enter" && first) first.querySelector("a").click();
    if (event.key === "Escape") {
      input.value = "";
      narrow();
      input.blur();
    }
  });
});
