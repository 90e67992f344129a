/** How far the crowd and the fan have come: two bars that grow from where they stood before the move. */

export function progress(game, view, before, counted) {
  const { texts } = game;
  if (view.solved) return [];
  const crowdGoes = view.crowd.to === null ? null : view.crowd.to - view.crowd.plays;
  const crowd = bar(game, view.crowd, before.crowd, {
    kind: "crowd",
    glyph: "users",
    title: texts.crowd,
    count: (n) => counted("crowd", n),
    text: crowdGoes === null ? texts.crowd_full : counted("to_go", crowdGoes),
    reward: view.reward > 0 && crowdGoes !== null ? counted("reward", view.reward) : "",
  });
  const ownGoes = view.own.to === null ? null : view.own.to - view.own.plays;
  const reached = view.own.from > 0;
  const own = bar(game, view.own, before.own, {
    kind: "own",
    glyph: "user",
    title: texts.own,
    count: (n) => counted("crowd", n),
    text:
      ownGoes === null
        ? reached
          ? texts.own_full
          : texts.own_alone
        : counted("own_to_go", ownGoes),
    reward: "",
  });
  return [crowd, own];
}

function bar(game, now, before, { kind, glyph, title, count, text, reward }) {
  const { el, icon } = game;
  const number = el("strong", { class: "number" }, count(now.plays));
  const fill = el("span", { class: "reveal-bar-fill" });
  const share = ({ plays, from, to }) => (to === null ? 1 : (plays - from) / (to - from));
  const stepped = before.to !== now.to;
  const start = stepped ? 0 : share(before);
  fill.style.setProperty("--reveal-share", String(start));
  // The next frame, so that the bar is seen growing from where it stood.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => fill.style.setProperty("--reveal-share", String(share(now)))),
  );
  if (before.plays !== now.plays) rise(game, number, before.plays, now.plays, count);
  const shown = kind === "crowd" || now.to !== null;
  return el(
    "div",
    { class: "reveal-bar", dataset: { kind } },
    el(
      "p",
      { class: "reveal-bar-head" },
      icon(glyph),
      el("span", { class: "grow" }, title),
      number,
    ),
    shown &&
      el(
        "div",
        {
          class: "reveal-bar-track",
          role: "progressbar",
          "aria-label": title,
          "aria-valuemin": now.from,
          "aria-valuemax": now.to ?? now.plays,
          "aria-valuenow": now.plays,
          "aria-valuetext": text,
        },
        fill,
      ),
    el(
      "p",
      { class: "reveal-bar-text small" },
      text,
      reward && el("span", { class: "reveal-reward" }, icon("coins"), reward),
    ),
  );
}

/** Count up to the new number in words. */
function rise(game, element, from, to, count) {
  if (game.calm || to - from > 100_000) return;
  const begun = performance.now();
  const step = (time) => {
    const share = Math.min(1, (time - begun) / 800);
    element.textContent = count(Math.round(from + (to - from) * (1 - (1 - share) ** 3)));
    if (share < 1 && element.isConnected) requestAnimationFrame(step);
  };
  element.textContent = count(from);
  requestAnimationFrame(step);
}
