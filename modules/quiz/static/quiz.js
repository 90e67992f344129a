/**
 * The quiz: one screen at a time, as the server's view says. The clock shown here is only a picture of the server's,
 * which alone decides whether an answer came in time.
 */

import { answerBox } from "./answers.js";
import { Clock } from "./clock.js";
import { feedback, header, review, seconds, startScreen } from "./screens.js";

/** Put the game into `root`; returns the function that takes it away. */
export function mount(root, game) {
  const { el, texts } = game;
  const place = el("section", { class: "quiz" });
  const life = new AbortController();
  let clock = null;
  let box = null;
  root.replaceChildren(place);
  document.addEventListener("keydown", onKey, { signal: life.signal });

  if (game.view.phase === "end" && game.replaying) {
    show({ phase: "start", start: game.view.start });
    begin();
  } else show(game.view, { first: true });

  /** Show the screen of a view. `first` leaves the focus where the page has it. */
  function show(view, { first = false } = {}) {
    clock?.stop();
    clock = null;
    box = null;
    const screen = { start, question, feedback: judged, end }[view.phase](view);
    if (!screen) return;
    place.replaceChildren(screen);
    place.dataset.phase = view.phase;
    if (!first)
      (box?.field ?? screen.querySelector("[data-focus]"))?.focus({ preventScroll: true });
    if (!first) place.scrollIntoView({ block: "nearest", behavior: game.calm ? "auto" : "smooth" });
  }

  function start(view) {
    return startScreen(game, view.start, begin);
  }

  async function begin() {
    await step({ start: true });
  }

  /** Make a move and show what it leads to; a refusal was told by the kit, and the controls come back. */
  async function step(move, shown = (view) => show(view)) {
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await game.move(move);
      if (!life.signal.aborted) shown(answer.view);
      return true;
    } catch {
      return false;
    } finally {
      place.removeAttribute("aria-busy");
    }
  }

  function question(view) {
    const asked = view.question;
    clock = view.limit_ms === null ? null : new Clock(game, view, () => answer(box.given(), true));
    box = answerBox(game, asked, (given) => answer(given));
    return el(
      "div",
      { class: "quiz-screen", dataset: { kind: asked.kind } },
      header(game, view, asked, clock?.element),
      el(
        "h2",
        { class: "quiz-question", id: "quiz-question", tabIndex: -1, dataset: { focus: "" } },
        asked.text,
      ),
      asked.picture && el("img", { class: "quiz-picture", src: asked.picture, alt: "" }),
      box.element,
    );
  }

  async function answer(given, timeIsUp = false) {
    if (place.getAttribute("aria-busy") === "true") return;
    const number = game.view.question.number;
    clock?.stop();
    box.lock(true);
    if (timeIsUp) game.announce(texts.time_over);
    const done = await step({ question: number, answers: given }, (view) => judge(view, number));
    if (!done && !life.signal.aborted) {
      box.lock(false);
      clock?.resume();
    }
  }

  /** After an answer: its verdict when the quiz gives one, or straight on. */
  function judge(view, number) {
    const asked = view.phase === "end" && view.last ? view.review[number - 1] : view.question;
    if (view.phase === "question" || !asked) {
      if (view.phase === "question") game.announce(texts.answered);
      show(view);
      return;
    }
    const right = asked.mark === "right";
    game.sound(right ? "win" : "lose");
    game.vibrate(right ? 25 : [40, 60, 40]);
    show({ ...view, phase: "feedback", question: asked, ends: view.phase === "end" && view });
  }

  function judged(view) {
    const next = view.ends ? () => show(view.ends) : () => step({ next: true });
    return feedback(game, view, view.question, { next, last: Boolean(view.ends) });
  }

  function end(view) {
    const perfect = view.right === view.of;
    const won = game.fresh && game.won.grants.length > 0;
    const time = game.fill(texts.time_was, { time: seconds(view.duration_ms, game.locale) });
    const title = perfect ? texts.perfect_title : view.good ? texts.good_title : texts.poor_title;
    const right = game.fill(texts.right_of, { right: view.right, of: view.of });
    // Figures are not torn apart at the end of a line.
    const figures = [right, time].map((words) => words.replaceAll(" ", "\u00a0")).join(" · ");
    game.end({
      tone: won || perfect ? "win" : view.good ? "done" : "lose",
      title,
      text: [figures, view.words].filter(Boolean).join(". "),
      actions: view.review.length
        ? [{ label: texts.review, icon: "list-check", run: () => showReview(view) }]
        : [],
    });
    return null;
  }

  function showReview(view) {
    const screen = review(game, view, () => end(view));
    root.replaceChildren(el("section", { class: "quiz" }, screen));
    root.dataset.state = "play";
    screen.querySelector("[data-focus]").focus({ preventScroll: true });
    root.scrollIntoView({ block: "start" });
  }

  /** 1–9 choose an answer, Enter confirms or goes on, wherever the focus is except in a field. */
  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = event.target.closest?.("input, select, textarea, [role=dialog], dialog");
    if (inField) return;
    if (/^[1-9]$/.test(event.key) && box?.choose) {
      event.preventDefault();
      box.choose(Number(event.key) - 1);
    } else if (event.key === "Enter" && !event.target.closest?.("button, a, summary")) {
      place.querySelector("[data-enter]")?.click();
    }
  }

  return () => {
    life.abort();
    clock?.stop();
    root.replaceChildren();
  };
}
