// Words that are typed and not on the server yet, kept in this browser under their writer, review, page and part: another
// person who signs in here is never shown them, and two open pages never overwrite each other's. A page holds a lock while
// it lives, so what a closed or crashed one left behind is known and can be taken over.
const root = "reviewhub/kept";
const page = Math.random().toString(36).slice(2);
const holder = (name) => `${root}/${name}`;

if (navigator.locks) navigator.locks.request(holder(page), () => new Promise(() => {}));

function store(act) {
  try {
    return act(localStorage);
  } catch {
    return null; // a browser may forbid it, or be full; then only the server keeps
  }
}

const nameOf = (writer, review, part) => [root, writer, review, page, part].join("/");

export function keep(writer, review, part, words) {
  store((storage) => storage.setItem(nameOf(writer, review, part), JSON.stringify({ ...words, at: Date.now() })));
}

export function forget(writer, review, part) {
  store((storage) => storage.removeItem(nameOf(writer, review, part)));
}

// What this very page kept of a part: of a form that was closed before the server had its words.
export function own(writer, review, part) {
  return all(writer, review).find((one) => one.page === page && one.part === part);
}

export function drop(orphan) {
  store((storage) => storage.getItem(orphan.name) === orphan.raw && storage.removeItem(orphan.name));
}

// What closed pages of this writer left in this review, the newest first; each is given out once on this page.
const given = new Map();
export async function orphans(writer, review, start) {
  const living = navigator.locks ? (await navigator.locks.query()).held.map((lock) => lock.name) : [];
  return all(writer, review)
    .filter((one) => one.part.startsWith(start))
    .filter((one) => one.page !== page && !living.includes(holder(one.page)) && !given.has(one.name))
    .sort((one, other) => other.at - one.at);
}

export function all(writer, review) {
  const found = store((storage) => Object.keys(storage).flatMap((name) => read(storage, name))) ?? [];
  return found.filter((one) => one.writer === writer && one.review === review);
}

export function claim(orphan) {
  if (given.has(orphan.name)) return false;
  given.set(orphan.name, orphan);
  return true;
}

// What was given out on this page already of a part: a form that was asked for before the server had it shows it too.
export function givenOut(writer, review, part) {
  return [...given.values()].find((one) => one.writer === writer && one.review === review && one.part === part);
}

function read(storage, name) {
  if (!name.startsWith(`${root}/`)) return [];
  const [writer, review, its, ...part] = name.slice(root.length + 1).split("/");
  const raw = storage.getItem(name);
  try {
    return [{ ...JSON.parse(raw), name, raw, writer, review, page: its, part: part.join("/") }];
  } catch {
    return [];
  }
}
