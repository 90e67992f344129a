// Hand scanners type like a keyboard, only faster, and end with Enter or Tab. Their keys are caught wherever the focus
// is, so that a scan never presses the button that happens to be focused.

import { fold, fromScan, isWellFormed } from "./codes.js";

// Far more than a scanner needs, so that a busy moment of the page tears no scan apart. A person who types a whole code
// and Enter, wherever the focus is, means the same.
const LONGEST_GAP_MS = 1000;
const SHORTEST_CODE = 4;
const PUNCTUATION = {
  Slash: ["/", "?"],
  Semicolon: [";", ":"],
  Period: [".", ">"],
  Minus: ["-", "_"],
  Equal: ["=", "+"],
};

/** Call *found* with what a hand scanner typed. Keys in fields outside *field* are left alone. */
export function listen(field, found) {
  let keys = [];
  let last = 0;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.target.matches?.("input, textarea, select") && event.target !== field) return;
      if (event.timeStamp - last > LONGEST_GAP_MS) keys = [];
      last = event.timeStamp;
      const ends = event.key === "Enter" || event.key === "Tab";
      if (ends && keys.length >= SHORTEST_CODE && isAll(event.target, keys)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        const scan = read(keys);
        keys = [];
        field.value = "";
        found(scan);
      } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
        keys.push({ character: event.key, place: event.code, shift: event.shiftKey });
      } else if (event.key !== "Shift" && event.key !== "CapsLock") {
        keys = [];
      }
    },
    true,
  );
}

// What stands in the field was typed by a hand if these keys are only a part of it: then its form has its say.
function isAll(target, keys) {
  return (
    target.value === undefined || target.type !== "text" || target.value.length === keys.length
  );
}

// A scanner set to an American keyboard on a French computer types other characters than it read. The places of the
// keys still say what was meant: believe them when they, and only they, make a code of ours.
function read(keys) {
  const typed = keys.map((key) => key.character).join("");
  const meant = keys.map(atPlace).join("");
  const believed = !isOurs(typed) && isOurs(meant) ? meant : typed;
  return fromScan(believed);
}

function isOurs(text) {
  return isWellFormed(fold(fromScan(text)));
}

function atPlace({ character, place, shift }) {
  if (place.startsWith("Key")) return shift ? place.slice(3) : place.slice(3).toLowerCase();
  if (place.startsWith("Digit")) return place.slice(5);
  return PUNCTUATION[place]?.[shift ? 1 : 0] ?? character;
}
