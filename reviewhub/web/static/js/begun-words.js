// [data-begun-words="review"]: what closed pages left in this browser and no open form takes over. While the review is open
// a begun finding is sent to the server and listed with the way back to its place; once it is closed all is there to copy.
import { claim, drop, orphans } from "./kept.js";
import { send, whenBack } from "./sending.js";
import { whenever } from "./whenever.js";

const late = 1500; // a page that is just being left may not be known as closed yet

whenever("[data-begun-words]", (box) => {
  const review = box.dataset.begunWords;
  const writer = box.dataset.writer;
  const list = box.querySelector("[data-kept-list]");
  const waiting = [];

  async function takeOver() {
    const open = box.dataset.keepUrl !== "";
    for (const orphan of await orphans(writer, review, open ? "finding/" : "")) {
      if (!orphan.mine.trim() || !claim(orphan)) continue;
      box.hidden = false;
      list.append(open ? link(orphan) : text(orphan));
      if (open) waiting.push(orphan);
    }
    bring();
  }

  // One after the other: the words are not sent twice while an answer is awaited.
  let bringing = Promise.resolve();
  const bring = () => (bringing = bringing.then(bringAll, bringAll));

  async function bringAll() {
    for (const orphan of [...waiting]) {
      const body = new URLSearchParams({ ...orphan.words, writer, text: orphan.mine, kept: orphan.was });
      orphan.places.forEach((place) => body.append("at", place));
      const { told } = await send(box.dataset.keepUrl, body);
      if (!told) return;
      drop(orphan);
      waiting.splice(waiting.indexOf(orphan), 1);
    }
  }

  function link(orphan) {
    const address = new URL(box.dataset.deskUrl, location.href);
    address.searchParams.set("path", orphan.path);
    if (orphan.words.finding_id) address.searchParams.set("edit", orphan.words.finding_id);
    else address.searchParams.set("place", orphan.place);
    address.hash = "finding-form";
    const item = document.createElement("li");
    const way = document.createElement("a");
    way.href = address;
    way.addEventListener("click", async (event) => {
      if (!waiting.includes(orphan) || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault(); // a form that opens before the server has the words would be empty
      await bringing;
      location.assign(address);
    });
    way.append(span("finding-words", orphan.mine.slice(0, 120)), span("finding-where", orphan.label));
    item.append(way);
    return item;
  }

  function text(orphan) {
    const item = document.createElement("li");
    const area = document.createElement("textarea");
    area.className = "input";
    area.readOnly = true;
    area.rows = 3;
    area.value = orphan.mine;
    area.setAttribute("aria-label", "Typed here and not saved");
    item.append(span("finding-where", `${orphan.label ?? orphan.part}: typed here and not saved in time`), area);
    return item;
  }

  whenBack(bring);
  takeOver();
  setTimeout(takeOver, late);
});

function span(name, words) {
  const made = document.createElement("span");
  made.className = name;
  made.textContent = words;
  return made;
}
