/** The scratch card: rub the foil off with a finger, the mouse or the button beside it; all three are one attempt. */

import { animate } from "./draw.js";
import { Foil } from "./foil.js";

const ENOUGH = 0.55;
const SLACK = 6;

/** Build the card on the stage. */
export function build(stage, game, { attempt, finish, describe, signal }) {
  const { el, view, texts } = game;
  const under = el("div", { class: "instant_win-under", "aria-hidden": "true" });
  const canvas = el("canvas", { class: "instant_win-foil", "aria-hidden": "true" });
  const dust = el("canvas", { class: "instant_win-dust", "aria-hidden": "true" });
  const coin = el("div", { class: "instant_win-coin", "aria-hidden": "true" });
  const pane = el("div", { class: "instant_win-window" }, under, canvas, dust, coin);
  const button = el("button", { class: "button primary large wide", type: "button" }, texts.reveal);
  stage.replaceChildren(card(game, pane), button);

  const style = getComputedStyle(stage);
  const foil = new Foil(canvas, dust, {
    colour: (token) => style.getPropertyValue(token).trim(),
    print: view.cover || texts.cover,
  });
  let state = "ready";
  let shown = null;
  let stroke = null;

  wait();
  foil.lay();
  const watcher = new ResizeObserver(() => {
    const width = Math.round(pane.getBoundingClientRect().width);
    if (state === "ready" && width && width !== foil.width) foil.lay();
  });
  watcher.observe(pane);
  signal.addEventListener("abort", () => watcher.disconnect());

  /** What lies under the foil until the server has answered: nothing that could tell. */
  function wait() {
    under.replaceChildren(el("span", { class: "instant_win-waiting" }));
    under.className = "instant_win-under";
  }

  function reveal(result) {
    const { title, text } = describe(result);
    const picture = result.prize?.picture;
    under.className = `instant_win-under ${result.won ? "won" : "lost"}`;
    under.replaceChildren(
      ...(picture
        ? [el("img", { src: picture, alt: "" })]
        : [game.icon(result.won ? "trophy" : "ball-football", { kind: "instant_win-emblem" })]),
      el("strong", {}, title),
      ...(text && !result.won ? [el("span", {}, text)] : []),
    );
  }

  async function begin() {
    state = "asked";
    button.disabled = true;
    const result = await attempt();
    if (signal.aborted) return;
    if (!result) {
      wait();
      foil.lay();
      state = "ready";
      stroke = null;
      button.disabled = false;
      return;
    }
    shown = result;
    reveal(result);
    check();
  }

  /** Take the rest of the foil away when enough is off and the answer is here. */
  function check() {
    if (state !== "asked" || !shown || foil.share < ENOUGH) return;
    state = "done";
    pane.classList.add("cleared");
    finish(shown);
  }

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (state === "done" || event.button) return;
    canvas.setPointerCapture(event.pointerId);
    stroke = { at: place(event), travelled: 0 };
    coin.classList.add("pressed");
  });

  canvas.addEventListener("pointermove", (event) => {
    const now = place(event);
    coin.style.setProperty("translate", `${now.x}px ${now.y}px`);
    if (!stroke || state === "done") return;
    const points = event.getCoalescedEvents?.() ?? [];
    for (const one of points.length ? points : [event]) {
      const to = place(one);
      stroke.travelled += Math.hypot(to.x - stroke.at.x, to.y - stroke.at.y);
      if (state === "ready" && stroke.travelled < SLACK) continue;
      foil.scratch(stroke.at, to, { flakes: !game.calm });
      stroke.at = to;
    }
    if (state === "ready" && stroke.travelled >= SLACK) begin();
    game.sound("scratch");
    check();
  });

  for (const kind of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(kind, () => {
      stroke = null;
      coin.classList.remove("pressed");
    });
  }

  button.addEventListener("click", async () => {
    if (state !== "ready") return;
    await begin();
    if (shown && state === "asked") {
      if (!game.calm) await rub();
      foil.count = foil.cleared.length;
      check();
    }
  });

  /** The coin rubs the card by itself, in a zigzag. */
  function rub() {
    const started = performance.now();
    const path = (part) => ({
      x: foil.width * (0.5 + 0.46 * Math.sin(part * Math.PI * 9)),
      y: foil.height * (0.08 + 0.84 * part),
    });
    let before = path(0);
    coin.classList.add("rubbing");
    return animate((now) => {
      const part = Math.min(1, (now - started) / 900);
      const next = path(part);
      foil.scratch(before, next);
      coin.style.setProperty("translate", `${next.x}px ${next.y}px`);
      before = next;
      game.sound("scratch");
      if (part === 1 || signal.aborted) {
        coin.classList.remove("rubbing");
        return false;
      }
      return true;
    });
  }
}

/** The printed card around the window. */
function card(game, pane) {
  const { el, view, texts } = game;
  const number = String(view.plays + 1).padStart(4, "0");
  return el(
    "div",
    { class: "instant_win-ticket" },
    el(
      "div",
      { class: "instant_win-head" },
      el("h2", {}, view.title),
      ...(view.picture
        ? [el("img", { class: "instant_win-crest", src: view.picture, alt: "" })]
        : []),
      ...(view.intro ? [el("p", {}, view.intro)] : []),
    ),
    pane,
    el(
      "div",
      { class: "instant_win-foot" },
      el("span", {}, texts.scratch_hint),
      el("span", { class: "number" }, game.fill(texts.card_number, { number })),
    ),
  );
}
