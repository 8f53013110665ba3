// .maths holds TeX as it was written; KaTeX sets it where a page has any. Its code and fonts load only then.
import { whenever } from "./whenever.js";

const folder = new URL("../vendor/katex/", import.meta.url);
const longest = 20000;
let katex = null;

function load() {
  katex ??= new Promise((resolve, reject) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL("katex.min.css", folder);
    const script = document.createElement("script");
    script.src = new URL("katex.min.js", folder);
    script.onload = () => resolve(window.katex);
    script.onerror = reject;
    document.head.append(sheet, script);
  });
  return katex;
}

function withoutDollars(text) {
  const inside = text.trim();
  const marks = inside.startsWith("$$") ? 2 : inside.startsWith("$") ? 1 : 0;
  return marks && inside.endsWith("$".repeat(marks)) ? inside.slice(marks, -marks) : inside;
}

// Formulas are set as they come near the screen, so that a long notebook appears at once; all of a page for paper.
const margin = "allMaths" in document.body.dataset ? "100000px" : "600px";
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    load().then((setter) => set(setter, target), () => undefined);
  }
}, { rootMargin: margin });

function set(setter, element) {
  const tex = element.textContent;
  if (tex.length > longest) return;
  try {
    setter.render(withoutDollars(tex), element, {
      displayMode: element.classList.contains("display"),
      throwOnError: true,
      trust: false,
      strict: "ignore",
      maxSize: 30,
      maxExpand: 500,
      output: "htmlAndMathml",
    });
    element.title = tex;
  } catch {
    element.textContent = tex;
    element.classList.add("not-set");
    element.title = "This formula cannot be set; this is how it was written.";
  }
}

whenever(".maths", (element) => near.observe(element));
