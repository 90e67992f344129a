// The verdict fills the screen: colour, icon, word and tone say the same thing, and one button says what to do next.

import { signal } from "./signals.js";

/** How each word looks: its colour, its icon and its sound. */
const LOOKS = {
  valid: ["good", "circle-check", "good"],
  redeemed: ["done", "checks", "done"],
  not_yet: ["warn", "calendar-time", "warn"],
  wrong_store: ["warn", "map-pin", "warn"],
  mistyped: ["warn", "zoom-in", "warn"],
  trouble: ["warn", "wifi-off", "warn"],
  kept: ["warn", "cloud-off", "warn"],
  already_used: ["bad", "circle-x", "bad"],
  expired: ["bad", "calendar-off", "bad"],
  unknown: ["bad", "question-mark", "bad"],
  refused: ["bad", "ban", "bad"],
  undone: ["quiet", "arrow-back-up", ""],
  wait: ["wait", "loader-2", ""],
};

/** Words after which the customer gets what the coupon gives. */
const GIVES = new Set(["valid", "redeemed", "kept"]);

export const toneOf = (word) => (LOOKS[word] ?? LOOKS.refused)[0];
export const iconOf = (word) => (LOOKS[word] ?? LOOKS.refused)[1];

const element = (id) => document.getElementById(id);

export class VerdictScreen {
  constructor(icons, isLoud, closed) {
    this.icons = icons;
    this.isLoud = isLoud;
    this.dialog = element("verdict");
    this.main = element("verdict-main");
    this.second = element("verdict-second");
    this.main.addEventListener("click", () => this.act(this.onMain));
    this.second.addEventListener("click", () => this.act(this.onSecond));
    this.dialog.addEventListener("close", closed);
  }

  get isOpen() {
    return this.dialog.open;
  }

  /** Show a verdict. *main* and *second* are [label, action]; without an action a button closes the screen. */
  show(word, { title, message = "", coupon = null, code = "", main = null, second = null }) {
    const [tone, icon, sound] = LOOKS[word] ?? LOOKS.refused;
    this.dialog.dataset.tone = tone;
    this.dialog.dataset.word = word;
    element("verdict-icon").replaceChildren(this.draw(icon));
    element("verdict-word").textContent = title;
    element("verdict-message").textContent = message;
    element("verdict-message").hidden = !message;
    element("verdict-code").textContent = code;
    this.describe(coupon, GIVES.has(word));
    this.offer(main, second);
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    if (main) this.main.focus({ preventScroll: true });
    signal(sound, this.isLoud());
  }

  /** Say what the coupon is, and what to do at the till only where it may be done. */
  describe(coupon, gives) {
    element("verdict-offer").hidden = !coupon?.label;
    element("verdict-label").textContent = coupon?.label ?? "";
    element("verdict-note").textContent = coupon?.till_note ?? "";
    element("verdict-note").hidden = !gives || !coupon?.till_note;
    element("verdict-conditions").hidden = !gives || !coupon?.conditions;
    element("verdict-conditions").open = false;
    element("verdict-conditions-text").textContent = coupon?.conditions ?? "";
  }

  offer(main, second) {
    [this.onMain, this.onSecond] = [main?.[1], second?.[1]];
    this.main.hidden = !main;
    this.second.hidden = !second;
    this.main.textContent = main?.[0] ?? "";
    this.second.textContent = second?.[0] ?? "";
    this.dialog.removeAttribute("aria-busy");
  }

  act(action) {
    if (this.dialog.getAttribute("aria-busy") === "true") return;
    if (action) action();
    else this.close();
  }

  /** While the server is asked, a second tap does nothing. */
  busy() {
    this.dialog.setAttribute("aria-busy", "true");
  }

  close() {
    this.dialog.close();
  }

  draw(name) {
    const space = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(space, "svg");
    picture.setAttribute("class", "icon");
    picture.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(space, "use");
    use.setAttribute("href", `${this.icons}#${name}`);
    picture.append(use);
    return picture;
  }
}
