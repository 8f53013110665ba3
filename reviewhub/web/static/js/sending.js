// Sends words to be saved and tells what became of them: { told }, or { problem, words } with a sentence for the writer.
export async function send(address, body) {
  let answer;
  let told = null;
  try {
    answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  } catch {
    return { problem: "offline", words: "No network: your words are kept in this browser and sent when it is back." };
  }
  try {
    told = await answer.json();
  } catch {
    if (answer.status >= 500) {
      return { problem: "offline", words: "The server does not answer: your words are kept in this browser and sent again." };
    }
    return { problem: "signed out", words: "You are signed out: your words are kept in this browser." };
  }
  if (answer.ok) return { told };
  if (told.clashes) return { problem: "clash", told, words: "The same lines were changed elsewhere." };
  return { problem: "refused", words: `Not saved: ${told.refused}` };
}

// Shows the sentence; who is signed out can sign in beside this page, and what they wrote is saved after that.
export function say(state, words, problem = "") {
  if (!state) return;
  state.replaceChildren(words);
  state.classList.toggle("save-refused", problem !== "");
  if (problem === "signed out") {
    const link = document.createElement("a");
    link.href = location.href;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "Sign in in a new tab";
    state.append(" ", link);
  }
}

// Calls `again` when it is worth trying again: the network is back, or the writer comes back to this page.
export function whenBack(again) {
  addEventListener("online", again);
  addEventListener("focus", again);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());
}
