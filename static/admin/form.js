// Forms drawn from schemas: rows added, removed, moved and opened; fields shown for one choice only; pictures picked; files imported.

import { el, icon } from "../kit/dom.js";
import { dropzone, tell, texts } from "./desk.js";

const form =
  document.querySelector("[data-form][data-preview]") ?? document.querySelector("[data-form]");
const token = form?.elements.csrf_token?.value ?? "";

function changed(place = form) {
  place?.dispatchEvent(new Event("input", { bubbles: true }));
}

/* Rows */

const listOf = (place) => place.closest("[data-rows]");
const rowsOf = (list) => [...list.querySelector(":scope > [data-list]").children];

function renumber(list) {
  const rows = rowsOf(list);
  list.querySelector(":scope > .rows-head [data-count]").textContent = rows.length;
  rows.forEach((row, index) => {
    const number = row.querySelector(":scope [data-number]");
    if (number && number.closest("[data-row]") === row) number.textContent = index + 1;
    row.querySelector(":scope > .row-tools [data-up]").disabled = index === 0;
    row.querySelector(":scope > .row-tools [data-down]").disabled = index === rows.length - 1;
  });
  const most = Number(list.dataset.mostRows || Number.POSITIVE_INFINITY);
  list.querySelector(":scope > [data-add]").disabled = rows.length >= most;
}

/** Make a row from one of the list's templates, under a key of its own. */
function makeRow(list, kind, fill = (html) => html) {
  const key = list.dataset.next;
  list.dataset.next = Number(key) + 1;
  const template = list.querySelector(`:scope > template[data-${kind}]`);
  const holder = document.createElement("template");
  holder.innerHTML = fill(template.innerHTML.replaceAll(list.dataset.placeholder, key));
  return holder.content.firstElementChild;
}

function settle(row) {
  for (const inner of row.querySelectorAll("[data-rows]")) renumber(inner);
  conditions(row);
}

function addRow(list) {
  const row = makeRow(list, "blank");
  list.querySelector(":scope > [data-list]").append(row);
  settle(row);
  renumber(list);
  row.querySelector("input:not([type=hidden]), textarea, select, button")?.focus();
  changed(row);
}

function addClosed(list, packed, caption) {
  const row = makeRow(list, "closed");
  row.querySelector("[data-packed]").value = packed;
  row.querySelector("[data-caption]").textContent = caption;
  list.querySelector(":scope > [data-list]").append(row);
}

function removeRow(row) {
  const list = listOf(row);
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  const place = row.nextElementSibling;
  row.remove();
  renumber(list);
  (neighbour?.querySelector("[data-remove]") ?? list.querySelector(":scope > [data-add]")).focus();
  changed(list);
  undoable(() => {
    list.querySelector(":scope > [data-list]").insertBefore(row, place?.isConnected ? place : null);
    renumber(list);
    changed(list);
  });
}

/** Undo instead of confirm: what was removed comes back where it was. */
function undoable(undo) {
  const toast = el(
    "div",
    { class: "toast" },
    texts.row_removed,
    el(
      "button",
      {
        class: "button compact",
        type: "button",
        onclick: () => {
          undo();
          toast.remove();
        },
      },
      texts.undo,
    ),
  );
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), 8000);
}

function moveRow(row, step) {
  const list = listOf(row);
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
  renumber(list);
  const button = row.querySelector(`:scope > .row-tools [data-${step < 0 ? "up" : "down"}]`);
  (button.disabled
    ? row.querySelector(`:scope > .row-tools [data-${step < 0 ? "down" : "up"}]`)
    : button
  ).focus();
  changed(row);
}

async function openRow(row) {
  const list = listOf(row);
  const body = new URLSearchParams({
    csrf_token: token,
    module: form.dataset.module,
    path: list.dataset.rows,
    key: row.querySelector("input").value,
    value: row.querySelector("[data-packed]").value,
  });
  const response = await fetch(form.dataset.rowsSource, { method: "POST", body });
  if (!response.ok) {
    tell(texts.row_closed, "bad");
    return;
  }
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  const open = holder.content.firstElementChild;
  row.replaceWith(open);
  settle(open);
  renumber(list);
  open.querySelector("input:not([type=hidden]), textarea, select")?.focus();
}

/* Dragging a row by its grip; the buttons do the same for keyboards. */

function drag(event, grip) {
  const row = grip.closest("[data-row]");
  const list = row.parentElement;
  row.classList.add("dragged");
  grip.setPointerCapture(event.pointerId);
  const follow = (move) => {
    for (const other of list.children) {
      if (other === row) continue;
      const box = other.getBoundingClientRect();
      if (move.clientY < box.top || move.clientY > box.bottom) continue;
      if (move.clientY < box.top + box.height / 2) other.before(row);
      else other.after(row);
      break;
    }
  };
  const drop = () => {
    row.classList.remove("dragged");
    grip.removeEventListener("pointermove", follow);
    renumber(listOf(row));
    changed(row);
  };
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("pointerup", drop, { once: true });
  grip.addEventListener("pointercancel", drop, { once: true });
}

/* Fields and groups that belong to one choice */

function conditions(root = document) {
  for (const place of root.querySelectorAll("[data-when]")) {
    if (place.closest("template")) continue;
    const when = JSON.parse(place.dataset.when);
    const name = place.dataset.field ?? "";
    const prefix = name.includes(".") ? name.slice(0, name.lastIndexOf(".") + 1) : "";
    const shown = Object.entries(when).every(([choice, values]) =>
      values.includes(chosen(prefix + choice)),
    );
    place.hidden = !shown;
  }
}

function chosen(name) {
  const field = form.elements[name];
  return field?.value ?? "";
}

/* Pictures */

const picker = document.getElementById("picker");
let picking = null;

async function openPicker(field) {
  picking = field;
  picker.showModal();
  complain("");
  const response = await fetch(picker.dataset.source, { headers: { Accept: "application/json" } });
  const pictures = response.ok ? await response.json() : [];
  const grid = picker.querySelector("[data-picker-grid]");
  grid.replaceChildren(...pictures.map(tile));
  picker.querySelector("[data-picker-none]").hidden = pictures.length > 0;
}

function tile(picture) {
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "picker-tile", onclick: () => choosePicture(picture) },
      el("img", { src: picture.address, alt: picture.alt || "", loading: "lazy" }),
      el("span", { class: "truncate small" }, picture.name),
    ),
  );
}

function choosePicture(picture) {
  picking.querySelector("input[type=hidden]").value = picture?.id ?? "";
  picking
    .querySelector(".picture-thumb")
    .replaceChildren(picture ? el("img", { src: picture.address, alt: "" }) : icon("photo"));
  picking.querySelector("[data-picture-clear]").hidden = !picture;
  if (picker.open) picker.close();
  picking.querySelector("[data-picture-choose]").focus();
  changed(picking);
}

function complain(words) {
  const place = picker.querySelector("[data-picker-error]");
  place.textContent = words;
  place.hidden = !words;
}

async function uploadPicture(file) {
  const body = new FormData();
  body.set("csrf_token", token);
  body.set("file", file);
  picker.setAttribute("aria-busy", "true");
  const response = await fetch(picker.dataset.upload, {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
  });
  picker.removeAttribute("aria-busy");
  const answer = await response.json().catch(() => ({}));
  if (response.ok) choosePicture(answer);
  else complain(answer.fields?.file?.join(" ") ?? answer.message ?? "");
}

/* Offers made in another tab appear when the marketer comes back */

async function refreshOffers() {
  const selects = document.querySelectorAll("select[data-offers]");
  if (!selects.length) return;
  const response = await fetch(selects[0].dataset.offers, {
    headers: { Accept: "application/json" },
  });
  if (!response.ok) return;
  const offers = await response.json();
  for (const select of selects) {
    const known = new Set(Array.from(select.options, (option) => option.value));
    for (const [value, words] of offers)
      if (!known.has(value)) select.append(new Option(words, value));
  }
}

window.addEventListener("focus", refreshOffers);

/* Files imported into a list */

async function importFile(list, file) {
  const report = list.querySelector(":scope > [data-import-report]");
  const name = list.querySelector("[data-import]").dataset.import;
  const body = new FormData();
  body.set("csrf_token", token);
  body.set("file", file);
  report.setAttribute("aria-busy", "true");
  const response = await fetch(form.dataset.importSource + name, {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
  });
  report.removeAttribute("aria-busy");
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    report.replaceChildren(
      el(
        "div",
        { class: "notice bad" },
        icon("alert-circle"),
        el("div", {}, answer.fields?.file?.join(" ") ?? answer.message ?? ""),
      ),
    );
    return;
  }
  for (const row of answer.rows) addClosed(list, row.packed, row.caption);
  renumber(list);
  report.replaceChildren(...reportOf(answer));
  changed(list);
}

function reportOf(answer) {
  const lines = ([number, text], glyph) =>
    el(
      "li",
      {},
      icon(glyph),
      el("span", {}, el("strong", {}, `${texts.line} ${number}`), ` — ${text}`),
    );
  return [
    el(
      "div",
      { class: `notice ${answer.problems.length ? "warn" : "good"}` },
      icon(answer.problems.length ? "alert-triangle" : "circle-check"),
      el("div", {}, answer.summary),
    ),
    answer.problems.length + answer.notes.length > 0 &&
      el(
        "ul",
        { class: "import-lines" },
        ...answer.problems.map((problem) => lines(problem, "alert-triangle")),
        ...answer.notes.map((note) => lines(note, "info-circle")),
      ),
  ].filter(Boolean);
}

/* The rules document's model, offered while nothing is written */

const models = [...document.querySelectorAll("template[data-model]")];
const written = () =>
  models.some((model) => form.elements[`rules.${model.dataset.model}`]?.value.trim());

function offerModel() {
  const line = document.querySelector("[data-model-line]");
  if (line) line.hidden = written();
}

function insertModel() {
  for (const model of models)
    form.elements[`rules.${model.dataset.model}`].value = model.content.textContent.trim();
  offerModel();
  form.elements[`rules.${models[0].dataset.model}`].focus();
  changed();
}

/* Wiring */

const CLICKS = {
  add: (button) => addRow(listOf(button)),
  remove: (button) => removeRow(button.closest("[data-row]")),
  up: (button) => moveRow(button.closest("[data-row]"), -1),
  down: (button) => moveRow(button.closest("[data-row]"), 1),
  open: (button) => openRow(button.closest("[data-row]")),
  pictureChoose: (button) => openPicker(button.closest("[data-picture]")),
  pictureClear: (button) => {
    picking = button.closest("[data-picture]");
    choosePicture(null);
  },
  import: (button) => listOf(button).querySelector("[data-import-file]").click(),
  modelInsert: insertModel,
  close: (button) => button.closest("dialog").close(),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  for (const [name, act] of Object.entries(CLICKS)) {
    if (name in button.dataset) {
      act(button);
      return;
    }
  }
});

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (grip && event.button === 0) drag(event, grip);
});

document.addEventListener("change", (event) => {
  const input = event.target;
  if ("importFile" in input.dataset && input.files.length) {
    importFile(listOf(input), input.files[0]);
    input.value = "";
  } else if ("pickerFile" in input.dataset && input.files.length) {
    uploadPicture(input.files[0]);
    input.value = "";
  }
  if (input.form === form) conditions();
});

let dirty = Boolean(document.querySelector("[data-form] [aria-invalid=true]"));
for (const each of document.querySelectorAll("[data-form]")) {
  each.addEventListener("input", () => {
    dirty = true;
    const note = each.querySelector("[data-dirty]");
    if (note) note.hidden = false;
  });
  each.addEventListener("submit", () => {
    dirty = false;
  });
}
window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

if (form) {
  for (const list of form.querySelectorAll("[data-rows]")) renumber(list);
  conditions();
  offerModel();
  form.addEventListener("input", offerModel);
  if (picker) for (const zone of picker.querySelectorAll(".dropzone")) dropzone(zone);
  document.querySelector("[data-form] [aria-invalid=true]")?.focus();
}
