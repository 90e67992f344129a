"""The rules of a quiz: the sheet an attempt gets, the clock of each question, and what each step leads to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from masterapp.sdk import Chance, Context, Count, Effect, Outcome, Points, Refused, TryToWin
from modules.quiz import judging
from modules.quiz.screens import screen

JSON = Mapping[str, Any]

#: What the road between phone and server may cost an answer that was given in time.
NETWORK_GRACE = timedelta(milliseconds=1500)


def play(config: JSON, state: JSON, move: JSON, context: Context) -> Outcome:
    """Carry out one step: start, answer, or next."""
    same_attempt = bool(state) and state["attempt"] == context.play_number
    if "start" in move:
        if same_attempt:
            raise Refused("invalid_move", field="start")
        return _going_on(config, started(config, context), context)
    if not same_attempt:
        raise Refused("invalid_move", field="start")
    if not fits(config, state):
        raise Refused("stale_version")
    if "next" in move:
        if state["phase"] != "feedback":
            raise Refused("invalid_move", field="next")
        return _going_on(config, {**state, **_opened(state["step"] + 1, context.now)}, context)
    if state["phase"] != "question" or move["question"] != state["step"] + 1:
        raise Refused("invalid_move", field="question")
    return _answered(config, state, move["answers"], context)


def fits(config: JSON, state: JSON) -> bool:
    """Say whether the sheet in *state* was drawn from this configuration."""
    bank = config["questions"]
    return all(
        number < len(bank) and len(order) == _options_shown(bank[number])
        for number, order in state.get("sheet", [])
    )


def started(config: JSON, context: Context) -> dict[str, Any]:
    """Draw the sheet of a new attempt and open its first question."""
    bank = config["questions"]
    numbers = list(range(len(bank)))
    asked = config["ask"] or len(bank)
    if config["shuffle_questions"] or asked < len(bank):
        drawn = context.chance.shuffled(numbers)[:asked]
        numbers = drawn if config["shuffle_questions"] else sorted(drawn)
    sheet = [[number, _drawn_order(config, bank[number], context.chance)] for number in numbers]
    return {
        "attempt": context.play_number,
        "sheet": sheet,
        "spent_ms": 0,
        "given": [],
        "marks": [],
        "points": [],
        **_opened(0, context.now),
    }


def limit_ms(config: JSON, state: JSON) -> int | None:
    """The time the open question may take: its own limit or what is left of the whole quiz."""
    question = config["questions"][state["sheet"][state["step"]][0]]
    limits = []
    if question["seconds"] or config["question_seconds"]:
        limits.append((question["seconds"] or config["question_seconds"]) * 1000)
    if config["quiz_seconds"]:
        limits.append(max(0, config["quiz_seconds"] * 1000 - state["spent_ms"]))
    return min(limits) if limits else None


def left_ms(config: JSON, state: JSON, now: datetime) -> int | None:
    """What is left of the open question's time, or None when it has no limit."""
    limit = limit_ms(config, state)
    return None if limit is None else max(0, limit - _elapsed_ms(state, now))


def view(config: JSON, state: JSON, now: datetime) -> JSON:
    """What the fan may see. A right answer is in it only once the fan has answered."""
    if not state or not fits(config, state):
        return screen(config, {"phase": "start"}, None, None)
    return shown(config, state, now)


def shown(config: JSON, state: JSON, now: datetime) -> JSON:
    """What the fan may see of a sheet that fits."""
    if state["phase"] == "question":
        return screen(config, state, limit_ms(config, state), left_ms(config, state, now))
    return screen(config, state, None, None)


def _options_shown(question: JSON) -> int:
    """How many options a question shows."""
    if question["kind"] in judging.CHOICES:
        return len(question["options"])
    return len(judging.right_sides(question)) if question["kind"] == "match" else 0


def _drawn_order(config: JSON, question: JSON, chance: Chance) -> list[int]:
    """The order in which a question's options are shown."""
    order = list(range(_options_shown(question)))
    # As written, the right sides of pairs would stand beside their left sides.
    mixed = config["shuffle_options"] or question["kind"] == "match"
    return chance.shuffled(order) if mixed else order


def _opened(step: int, now: datetime) -> dict[str, Any]:
    return {"phase": "question", "step": step, "shown_at": now.isoformat()}


def _elapsed_ms(state: JSON, now: datetime) -> int:
    elapsed = now - datetime.fromisoformat(state["shown_at"])
    return max(0, elapsed // timedelta(milliseconds=1))


def _answered(config: JSON, state: JSON, given: list[str], context: Context) -> Outcome:
    """Judge the answer to the open question and move on."""
    number, order = state["sheet"][state["step"]]
    question = config["questions"][number]
    judging.check_given(question, order, given)
    limit = limit_ms(config, state)
    elapsed = _elapsed_ms(state, context.now)
    empty = not any(answer.strip() for answer in given)
    grace = 0 if empty else NETWORK_GRACE // timedelta(milliseconds=1)
    if limit is not None and elapsed > limit + grace:
        mark = "late"
    elif empty:
        mark = "none"
    else:
        right = judging.is_right(question, order, given, config["typos"])
        mark = "right" if right else "wrong"
    after = {
        **state,
        "spent_ms": state["spent_ms"] + (elapsed if limit is None else min(elapsed, limit)),
        "given": [*state["given"], given],
        "marks": [*state["marks"], mark],
        "points": [*state["points"], question["points"] if mark == "right" else 0],
    }
    if _time_is_up(config, after):
        left = len(after["sheet"]) - len(after["marks"])
        after["given"] = after["given"] + [[]] * left
        after["marks"] = after["marks"] + ["late"] * left
        after["points"] = after["points"] + [0] * left
    if len(after["marks"]) == len(after["sheet"]):
        return _finished(config, {**after, "phase": "end"}, context)
    if config["feedback"] == "each":
        return _going_on(config, {**after, "phase": "feedback"}, context)
    return _going_on(config, {**after, **_opened(state["step"] + 1, context.now)}, context)


def _time_is_up(config: JSON, state: JSON) -> bool:
    return bool(config["quiz_seconds"]) and state["spent_ms"] >= config["quiz_seconds"] * 1000


def _going_on(config: JSON, state: JSON, context: Context) -> Outcome:
    return Outcome(state=state, view=shown(config, state, context.now))


def _finished(config: JSON, state: JSON, context: Context) -> Outcome:
    """Add up the attempt and say what it earns."""
    score = sum(state["points"])
    asked = len(state["marks"])
    right = state["marks"].count("right")
    effects: list[Effect] = []
    points = (score if config["credit"] else 0) + (config["bonus"] if right == asked else 0)
    if points:
        effects.append(Points(points))
    if config["win_percent"] and right * 100 >= config["win_percent"] * asked:
        effects.append(TryToWin())
    effects += [
        Count(name, amount)
        for name, amount in (("right", right), ("wrong", asked - right))
        if amount
    ]
    return Outcome(
        state=state,
        view=shown(config, state, context.now),
        finished=True,
        score=score,
        duration_ms=state["spent_ms"],
        effects=tuple(effects),
    )
