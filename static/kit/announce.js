// Says things: to screen readers through live regions, and to everybody through toasts.

import { el, icon } from "./dom.js";

const regions = {};

/** Let screen readers hear a sentence; `urgent` interrupts what they are reading. */
export function announce(text, { urgent = false } = {}) {
  const politeness = urgent ? "assertive" : "polite";
  if (!regions[politeness]?.isConnected) {
    regions[politeness] = el("div", { class: "visually-hidden", "aria-live": politeness });
    document.body.append(regions[politeness]);
  }
  const region = regions[politeness];
  region.textContent = "";
  // A region that is emptied first says the same sentence again.
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}

/** Show a short message at the bottom of the page; it leaves by itself unless it is read with the keyboard. */
export function toast(text, { tone = "", glyph = "info-circle", action = null, seconds = 6 } = {}) {
  let place = document.querySelector(".toasts");
  if (!place) {
    place = el("div", { class: "toasts", role: "region", "aria-live": "polite" });
    document.body.append(place);
  }
  const message = el("div", { class: `toast ${tone}`.trim() }, icon(glyph), el("span", {}, text));
  const leave = () => message.remove();
  if (action) {
    message.append(
      el(
        "button",
        {
          class: "button compact",
          type: "button",
          onclick: () => {
            leave();
            action.run();
          },
        },
        action.label,
      ),
    );
  }
  place.append(message);
  const timer = setTimeout(leave, seconds * 1000);
  message.addEventListener("focusin", () => clearTimeout(timer));
  return leave;
}
