/**
 * Instant win: sets the scene, hands it to the skin that the marketer chose, and shows how an attempt ended.
 * A skin only shows what the server's answer says: a prize when `grants` holds one, the consolation otherwise.
 */

import { pause } from "./draw.js";

const SKINS = {
  scratch: () => import("./scratch.js"),
  wheel: () => import("./wheel.js"),
  seat: () => import("./seat.js"),
};

/** Put the game into `root`; returns the function that takes it away. */
export function mount(root, game) {
  const { el, view } = game;
  const stage = el("div", { class: `instant_win-stage instant_win-stage-${view.skin}` });
  const scene = el("section", { class: "instant_win" }, stage);
  const life = new AbortController();
  const before = lastResult();
  if (before) {
    end(before);
    return () => root.replaceChildren();
  }
  root.replaceChildren(scene);
  SKINS[view.skin]().then((skin) => {
    if (life.signal.aborted) return;
    skin.build(stage, game, { attempt, finish, describe, signal: life.signal });
  });

  /** Try once. Resolves with the result, or with null when the move was refused (the kit has told the fan). */
  async function attempt(choice = null) {
    try {
      const answer = await game.move({ play: true, choice });
      return result(answer.view, answer.grants, answer.points?.earned ?? 0);
    } catch (refusal) {
      if (!refusal.shown) throw refusal;
      return null;
    }
  }

  /** What the server's answer means for the skins. */
  function result(shown, grants, points) {
    const prize = grants?.[0]?.prize ?? null;
    return { won: Boolean(prize), prize, points, last: shown.last };
  }

  /** The result of the last attempt when no other is left, so that a reload shows it again. */
  function lastResult() {
    if (!view.last || game.left?.now !== 0 || game.replaying) return null;
    const grants = game.won.grants.filter((grant) => grant.play === view.last.number);
    return result(view, grants, grants.length ? 0 : view.consolation);
  }

  /** Title and second line of a result. */
  function describe({ won, prize, points }) {
    if (won) return { title: prize.label, text: view.won || game.texts.won };
    const credit =
      points === 1
        ? game.texts.points_one
        : points
          ? game.fill(game.texts.points_many, { points })
          : "";
    return { title: view.lost || game.texts.lost, text: credit };
  }

  /** Leave the fan a moment with the result on the stage; the kit's end screen celebrates or consoles. */
  async function finish(shown) {
    await pause(shown.won ? 1600 : 1200);
    if (!life.signal.aborted) end(shown);
  }

  function end(shown) {
    const { title, text } = describe(shown);
    game.end({
      tone: shown.won ? "win" : "lose",
      title: shown.won ? game.texts.won : title,
      text: shown.won ? view.won : game.moved ? "" : text,
    });
  }

  return () => {
    life.abort();
    root.replaceChildren();
  };
}
