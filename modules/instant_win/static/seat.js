/** The stadium: choose a block on the plan and a seat in it, or type them; the floodlights then show whether it is golden. */

import { pause } from "./draw.js";
import { drawStadium, drawStand } from "./stadium.js";

/** Build the stadium on the stage. */
export function build(stage, game, { attempt, finish, describe, signal }) {
  const { el, view, texts } = game;
  const many = { block: view.blocks.length, row: view.seat_rows, seat: view.seats_per_row };
  let state = "ready";
  let stand = null;
  let block = 0;

  const plan = el("div", { class: "instant_win-plan" });
  const hint = el("p", { class: "instant_win-hint muted small" });
  const back = el(
    "button",
    { class: "button quiet compact", type: "button" },
    game.icon("arrow-left"),
    texts.whole_stadium,
  );
  const caption = el("div", { class: "instant_win-caption" }, hint, back);
  const form = entry();
  stage.replaceChildren(
    el(
      "div",
      { class: "instant_win-head" },
      el("h2", {}, view.title),
      view.intro && el("p", {}, view.intro),
    ),
    plan,
    caption,
    form.node,
  );
  showStadium();

  /** The keyboard's way in: three fields that say the same as the plan. */
  function entry() {
    const field = (name, control) => {
      control.id = `instant_win-${name}`;
      return el(
        "div",
        { class: `field instant_win-field-${name}` },
        el("label", { for: control.id }, texts[name]),
        control,
      );
    };
    const number = (most) =>
      el("input", {
        class: "input number",
        type: "number",
        inputmode: "numeric",
        min: 1,
        max: most,
        required: true,
      });
    const parts = {
      block: el(
        "select",
        { class: "select", required: true },
        el("option", { value: "" }, "–"),
        view.blocks.map((label, place) => el("option", { value: place + 1 }, label)),
      ),
      row: number(many.row),
      seat: number(many.seat),
    };
    const button = el(
      "button",
      { class: "button primary large wide", type: "submit" },
      texts.is_it_golden,
    );
    const node = el(
      "form",
      { class: "instant_win-entry" },
      Object.entries(parts).map(([name, control]) => field(name, control)),
      button,
    );
    return { node, parts, button };
  }

  function showStadium() {
    stand = null;
    block = 0;
    plan.replaceChildren(
      drawStadium(game, view.blocks, (place) => {
        if (state !== "ready") return;
        form.parts.block.value = place;
        showStand(place);
      }),
    );
    hint.textContent = texts.choose_block;
    back.hidden = true;
  }

  function showStand(place) {
    block = place;
    stand = drawStand(game, {
      label: game.fill(texts.stand_label, { block: view.blocks[place - 1] }),
      rows: many.row,
      seats: many.seat,
      choose(row, seat) {
        if (state !== "ready") return;
        form.parts.row.value = row;
        form.parts.seat.value = seat;
        follow();
      },
    });
    plan.replaceChildren(stand.node);
    stand.centre();
    hint.textContent = texts.choose_seat;
    back.hidden = false;
    follow();
  }

  function typed(name) {
    const value = Number(form.parts[name].value);
    return Number.isInteger(value) && value >= 1 && value <= many[name] ? value : 0;
  }

  /** Let the plan show what the form says. */
  function follow() {
    const place = typed("block");
    if (place && place !== block) {
      showStand(place);
      return;
    }
    if (!place && block) {
      showStadium();
      return;
    }
    stand?.mark(typed("row"), typed("seat"));
  }

  form.node.addEventListener("input", () => {
    if (state === "ready") follow();
  });

  back.addEventListener("click", () => {
    form.parts.block.value = "";
    showStadium();
    form.parts.block.focus();
  });

  form.node.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (state !== "ready") return;
    follow();
    const choice = { block: typed("block"), row: typed("row"), seat: typed("seat") };
    lock(true);
    hint.textContent = seatName(choice);
    plan.classList.add("dark");
    const searching = stand.sweep({ calm: game.calm, signal });
    const result = await attempt(choice);
    await searching;
    if (signal.aborted) return;
    if (!result) {
      plan.classList.remove("dark");
      hint.textContent = texts.choose_seat;
      lock(false);
      return;
    }
    show(result);
    await pause(500);
    finish(result);
  });

  function lock(locked) {
    state = locked ? "asked" : "ready";
    form.button.disabled = locked;
    back.hidden = locked || !block;
    for (const control of Object.values(form.parts)) control.disabled = locked;
  }

  function seatName({ block: place, row, seat }) {
    return game.fill(texts.seat_name, { block: view.blocks[place - 1], row, seat });
  }

  /** Light the chosen seat: gold when it wins, the house's colour when it does not. */
  function show(result) {
    const { choice } = result.last;
    stand.light(choice.row, choice.seat, result.won);
    hint.textContent = `${seatName(choice)} · ${result.won ? texts.golden : describe(result).title}`;
  }
}
