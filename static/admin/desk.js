// Every page of the desk: the search palette, confirmations, copying, uploads that start by themselves, menus that close.

import { el, icon, island } from "../kit/dom.js";

/** What our scripts say, in the reader's language. */
export const texts = island("desk-texts") ?? {};

const palette = document.getElementById("palette");

/** Open the palette with what can be reached from here. */
function openPalette() {
  if (!palette || palette.open) return;
  const input = palette.querySelector("input");
  input.value = "";
  palette.showModal();
  input.focus();
  search("");
}

let asked = 0;

async function search(words) {
  asked += 1;
  const mine = asked;
  const response = await fetch(`${palette.dataset.source}?q=${encodeURIComponent(words)}`, {
    headers: { Accept: "application/json" },
  });
  if (!response.ok || mine !== asked) return;
  show(await response.json());
}

function show(hits) {
  const list = palette.querySelector("[role=listbox]");
  list.replaceChildren(
    ...hits.map((hit, number) =>
      el(
        "li",
        { role: "option", id: `hit-${number}`, "aria-selected": number === 0 ? "true" : "false" },
        el(
          "a",
          { href: hit.address, tabIndex: -1 },
          icon(hit.icon),
          el("span", { class: "grow truncate" }, hit.label),
          el("span", { class: "muted small" }, hit.kind),
        ),
      ),
    ),
  );
  palette.querySelector(".palette-none").hidden = hits.length > 0;
  mark(0);
}

function mark(number) {
  const options = [...palette.querySelectorAll("[role=option]")];
  const chosen = options[(number + options.length) % options.length];
  for (const option of options) option.setAttribute("aria-selected", String(option === chosen));
  chosen?.scrollIntoView({ block: "nearest" });
  palette.querySelector("input").setAttribute("aria-activedescendant", chosen?.id ?? "");
}

function selected() {
  return [...palette.querySelectorAll("[role=option]")].findIndex(
    (option) => option.getAttribute("aria-selected") === "true",
  );
}

if (palette) {
  const input = palette.querySelector("input");
  let answered = Promise.resolve();
  input.addEventListener("input", () => {
    answered = search(input.value);
  });
  input.addEventListener("keydown", async (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(selected() + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      // Who types fast and presses Enter means the hits of what was typed, not those still shown.
      await answered;
      palette.querySelector('[aria-selected="true"] a')?.click();
    }
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });
  for (const button of document.querySelectorAll("[data-palette]"))
    button.addEventListener("click", openPalette);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const wanted = event.key === "/" || (event.key === "k" && (event.metaKey || event.ctrlKey));
    if (!wanted || (typing && event.key === "/") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    openPalette();
  });
}

/** Say something in passing. */
export function tell(words, tone = "") {
  const toast = el("div", { class: `toast ${tone}` }, words);
  document.getElementById("toasts")?.append(toast);
  setTimeout(() => toast.remove(), 5000);
}

/** Ask before something that cannot be undone; resolves to whether to go on. */
export function ask(question) {
  return new Promise((resolve) => {
    const dialog = el(
      "dialog",
      { class: "dialog ask", "aria-labelledby": "ask-words" },
      el("p", { id: "ask-words", class: "lead" }, question),
      el(
        "form",
        { method: "dialog", class: "row" },
        el("button", { class: "button danger", value: "yes" }, texts.yes),
        el("button", { class: "button", value: "no", autofocus: true }, texts.no),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

document.addEventListener("click", async (event) => {
  const risky = event.target.closest("[data-confirm]");
  if (risky && !risky.dataset.confirmed) {
    event.preventDefault();
    if (await ask(risky.dataset.confirm)) {
      risky.dataset.confirmed = "yes";
      risky.form.requestSubmit(risky);
    }
    return;
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(copy.dataset.copy);
    tell(copy.dataset.done, "good");
    return;
  }
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/** Files dropped on a zone become those of its field; a library's field sends itself. */
export function dropzone(zone) {
  const input = zone.querySelector("input[type=file]");
  for (const kind of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", kind === "dragover");
      if (kind !== "drop" || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

for (const zone of document.querySelectorAll(".dropzone")) dropzone(zone);
for (const form of document.querySelectorAll("[data-upload-form]")) {
  form.addEventListener("change", () => {
    form.setAttribute("aria-busy", "true");
    form.submit();
  });
}

/** The calendar strip: bars are put where the server says, in thousandths of the strip. */
for (const row of document.querySelectorAll(".strip-row")) {
  row.style.setProperty("--start", row.dataset.start);
  row.style.setProperty("--length", row.dataset.length);
}
document
  .querySelector(".steps [aria-current]")
  ?.scrollIntoView({ block: "nearest", inline: "center" });

const strip = document.querySelector(".strip-scroll");
if (strip) strip.scrollLeft = strip.scrollWidth * 0.12;
