"""How a demo fan plays each mechanic: what they would send next, from what they see."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

JSON = Mapping[str, Any]


def next_move(
    module: str, random: Random, skill: float, config: JSON, state: JSON, view: JSON, opening: bool
) -> dict[str, Any] | None:
    """Return the fan's next move, or None when there is nothing they want to do."""
    match module:
        case "quiz":
            return _quiz(random, skill, config, state, opening)
        case "instant_win":
            return _instant_win(random, config)
        case "reveal":
            return _reveal(random, skill, config, state, view)
        case "coupon":
            return {"claim": True}
        case "loyalty":
            return _loyalty(view)
    return None


def _quiz(random: Random, skill: float, config: JSON, state: JSON, opening: bool) -> dict[str, Any]:
    if opening:
        return {"start": True}
    if state["phase"] == "feedback":
        return {"next": True}
    number, order = state["sheet"][state["step"]]
    question = config["questions"][number]
    knows = random.random() < skill
    return {
        "question": state["step"] + 1,
        "answers": _known(question, order) if knows else _guessed(random, question, order),
    }


def _known(question: JSON, order: list[int]) -> list[str]:
    """The right answer to a question, as the page would send it."""
    kind = question["kind"]
    if kind == "true_false":
        return ["true" if question["truth"] else "false"]
    if kind in ("typed", "number"):
        return [question["answers"][0]["text"].split(":")[0].split("..")[0].replace("*", "")]
    if kind == "match":
        return []
    right = [
        str(place + 1) for place, which in enumerate(order) if question["options"][which]["right"]
    ]
    return right if kind == "choose_many" else right[:1]


def _guessed(random: Random, question: JSON, order: list[int]) -> list[str]:
    kind = question["kind"]
    if kind == "true_false":
        return [random.choice(("true", "false"))]
    if kind in ("typed", "number"):
        return [random.choice(("1990", "Brésil", "12", "je ne sais pas"))]
    if kind == "match":
        return []
    return [str(random.randint(1, len(order)))]


def _instant_win(random: Random, config: JSON) -> dict[str, Any]:
    if config["skin"] != "seat":
        return {"play": True}
    choice = {
        "block": random.randint(1, len(config["blocks"])),
        "row": random.randint(1, config["seat_rows"]),
        "seat": random.randint(1, config["seats_per_row"]),
    }
    return {"play": True, "choice": choice}


def _reveal(
    random: Random, skill: float, config: JSON, state: JSON, view: JSON
) -> dict[str, Any] | None:
    if state.get("solved"):
        return None
    level = int(view.get("level", 0))
    # The sharper the picture, the more likely it is recognised.
    if random.random() < skill * 0.18 * level:
        answer = config["answers"][0]["text"]
        return {"guess": answer.get("fr") or answer.get("en")}
    if random.random() < 0.55:
        return {"guess": random.choice(("Corbel", "le stade", "Rossi", "la gare", "Oumar Sy"))}
    return {"look": True}


def _loyalty(view: JSON) -> dict[str, Any] | None:
    ready = [mission["id"] for mission in view.get("missions", ()) if mission["status"] == "ready"]
    if ready:
        return {"claim": ready[0]}
    return {"celebrate": True} if view.get("celebrate") else None
