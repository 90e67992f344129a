/**
 * The reveal: the picture as sharp as the server lets this fan see it, the crowd's way to the next step, and the guess.
 * The browser never holds more of the picture than is shown.
 */

import { Canvas } from "./picture.js";
import { progress } from "./progress.js";

/** Put the game into `root`; returns the function that takes it away. */
export function mount(root, game) {
  const { el, icon, texts } = game;
  const life = new AbortController();
  const canvas = new Canvas(game);
  const bars = el("div", { class: "reveal-bars" });
  const below = el("div", { class: "reveal-below" });
  const head = el(
    "h2",
    { class: "reveal-question", id: "reveal-question", tabIndex: -1 },
    game.view.question,
  );
  root.replaceChildren(
    el(
      "section",
      { class: "reveal" },
      el(
        "div",
        { class: "reveal-head" },
        head,
        game.view.intro && el("p", { class: "muted" }, game.view.intro),
      ),
      canvas.element,
      bars,
      below,
    ),
  );
  show(game.view);

  /** Choose between the texts `key_one` and `key_many`. */
  function counted(key, n) {
    const number = new Intl.NumberFormat(game.locale).format(n);
    const one = new Intl.PluralRules(game.locale).select(n) === "one";
    return game.fill(texts[`${key}_${one ? "one" : "many"}`], { n: number });
  }

  function show(view, before = view) {
    canvas.show(view, view.solved ? null : worth(view));
    bars.replaceChildren(...progress(game, view, before, counted));
    if (view.solved) below.replaceChildren(solved(view));
    else if (game.left?.now === 0 && (game.play?.finished ?? true))
      below.replaceChildren(...waiting(view));
    else below.replaceChildren(...asking(view));
  }

  function hints(view) {
    if (view.hints.length === 0) return null;
    return el(
      "ul",
      { class: "reveal-hints", role: "list", "aria-label": texts.hints },
      view.hints.map((hint) => el("li", {}, icon("bulb"), hint)),
    );
  }

  /** The field for a guess, and the way to help without one. */
  function asking(view) {
    const field = el("input", {
      class: "input reveal-field",
      id: "reveal-guess",
      type: "text",
      maxlength: 120,
      placeholder: texts.your_guess,
      autocomplete: "off",
      autocapitalize: "words",
      autocorrect: "off",
      spellcheck: "false",
      enterkeyhint: "send",
      "aria-describedby": "reveal-worth",
      oninput: () => {
        guess.disabled = field.value.trim() === "";
      },
    });
    const guess = el("button", { class: "button primary large", disabled: true }, texts.guess);
    const aside = el(
      "div",
      { class: "reveal-aside" },
      el(
        "button",
        { class: "button quiet", type: "button", onclick: () => send({ look: true }) },
        icon("eye"),
        texts.look,
      ),
      view.guesses > 1 && el("span", { class: "muted small" }, counted("guesses", view.guesses)),
    );
    const form = el(
      "form",
      {
        class: "reveal-form",
        onsubmit: (event) => {
          event.preventDefault();
          const words = field.value.trim();
          if (words) send({ guess: words });
        },
      },
      el("label", { for: "reveal-guess", class: "visually-hidden" }, texts.your_guess),
      field,
      guess,
    );
    const wrong = view.last && !view.last.right && !view.done && refusal(view);
    return [hints(view), wrong, form, aside].filter(Boolean);
  }

  function worth(view) {
    return el(
      "p",
      { class: "reveal-worth", id: "reveal-worth" },
      view.worth > 0 &&
        el("span", { class: "reveal-pill" }, icon("coins"), counted("worth", view.worth)),
      view.prize && el("span", { class: "reveal-pill" }, icon("gift"), texts.prize_now),
    );
  }

  function refusal(view) {
    return el(
      "p",
      { class: "reveal-wrong" },
      icon("x"),
      el("span", { class: "grow" }, game.fill(texts.wrong_guess, { guess: view.last.guess })),
      el("strong", {}, counted("try_again", view.guesses)),
    );
  }

  /** No play is left: what there is to know until the next one. */
  function waiting(view) {
    return [
      hints(view),
      el("p", { class: "notice" }, icon("clock-hour-4"), texts.wrong_text),
    ].filter(Boolean);
  }

  function solved(view) {
    const level = game.fill(texts.found_level, { level: view.solved.level, levels: view.levels });
    return el(
      "div",
      { class: "reveal-solved" },
      el("p", { class: "reveal-answer" }, icon("circle-check"), view.solved.answer),
      view.solved.words && el("p", {}, view.solved.words),
      el("p", { class: "muted small" }, level),
    );
  }

  async function send(move) {
    const before = game.view;
    for (const control of below.querySelectorAll("button, input")) control.disabled = true;
    try {
      const { view, play } = await game.move(move);
      if (!life.signal.aborted) await after(view, before, play.finished);
    } catch {
      if (life.signal.aborted) return;
      for (const control of below.querySelectorAll("button, input")) control.disabled = false;
      below.querySelector("#reveal-guess")?.focus({ preventScroll: true });
    }
  }

  /** Show what the move changed on the picture itself; only then the end of the attempt. */
  async function after(view, before, finished) {
    const right = Boolean(view.solved);
    const wrong = view.last && !right;
    game.sound(right ? "win" : wrong ? "lose" : "flip");
    if (wrong) game.vibrate([30, 50, 30]);
    show(view, before);
    if (view.level > before.level && !right) game.announce(texts.sharper);
    if (!finished) {
      game.announce(game.fill(texts.wrong_guess, { guess: view.last.guess }));
      below.querySelector("#reveal-guess").focus({ preventScroll: true });
      return;
    }
    for (const control of below.querySelectorAll("button, input")) control.disabled = true;
    await canvas.settled;
    await pause(game.calm ? 0 : right ? 1500 : 1100);
    if (!life.signal.aborted) end(view, right, wrong);
  }

  function pause(milliseconds) {
    return new Promise((done) => setTimeout(done, milliseconds));
  }

  function end(view, right, wrong) {
    const actions = [{ label: texts.see_picture, icon: "photo", run: () => game.remount() }];
    if (right) {
      // Who has found it has nothing left to play for here, whatever the quota says.
      game.left = { ...game.left, now: 0, again_at: null };
      const text = [game.fill(texts.found_text, { answer: view.solved.answer }), view.solved.words];
      game.end({
        tone: "win",
        title: texts.found_title,
        text: text.filter(Boolean).join(" "),
        actions,
      });
    } else if (wrong) {
      const guess = game.fill(texts.wrong_guess, { guess: view.last.guess });
      game.end({
        tone: "lose",
        title: texts.wrong_title,
        text: `${guess}. ${texts.wrong_text}`,
        actions,
      });
    } else {
      game.end({
        tone: "done",
        title: texts.helped_title,
        text: texts.helped_text,
        glyph: "users",
        actions,
      });
    }
  }

  return () => {
    life.abort();
    root.replaceChildren();
  };
}
