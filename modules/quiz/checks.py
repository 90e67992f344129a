"""What a quiz's configuration must hold beyond the shape of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from masterapp.sdk import _l
from modules.quiz import judging

JSON = Mapping[str, Any]


def problems(config: JSON) -> dict[str, list[str]]:
    """Errors by dotted field path; empty when every question can be played."""
    found: dict[str, list[str]] = {}
    for number, question in enumerate(config["questions"]):
        for field, sentence in CHECKS[question["kind"]](question):
            found.setdefault(f"questions.{number}.{field}", []).append(str(sentence))
    return found


def _choices(question: JSON) -> list[tuple[str, Any]]:
    options = question["options"]
    wrong = []
    if len(options) < 2:
        wrong.append(("options", _l("Give at least two answers to choose from.")))
    elif not any(option["right"] for option in options):
        wrong.append(("options", _l("Mark at least one answer as right.")))
    for number, option in enumerate(options):
        if not any(option["text"].values()) and not option["picture"]:
            wrong.append((f"options.{number}.text", _l("Give this answer words or a picture.")))
    return wrong


def _nothing_more(_: JSON) -> list[tuple[str, Any]]:
    return []


def _typed(question: JSON) -> list[tuple[str, Any]]:
    if not question["answers"]:
        return [("answers", _l("Give at least one accepted answer."))]
    return [
        (f"answers.{number}.text", _l("An answer of stars alone would accept anything."))
        for number, answer in enumerate(question["answers"])
        if not answer["text"].strip("* ")
    ]


def _number(question: JSON) -> list[tuple[str, Any]]:
    if not question["answers"]:
        return [("answers", _l("Give at least one accepted answer."))]
    return [
        (f"answers.{number}.text", _l("Write a number such as 1998, 1998:2 or 1990..1999."))
        for number, answer in enumerate(question["answers"])
        if judging.number_range(answer["text"]) is None
    ]


def _pairs(question: JSON) -> list[tuple[str, Any]]:
    if len(judging.right_sides(question)) < 2 or not judging.items(question):
        return [("pairs", _l("Give at least two pairs with different right sides."))]
    return []


CHECKS = {
    "choose_one": _choices,
    "choose_many": _choices,
    "true_false": _nothing_more,
    "typed": _typed,
    "number": _number,
    "match": _pairs,
}
