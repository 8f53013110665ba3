// form data-confirm="What will happen": asks in a dialog before the form is sent. Without scripts the form is sent at once;
// nothing that cannot be undone relies on this question.
const sure = new WeakSet();

function ask(sentence, act) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const text = document.createElement("p");
  text.textContent = sentence;
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "form-actions";
  for (const [label, value, kind] of [["Cancel", "", "plain"], ["Yes, go on", "yes", "primary"]]) {
    const button = document.createElement("button");
    button.className = `button button-${kind}`;
    button.value = value;
    button.textContent = label;
    form.append(button);
  }
  dialog.append(text, form);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "yes") act();
  });
  document.body.append(dialog);
  dialog.showModal();
}

// In the capturing phase, so that htmx does not send what has not been confirmed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const sentence = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (!sentence || sure.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  ask(sentence, () => {
    sure.add(form);
    form.requestSubmit(submitter);
  });
}, true);
