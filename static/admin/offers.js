// The import of a code list: the file goes to the server whole, the background does the work, and this page shows how far
// it is; it can be left at any time.

import { el, icon } from "../kit/dom.js";

const PAUSE_MS = 1000;
const room = document.getElementById("codes");
const words = room.dataset;
const list = room.querySelector("[data-imports]");
const chooser = room.querySelector("[data-file]");
const button = room.querySelector("[data-choose]");

button.addEventListener("click", () => chooser.click());
chooser.addEventListener("change", async () => {
  const [file] = chooser.files;
  chooser.value = "";
  if (file) await send(file);
});

async function send(file) {
  const item = el("li", { class: "stack tight" });
  list.prepend(item);
  if (file.size > Number(words.most)) return fail(item, file.name, words.tooLarge);
  show(item, { name: file.name, state: "sending", share: 0, words: words.sending, details: [] });
  button.disabled = true;
  try {
    const answer = await fetch(`${words.upload}?name=${encodeURIComponent(file.name)}`, {
      method: "POST",
      body: file,
      headers: {
        Accept: "application/json",
        "Content-Type": "application/octet-stream",
        "X-CSRFToken": words.token,
      },
    });
    const told = await answer.json();
    if (answer.ok) follow(item, told);
    else fail(item, file.name, told.message);
  } catch {
    fail(item, file.name, words.failed);
  }
  button.disabled = false;
}

function fail(item, name, sentence) {
  show(item, { name, state: "unreadable", share: 0, words: sentence, details: [] });
}

/** Show an import and ask again until it has ended; at its end the figures of the page are brought up to date. */
function follow(item, told, wasRunning = false) {
  show(item, told);
  const running = told.state === "waiting" || told.state === "running";
  if (running) setTimeout(() => look(item, told), PAUSE_MS);
  else if (wasRunning) location.reload();
}

async function look(item, told) {
  try {
    const answer = await fetch(told.address, { headers: { Accept: "application/json" } });
    follow(item, answer.ok ? await answer.json() : told, true);
  } catch {
    setTimeout(() => look(item, told), PAUSE_MS);
  }
}

function show(item, told) {
  const running = ["sending", "waiting", "running"].includes(told.state);
  const mark = { done: "circle-check", unreadable: "alert-circle" }[told.state] ?? "loader-2";
  const parts = [
    el(
      "div",
      { class: "row" },
      icon(mark),
      el("strong", { class: "truncate" }, told.name),
      el("span", { class: "muted" }, told.words),
    ),
  ];
  if (running) {
    parts.push(el("progress", { max: 1000, value: told.share, "aria-label": told.name }));
  }
  if (told.details.length) {
    parts.push(el("p", { class: "muted small" }, told.details.join(" · ")));
  }
  if (told.problems) {
    parts.push(el("a", { class: "small", href: told.problems }, words.lines));
  }
  item.replaceChildren(...parts);
}

for (const item of list.querySelectorAll("[data-import]")) {
  follow(item, JSON.parse(item.dataset.import));
}
