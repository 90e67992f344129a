/** The part of a question that takes the answer. Each box has `element`, `given()`, `lock(on)` and perhaps `choose(n)`. */

/** The words of an option as the fan reads them. */
export function optionWords(game, option, place) {
  if (option.id === "true" || option.id === "false") return game.texts[option.id];
  return option.text || game.fill(game.texts.picture_of_answer, { n: place + 1 });
}

export function answerBox(game, question, send) {
  if (question.kind === "typed" || question.kind === "number")
    return typedBox(game, question, send);
  if (question.kind === "match") return matchBox(game, question, send);
  return choiceBox(game, question, send);
}

/** Big buttons: the first tap answers when one is to be chosen; otherwise they stay down until confirmed. */
function choiceBox(game, question, send) {
  const { el, icon, texts } = game;
  const many = question.kind === "choose_many";
  const pictures = question.options.some((option) => option.picture);
  const chosen = new Set();
  const buttons = question.options.map((option, place) =>
    el(
      "button",
      {
        class: "quiz-option",
        type: "button",
        dataset: { id: option.id },
        "aria-pressed": many ? false : null,
        onclick: () => choose(place),
      },
      option.picture && el("img", { class: "quiz-option-picture", src: option.picture, alt: "" }),
      el(
        "span",
        { class: "quiz-option-key", "aria-hidden": "true" },
        many ? icon("check") : key(option, place),
      ),
      el(
        "span",
        { class: option.text || option.picture === undefined ? "grow" : "visually-hidden" },
        optionWords(game, option, place),
      ),
    ),
  );
  const confirm =
    many &&
    el(
      "button",
      {
        class: "button primary large wide",
        type: "button",
        disabled: true,
        dataset: { enter: "" },
        onclick: () => send(given()),
      },
      texts.validate,
    );

  function key(option, place) {
    if (option.id === "true") return icon("check");
    if (option.id === "false") return icon("x");
    return String.fromCharCode(65 + place);
  }

  function choose(place) {
    const button = buttons[place];
    if (!button || button.disabled) return;
    game.vibrate(10);
    if (!many) {
      button.classList.add("quiz-option-chosen");
      send([button.dataset.id]);
      return;
    }
    const down = !chosen.has(button.dataset.id);
    chosen[down ? "add" : "delete"](button.dataset.id);
    button.setAttribute("aria-pressed", String(down));
    button.classList.toggle("quiz-option-chosen", down);
    confirm.disabled = chosen.size === 0;
  }

  const given = () => [...chosen];
  return {
    element: el(
      "div",
      { class: "quiz-answer" },
      many && el("p", { class: "muted small" }, texts.several_answers),
      el(
        "div",
        {
          class: [
            "quiz-options",
            pictures && "quiz-options-pictures",
            question.kind === "true_false" && "quiz-options-two",
          ],
          role: "group",
          "aria-labelledby": "quiz-question",
        },
        buttons,
      ),
      confirm,
    ),
    given,
    choose,
    lock(on) {
      for (const button of buttons) {
        button.disabled = on;
        if (!on && !many) button.classList.remove("quiz-option-chosen");
      }
      if (confirm) confirm.disabled = on || chosen.size === 0;
    },
  };
}

/** A field and a button. */
function typedBox(game, question, send) {
  const { el, texts } = game;
  const numeric = question.kind === "number";
  const field = el("input", {
    class: "input quiz-field",
    id: "quiz-field",
    type: "text",
    inputmode: numeric ? "decimal" : "text",
    maxlength: 200,
    autocomplete: "off",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    enterkeyhint: "send",
    "aria-describedby": "quiz-question",
    oninput: () => {
      button.disabled = field.value.trim() === "";
    },
  });
  const button = el(
    "button",
    { class: "button primary large wide", disabled: true },
    texts.validate,
  );
  const given = () => [field.value].filter((text) => text.trim());
  const form = el(
    "form",
    {
      class: "quiz-answer",
      onsubmit: (event) => {
        event.preventDefault();
        if (given().length) send(given());
      },
    },
    el(
      "label",
      { class: "quiz-label", for: "quiz-field" },
      numeric ? texts.type_number : texts.type_answer,
    ),
    field,
    button,
  );
  return {
    element: form,
    field,
    given,
    lock(on) {
      field.readOnly = on;
      button.disabled = on || field.value.trim() === "";
    },
  };
}

/** A list to choose from beside each left side: the same by touch, keyboard and screen reader. */
function matchBox(game, question, send) {
  const { el, texts } = game;
  const lists = question.items.map((_, place) =>
    el(
      "select",
      { class: "select quiz-select", id: `quiz-pair-${place}`, onchange: () => check() },
      el("option", { value: "" }, texts.choose),
      question.options.map((option) => el("option", { value: option.id }, option.text)),
    ),
  );
  const button = el(
    "button",
    { class: "button primary large wide", disabled: true },
    texts.validate,
  );
  const given = () => (lists.some((list) => list.value) ? lists.map((list) => list.value) : []);
  const check = () => {
    button.disabled = lists.some((list) => !list.value);
  };
  return {
    element: el(
      "form",
      {
        class: "quiz-answer",
        "aria-labelledby": "quiz-question",
        onsubmit: (event) => {
          event.preventDefault();
          send(given());
        },
      },
      el("p", { class: "muted small" }, texts.pair_up),
      el(
        "div",
        { class: "quiz-pairs" },
        question.items.map((words, place) =>
          el(
            "div",
            { class: "quiz-pair" },
            el("label", { for: `quiz-pair-${place}` }, words),
            lists[place],
          ),
        ),
      ),
      button,
    ),
    given,
    lock(on) {
      for (const list of lists) list.disabled = on;
      if (on) button.disabled = true;
      else check();
    },
  };
}
