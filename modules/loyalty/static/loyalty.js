/** Loyalty: the fan's points and tier, missions whose points wait to be taken, what earns points, and the history. */

import { ladder, missionCard, ring } from "./parts.js";

const FIRST = 5;

/** Put the page into `root`; returns the function that takes it away. */
export function mount(root, game) {
  const { el, texts } = game;
  const scene = el("section", { class: "loyalty" });
  let counted = 0;
  root.replaceChildren(scene);
  draw();

  function draw() {
    const { view } = game;
    scene.replaceChildren(
      ...[
        hero(),
        view.celebrate ? celebration() : null,
        view.missions.length
          ? section(
              texts.missions,
              el("ul", { class: "loyalty-missions" }, view.missions.map(mission)),
            )
          : null,
        view.tiers.length ? section(texts.tiers, ladder(game)) : null,
        view.ways.length ? section(texts.ways, ways()) : null,
        view.known ? section(texts.history, history()) : null,
      ].filter(Boolean),
    );
  }

  function section(title, body) {
    return el("section", { class: "loyalty-section" }, el("h3", {}, title), body);
  }

  function number(value) {
    return new Intl.NumberFormat(game.locale).format(value);
  }

  /** The points, and the way to the next tier as a ring around the medal. */
  function hero() {
    const { view } = game;
    const points = el("strong", { class: "loyalty-number number" });
    const [tier, next] = [view.tiers[view.rank], view.tiers[view.rank + 1]];
    if (view.known) game.countUp(points, counted, view.balance);
    else points.textContent = "–";
    counted = view.balance;
    const from = tier?.threshold ?? 0;
    const share = next ? (view.earned - from) / Math.max(1, next.threshold - from) : 1;
    return el(
      "header",
      { class: "loyalty-hero", tabIndex: -1 },
      el(
        "div",
        { class: "loyalty-standing" },
        el("h2", {}, view.title),
        view.intro ? el("p", { class: "loyalty-intro" }, view.intro) : null,
      ),
      el("div", { class: "loyalty-balance" }, el("span", {}, texts.my_points), points),
      view.tiers.length
        ? el(
            "div",
            { class: `loyalty-medal ${tier?.metal ?? "none"}` },
            ring(el, Math.max(0, Math.min(1, share))),
            game.icon(tier ? "star" : "lock", { kind: "loyalty-medal-icon" }),
            el("span", { class: "loyalty-medal-name" }, tier?.name ?? ""),
          )
        : null,
      el("p", { class: "loyalty-next" }, view.known ? nextWords(next) : signIn()),
    );
  }

  function nextWords(next) {
    const { view } = game;
    if (!view.tiers.length) return game.fill(texts.earned, { points: number(view.earned) });
    if (!next) return texts.top;
    const missing = Math.max(0, next.threshold - view.earned);
    return game.fill(texts.to_next, { points: number(missing), tier: next.name });
  }

  function signIn() {
    const button = el(
      "button",
      { class: "button wide", type: "button" },
      game.icon("login"),
      texts.sign_in,
    );
    button.addEventListener("click", async () => {
      try {
        await game.ensureFan();
        game.remount();
      } catch {
        // The kit has told the fan, or has already drawn the page for who signed in.
      }
    });
    return button;
  }

  /** A tier reached since the last visit is celebrated once. */
  function celebration() {
    const { view } = game;
    const tier = view.tiers[view.rank];
    const button = el(
      "button",
      { class: "button primary", type: "button" },
      game.icon("confetti"),
      texts.celebrate,
    );
    button.addEventListener("click", () =>
      move(button, { celebrate: true }, () => {
        game.announce(game.fill(texts.reached, { tier: tier.name }));
        game.confetti();
        scene.querySelector(".loyalty-medal")?.classList.add("shining");
        scene.querySelector(".loyalty-hero").focus({ preventScroll: true });
        scene.querySelector(".loyalty-hero").scrollIntoView({ block: "nearest" });
      }),
    );
    return el(
      "div",
      { class: "loyalty-celebration" },
      game.icon("crown", { kind: "large" }),
      el(
        "div",
        { class: "grow" },
        el("h3", {}, game.fill(texts.reached, { tier: tier.name })),
        el("p", {}, texts.celebrate_text),
      ),
      button,
    );
  }

  function mission(one) {
    return missionCard(game, one, (button) => {
      const before = game.view.balance;
      move(button, { claim: one.id }, () => {
        const won =
          one.points === 1
            ? texts.points_one
            : game.fill(texts.points_many, { points: number(one.points) });
        game.announce(`${won}. ${texts.my_points}: ${number(before + one.points)}`);
        game.confetti({ pieces: 50 });
        const card = [...scene.querySelectorAll(".loyalty-mission")].find(
          (node) => node.dataset.id === one.id,
        );
        card.classList.add("fresh");
        card.querySelector("h4").focus({ preventScroll: true });
      });
    });
  }

  /** Make a move, redraw with the new numbers, then celebrate. */
  async function move(button, input, then) {
    button.setAttribute("aria-busy", "true");
    try {
      await game.move(input);
    } catch (refusal) {
      button.removeAttribute("aria-busy");
      if (!refusal.shown) throw refusal;
      return;
    }
    if (!scene.isConnected) return;
    draw();
    game.sound("win");
    game.vibrate([20, 40, 60]);
    then();
  }

  function ways() {
    return el(
      "ul",
      { class: "loyalty-list" },
      game.view.ways.map((way) =>
        el(
          "li",
          {},
          el("span", { class: "grow" }, way.label),
          el("span", { class: "badge accent number" }, `+${number(way.points)}`),
        ),
      ),
    );
  }

  function history() {
    const entries = game.view.history;
    if (!entries.length) return el("p", { class: "muted" }, texts.no_history);
    const list = el("ul", { class: "loyalty-list" }, entries.slice(0, FIRST).map(entry));
    if (entries.length <= FIRST) return list;
    const button = el("button", { class: "button quiet wide", type: "button" }, texts.more);
    button.addEventListener("click", () => {
      const rest = entries.slice(FIRST).map(entry);
      list.append(...rest);
      button.remove();
      rest[0].tabIndex = -1;
      rest[0].focus();
    });
    return el("div", {}, list, button);
  }

  function entry(one) {
    const date = new Intl.DateTimeFormat(game.locale, { day: "numeric", month: "long" }).format(
      new Date(one.at),
    );
    const sign = one.amount > 0 ? "+" : "−";
    return el(
      "li",
      {},
      el(
        "span",
        { class: "grow" },
        one.label || texts[`reason_${one.reason}`] || texts.reason_other,
        el("time", { class: "muted small", datetime: one.at }, date),
      ),
      el(
        "strong",
        { class: `number ${one.amount > 0 ? "loyalty-plus" : ""}` },
        `${sign}${number(Math.abs(one.amount))}`,
      ),
    );
  }

  return () => root.replaceChildren();
}
