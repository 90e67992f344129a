/** The drawn parts of the loyalty page: progress rings, mission cards and the ladder of tiers. */

const RADIUS = 26;
const ROUND = 2 * Math.PI * RADIUS;

/** A ring filled up to `share` (0 to 1), drawn from the top; it grows when it appears. */
export function ring(el, share) {
  const arc = el("svg:circle", { class: "loyalty-ring-arc", r: RADIUS, "stroke-dasharray": ROUND });
  arc.style.setProperty("--empty", ROUND);
  arc.style.setProperty("stroke-dashoffset", ROUND * (1 - share));
  return el(
    "svg:svg",
    {
      class: `loyalty-ring${share > 0 ? "" : " zero"}`,
      viewBox: "-32 -32 64 64",
      "aria-hidden": "true",
    },
    el("svg:circle", { class: "loyalty-ring-track", r: RADIUS }),
    arc,
  );
}

/** A mission: its ring, its words, and the button when its points are waiting. */
export function missionCard(game, mission, claim) {
  const { el, texts, view } = game;
  const points = new Intl.NumberFormat(game.locale).format(mission.points);
  const card = el(
    "li",
    { class: `loyalty-mission ${mission.status}`, dataset: { id: mission.id } },
    el(
      "div",
      { class: "loyalty-progress" },
      ring(el, mission.done / mission.goal),
      mission.status === "claimed"
        ? game.icon("check", { kind: "large" })
        : el("span", { class: "number", "aria-hidden": "true" }, `${mission.done}/${mission.goal}`),
    ),
    el(
      "div",
      { class: "grow" },
      el("h4", { tabIndex: -1 }, mission.title),
      mission.description ? el("p", { class: "muted small" }, mission.description) : null,
      el(
        "p",
        { class: "visually-hidden" },
        game.fill(texts.mission_progress, { done: mission.done, goal: mission.goal }),
      ),
      status(),
    ),
  );
  return card;

  function status() {
    if (mission.status === "claimed")
      return el("p", { class: "loyalty-done small" }, texts.claimed);
    if (mission.status === "open")
      return el("p", { class: "badge number" }, `+${points} ${texts.points}`);
    const label = game.fill(texts.claim_label, { points, mission: mission.title });
    const button = el(
      "button",
      { class: "button primary", type: "button", "aria-label": label, disabled: !view.known },
      game.icon("gift"),
      game.fill(texts.claim, { points }),
    );
    button.addEventListener("click", () => claim(button));
    return button;
  }
}

/** The tiers from the lowest to the highest, with where the fan stands. */
export function ladder(game) {
  const { el, texts, view } = game;
  return el(
    "ol",
    { class: "loyalty-ladder" },
    view.tiers.map((tier, place) => {
      const current = view.known && place === view.rank;
      const reached = view.known && place <= view.rank;
      const words = current ? texts.tier_current : reached ? texts.tier_reached : texts.tier_locked;
      return el(
        "li",
        { class: `${reached ? "reached" : "ahead"}${current ? " loyalty-current" : ""}` },
        el("span", { class: `loyalty-disc ${tier.metal}` }, game.icon(reached ? "star" : "lock")),
        el(
          "div",
          { class: "grow" },
          el(
            "div",
            { class: "loyalty-tier" },
            el("h4", {}, tier.name),
            view.known
              ? el("span", { class: current ? "badge accent" : "visually-hidden" }, words)
              : null,
          ),
          el(
            "p",
            { class: "muted small number" },
            game.fill(texts.from_points, {
              points: new Intl.NumberFormat(game.locale).format(tier.threshold),
            }),
          ),
          tier.perks ? el("p", { class: "small" }, tier.perks) : null,
        ),
      );
    }),
  );
}
