// <time datetime data-local-time="180">: the server wrote the moment in the course's zone, 180 minutes east of UTC.
// Where the reader's own clock differs at that moment, their time is put after it.
import { whenever } from "./whenever.js";

const sameDay = (a, b) => a.getUTCDate() === b.getUTCDate() && a.getUTCMonth() === b.getUTCMonth();

whenever("time[data-local-time]", (element) => {
  const at = new Date(element.dateTime);
  const offset = Number(element.dataset.localTime);
  if (Number.isNaN(at.getTime()) || -at.getTimezoneOffset() === offset) return;
  const shift = (minutes) => new Date(at.getTime() + minutes * 60_000);
  const clock = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const day = sameDay(shift(offset), shift(-at.getTimezoneOffset()))
    ? ""
    : `${at.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" })}, `.replace(",,", ",");
  const own = document.createElement("span");
  own.className = "moment-local";
  own.textContent = ` (${day}${clock} for you)`;
  element.append(own);
});
