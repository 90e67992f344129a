"""What the browser is shown at each moment of an attempt; right answers only once they were given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from masterapp.sdk import picture, text
from modules.quiz import judging
from modules.quiz.schemas import MOST_QUESTIONS

JSON = Mapping[str, Any]


def screen(config: JSON, state: JSON, limit_ms: int | None, left_ms: int | None) -> JSON:
    """The screen of the phase that *state* is in."""
    if state["phase"] == "start":
        return {"phase": "start", "start": _start(config)}
    marks = state["marks"] if config["feedback"] == "each" else ["given"] * len(state["marks"])
    progress = {"phase": state["phase"], "of": len(state["sheet"]), "marks": marks}
    if state["phase"] == "question":
        question = _question(config, state, state["step"])
        return {**progress, "question": question, "limit_ms": limit_ms, "left_ms": left_ms}
    if state["phase"] == "feedback":
        return {**progress, "question": _judged(config, state, state["step"])}
    return {**progress, **_end(config, state)}


def _start(config: JSON) -> JSON:
    return {
        "intro": text(config["intro"]),
        "picture": picture(config["picture"]),
        "questions": min(config["ask"] or MOST_QUESTIONS, len(config["questions"])),
        "question_seconds": config["question_seconds"],
        "quiz_seconds": config["quiz_seconds"],
    }


def _end(config: JSON, state: JSON) -> JSON:
    asked = len(state["sheet"])
    right = state["marks"].count("right")
    good = 2 * right >= asked
    review = (
        []
        if config["feedback"] == "never"
        else [_judged(config, state, step) for step in range(asked)]
    )
    return {
        "marks": state["marks"] if review else ["given"] * asked,
        "score": sum(state["points"]),
        "right": right,
        "duration_ms": state["spent_ms"],
        "good": good,
        "words": text(config["won"] if good else config["lost"]),
        "last": config["feedback"] == "each",
        "review": review,
        "start": _start(config),
    }


def _question(config: JSON, state: JSON, step: int) -> dict[str, Any]:
    """One question without a word of its answer."""
    number, order = state["sheet"][step]
    question = config["questions"][number]
    shown: dict[str, Any] = {
        "number": step + 1,
        "kind": question["kind"],
        "text": text(question["text"]),
        "picture": picture(question["picture"]),
        "points": question["points"],
        "options": [],
    }
    if question["kind"] in judging.CHOICES:
        options = [question["options"][n] for n in order]
        shown["options"] = [
            {
                "id": judging.option_id(place),
                "text": text(option["text"]),
                "picture": picture(option["picture"]),
            }
            for place, option in enumerate(options)
        ]
    elif question["kind"] == "match":
        sides = judging.right_sides(question)
        shown["items"] = [text(pair["left"]) for pair in judging.items(question)]
        shown["options"] = [
            {"id": judging.option_id(place), "text": text(sides[n]), "picture": None}
            for place, n in enumerate(order)
        ]
    elif question["kind"] == "true_false":
        # The page has its own words for these two.
        shown["options"] = [{"id": "true"}, {"id": "false"}]
    return shown


def _judged(config: JSON, state: JSON, step: int) -> JSON:
    """One question with the fan's answer, the right one, and why."""
    number, order = state["sheet"][step]
    question = config["questions"][number]
    given = state["given"][step]
    remarks = []
    if question["kind"] in judging.CHOICES:
        chosen = [question["options"][order[judging.position(one, len(order))]] for one in given]
        remarks = [text(option["remark"]) for option in chosen if any(option["remark"].values())]
    typed = question["kind"] in ("typed", "number")
    return {
        **_question(config, state, step),
        "given": given,
        "mark": state["marks"][step],
        "earned": state["points"][step],
        "right_ids": judging.right_ids(question, order),
        "right_text": judging.shown_answer(question) if typed else None,
        "remarks": remarks,
        "explanation": text(question["explanation"]),
    }
