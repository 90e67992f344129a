// Taking a use back: a reason first, then the server decides; the button shows how long it is still possible.

const element = (id) => document.getElementById(id);

/** Ask for a reason; resolves with it, or with null when the use shall stay. */
export function askReason(texts) {
  const dialog = element("undo");
  const form = element("undo-form");
  const other = element("undo-other");
  const words = element("undo-words");
  const error = element("undo-error");
  form.reset();
  error.hidden = true;
  element("undo-words-field").hidden = true;
  dialog.showModal();
  return new Promise((resolve) => {
    const done = new AbortController();
    const { signal } = done;
    const finish = (reason) => {
      done.abort();
      dialog.close();
      resolve(reason);
    };
    form.addEventListener(
      "change",
      () => {
        element("undo-words-field").hidden = !other.checked;
        if (other.checked) words.focus();
      },
      { signal },
    );
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        const chosen = form.elements.reason.value || (other.checked ? words.value.trim() : "");
        if (chosen.length >= 3) return finish(chosen);
        error.textContent = texts.reason_needed;
        error.hidden = false;
      },
      { signal },
    );
    element("undo-cancel").addEventListener("click", () => finish(null), { signal });
    dialog.addEventListener("cancel", () => finish(null), { signal });
  });
}

/** Count down on a button until *until*; *over* is called at the end. Returns a function that stops it. */
export function countDown(button, until, label, over) {
  const tick = () => {
    const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
    const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    button.textContent = label.replace("%(left)s", left);
    if (!seconds) {
      clearInterval(timer);
      over();
    }
  };
  const timer = setInterval(tick, 1000);
  tick();
  return () => clearInterval(timer);
}
