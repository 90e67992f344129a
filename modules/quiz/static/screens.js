/** What the quiz shows around its questions: the first screen, the progress, the verdicts and the review. */

import { optionWords } from "./answers.js";

const GLYPHS = { right: "check", wrong: "x", late: "clock", none: "minus", given: "point" };

/** Write a duration as a person says it: 8.4 s, or 1:05. */
export function seconds(milliseconds, locale) {
  const whole = milliseconds / 1000;
  if (whole >= 60) {
    return `${Math.floor(whole / 60)}:${String(Math.floor(whole % 60)).padStart(2, "0")}`;
  }
  const written = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(whole);
  return `${written} s`;
}

/** Choose between the texts `key_one` and `key_many`. */
function counted(game, key, n) {
  const one = new Intl.PluralRules(game.locale).select(n) === "one";
  return game.fill(game.texts[`${key}_${one ? "one" : "many"}`], { n });
}

export function startScreen(game, facts, begin) {
  const { el, icon, texts } = game;
  const each =
    facts.question_seconds && game.fill(texts.seconds_each, { n: facts.question_seconds });
  const all =
    facts.quiz_seconds &&
    game.fill(texts.seconds_all, { time: seconds(facts.quiz_seconds * 1000, game.locale) });
  return el(
    "div",
    { class: "quiz-screen quiz-start" },
    facts.picture
      ? el("img", { class: "quiz-cover", src: facts.picture, alt: "" })
      : el("span", { class: "quiz-mark", "aria-hidden": "true" }, icon("question-mark")),
    el("h2", { class: "quiz-intro", tabIndex: -1, dataset: { focus: "" } }, facts.intro),
    el(
      "ul",
      { class: "quiz-facts", role: "list" },
      el("li", {}, icon("list-check"), counted(game, "question", facts.questions)),
      (each || all) && el("li", {}, icon("clock"), each || all),
    ),
    el(
      "button",
      {
        class: "button primary large wide",
        type: "button",
        dataset: { enter: "" },
        onclick: begin,
      },
      icon("player-play"),
      texts.start,
    ),
  );
}

/** Where the fan is: one dash for each question, and the clock. */
export function header(game, view, question, clock) {
  const { el, texts } = game;
  const words = game.fill(texts.number_of, { number: question.number, of: view.of });
  return el(
    "div",
    { class: "quiz-header" },
    el(
      "div",
      { class: "grow" },
      el("p", { class: "eyebrow" }, words),
      el(
        "ol",
        { class: "quiz-dashes", "aria-hidden": "true" },
        Array.from({ length: view.of }, (_, step) =>
          el("li", {
            dataset: { mark: view.marks[step] ?? (step === question.number - 1 ? "now" : "") },
          }),
        ),
      ),
    ),
    clock,
  );
}

/** The verdict on one answer, with the right one and why. */
export function feedback(game, view, question, { next, last }) {
  const { el, icon, texts } = game;
  return el(
    "div",
    { class: "quiz-screen quiz-feedback" },
    header(game, view, question, null),
    el("p", { class: "quiz-question quiz-question-past" }, question.text),
    el(
      "div",
      { class: "quiz-verdict", dataset: { mark: question.mark } },
      el(
        "span",
        { class: "quiz-verdict-mark", "aria-hidden": "true" },
        icon(GLYPHS[question.mark]),
      ),
      el(
        "h2",
        { class: "grow", tabIndex: -1, dataset: { focus: "" } },
        texts[`mark_${question.mark}`],
      ),
      question.earned > 0 &&
        el("span", { class: "quiz-earned number" }, counted(game, "earned", question.earned)),
    ),
    solution(game, question),
    why(game, question),
    el(
      "button",
      { class: "button primary large wide", type: "button", dataset: { enter: "" }, onclick: next },
      last ? texts.see_score : texts.next_question,
      icon("arrow-right"),
    ),
  );
}

function why({ el }, question) {
  const words = [...question.remarks, question.explanation].filter(Boolean);
  return (
    words.length > 0 &&
    el(
      "div",
      { class: "quiz-why" },
      words.map((text) => el("p", {}, text)),
    )
  );
}

/** The options with their marks, or the answers in words. */
function solution(game, question) {
  const lines =
    question.options.length === 0
      ? typedLines(game, question)
      : question.kind === "match"
        ? pairLines(game, question)
        : optionLines(game, question);
  return game.el("ul", { class: "quiz-options quiz-solution", role: "list" }, lines);
}

/** One answer after the fact: a mark, the words, and whose answer it was. */
function line({ el, icon }, right, words, notes, picture) {
  return el(
    "li",
    { class: "quiz-option", dataset: { mark: right ? "right" : "wrong" } },
    el("span", { class: "quiz-option-key", "aria-hidden": "true" }, icon(right ? "check" : "x")),
    el(
      "span",
      { class: "grow" },
      words,
      el("span", { class: "quiz-option-note small" }, notes.filter(Boolean).join(" · ")),
    ),
    picture && el("img", { class: "quiz-option-thumb", src: picture, alt: "" }),
  );
}

function optionLines(game, question) {
  const { texts } = game;
  return question.options.map((option, place) => {
    const right = question.right_ids.includes(option.id);
    const given = question.given.includes(option.id);
    const notes = [right && texts.right_answer, given && texts.you_said];
    return (
      (right || given) && line(game, right, optionWords(game, option, place), notes, option.picture)
    );
  });
}

function typedLines(game, question) {
  const { texts } = game;
  const said = question.mark === "wrong" && question.given[0];
  return [
    said && line(game, false, said, [texts.you_said]),
    line(game, true, question.right_text, [texts.right_answer]),
  ];
}

function pairLines(game, question) {
  const words = new Map(question.options.map((option) => [option.id, option.text]));
  return question.items.map((left, place) => {
    const right = question.given[place] === question.right_ids[place];
    const said = words.get(question.given[place]);
    const notes = [!right && said && game.fill(game.texts.you_said_this, { answer: said })];
    return line(game, right, `${left} → ${words.get(question.right_ids[place])}`, notes);
  });
}

/** All the questions again, with their answers. */
export function review(game, view, back) {
  const { el, icon, texts } = game;
  return el(
    "div",
    { class: "quiz-screen quiz-review" },
    el(
      "h2",
      { tabIndex: -1, dataset: { focus: "" } },
      game.fill(texts.right_of, { right: view.right, of: view.of }),
    ),
    el(
      "ol",
      { class: "quiz-review-list", role: "list" },
      view.review.map((question) =>
        el(
          "li",
          { class: "quiz-card" },
          el(
            "div",
            { class: "quiz-card-head" },
            el(
              "span",
              { class: "quiz-verdict-mark", dataset: { mark: question.mark } },
              icon(GLYPHS[question.mark], { label: texts[`mark_${question.mark}`] }),
            ),
            el("h3", { class: "grow" }, question.text),
          ),
          question.picture && el("img", { class: "quiz-picture", src: question.picture, alt: "" }),
          solution(game, question),
          why(game, question),
        ),
      ),
    ),
    el(
      "button",
      { class: "button large wide", type: "button", onclick: back },
      icon("arrow-left"),
      texts.back,
    ),
  );
}
