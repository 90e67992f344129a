// The page of a draw: its numbers move while it is open, and the digits of dice are grouped as they are typed.

const EVERY = 5000;

async function refresh(gauge) {
  const response = await fetch(gauge.dataset.counter, { headers: { Accept: "application/json" } });
  if (!response.ok) return;
  const told = await response.json();
  for (const name of ["entrants", "tickets"]) {
    const place = document.querySelector(`[data-count=${name}]`);
    if (place) place.textContent = told[name].toLocaleString(document.documentElement.lang);
  }
  if (told.plays === null) return;
  const bar = gauge.querySelector("progress");
  bar.value = Math.min(told.plays, bar.max);
  gauge.querySelector("[data-counter-words]").textContent = told.words;
}

for (const gauge of document.querySelectorAll("[data-counter]")) {
  setInterval(() => {
    if (!document.hidden) refresh(gauge).catch(() => {});
  }, EVERY);
}

/** Write digits in groups of four, keeping the caret behind the digit where it was. */
function group(field) {
  const before = field.value.slice(0, field.selectionStart).replaceAll(/\s/g, "").length;
  const digits = field.value.replaceAll(/\s/g, "");
  field.value = digits.replaceAll(/(.{4})(?=.)/g, "$1 ");
  const caret = before + Math.max(0, Math.ceil(before / 4) - 1);
  field.setSelectionRange(caret, caret);
  const told = field.closest(".field").querySelector("[data-dice-count]");
  told.textContent = `${digits.length} / ${told.dataset.of}`;
}

for (const field of document.querySelectorAll("[data-dice]")) {
  field.addEventListener("input", () => group(field));
  group(field);
}
