// [data-foresee="address"] in a form: what its buttons would move (data-moves) follows what is filled in.
import { whenever } from "./whenever.js";

const pause = 400;

whenever("[data-foresee]", (ways) => {
  const form = ways.closest("form");
  let timer = 0;
  let asked = 0;

  async function look() {
    const turn = ++asked;
    const fields = new URLSearchParams(new FormData(form));
    const answer = await fetch(`${ways.dataset.foresee}?${fields}`).catch(() => null);
    if (!answer?.ok || turn !== asked || !ways.isConnected) return;
    const moves = await answer.json();
    for (const line of ways.querySelectorAll("[data-moves]")) {
      if (moves[line.dataset.moves]) line.querySelector("span").textContent = moves[line.dataset.moves];
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => ways.isConnected && look(), pause);
  });
});
