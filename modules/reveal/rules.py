"""The rules of a reveal: how sharp the picture is for a fan, what a guess is worth, and what each step leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from masterapp.sdk import (
    Context,
    Count,
    Effect,
    Outcome,
    Points,
    Refused,
    TryToWin,
    _l,
    picture,
    same_text,
    text,
)

JSON = Mapping[str, Any]


def play(config: JSON, state: JSON, move: JSON, context: Context) -> Outcome:
    """Carry out one step: a guess, or a look that only helps the crowd."""
    if state.get("solved"):
        raise Refused("invalid_move", field="guess")
    opens = state.get("attempt") != context.play_number
    reached = crowd(context) + opens
    level = level_of(config, reached, own_plays(state) + opens)
    # The guess was made on the picture that the fan saw, before this attempt counted.
    seen = shown_level(config, state, context)
    after: dict[str, Any] = {
        "attempt": context.play_number,
        "plays": own_plays(state) + opens,
        "wrong": 0 if opens else state["wrong"],
        "rewarded": rewarded(config, state, reached),
        "solved": None,
        "last": None,
    }
    points = sum(
        config["levels"][number]["reward"]
        for number in after["rewarded"]
        if number not in state.get("rewarded", ())
    )
    effects: list[Effect] = [Count("plays")] if opens else []
    score = 0
    won = False
    if "guess" in move:
        right = is_right(config, move["guess"])
        after["last"] = {"guess": move["guess"].strip(), "right": right}
        if right:
            worth = config["levels"][seen]
            after["solved"] = {"level": seen, "points": worth["points"], "crowd": reached}
            score = worth["points"]
            points += score
            won = worth["prize"]
            effects.append(Count("found"))
        else:
            after["wrong"] += 1
    after["earned"] = points
    finished = "look" in move or bool(after["solved"]) or after["wrong"] >= config["guesses"]
    after["done"] = finished
    if points:
        effects.append(Points(points))
    if won:
        effects.append(TryToWin(config["levels"][seen]["pool"] or "main"))
    return Outcome(
        state=after,
        view=view(config, after, reached, level),
        finished=finished,
        score=score if finished else None,
        effects=tuple(effects),
    )


def look(config: JSON, state: JSON, context: Context) -> JSON:
    """What the fan may see before the next move."""
    return view(config, state, crowd(context), shown_level(config, state, context))


def crowd(context: Context) -> int:
    """The plays of all fans so far."""
    return int(context.totals.get("plays", 0))


def own_plays(state: JSON) -> int:
    """The fan's own plays so far."""
    return int(state.get("plays", 0))


def shown_level(config: JSON, state: JSON, context: Context) -> int:
    """The level at which the fan sees the picture now."""
    return level_of(config, crowd(context), own_plays(state))


def level_of(config: JSON, plays: int, own: int) -> int:
    """The level that *plays* of the crowd and *own* plays of the fan reach together."""
    bonus = len([step for step in config["own"] if own >= step["plays"]])
    return min(crowd_level(config["levels"], plays) + bonus, len(config["levels"]) - 1)


def crowd_level(levels: Sequence[JSON], plays: int) -> int:
    """The sharpest level whose crowd has come together; the first one is there from the start."""
    return max([0, *(number for number, level in enumerate(levels) if plays >= level["crowd"])])


def rewarded(config: JSON, state: JSON, plays: int) -> list[int]:
    """The levels whose reward the fan has had, once their present play counts."""
    reached = crowd_level(config["levels"], plays)
    due = {
        number
        for number, level in enumerate(config["levels"])
        if level["reward"] and number <= reached
    }
    return sorted(due | set(state.get("rewarded", ())))


def is_right(config: JSON, guess: str) -> bool:
    """Say whether *guess* names the picture, in any language."""
    accepted = {words for answer in config["answers"] for words in answer["text"].values() if words}
    return any(same_text(guess, words, config["typos"]) for words in accepted)


def view(config: JSON, state: JSON, plays: int, level: int) -> JSON:
    """The picture as sharp as the fan may see it, and how far it is to the next step.

    The answer and the whole picture are in it only once the fan has found them.
    """
    levels = config["levels"]
    solved = state.get("solved")
    worth = levels[level]
    blocks = None if solved else worth["blocks"] or None
    return {
        "question": text(config["question"]),
        "intro": text(config["intro"]),
        "picture": picture(config["picture"], blocks),
        "whole": blocks is None,
        "level": level + 1,
        "levels": len(levels),
        "worth": worth["points"],
        "prize": worth["prize"],
        "hints": [text(step["hint"]) for step in levels[: level + 1] if any(step["hint"].values())],
        "crowd": _progress(plays, [step["crowd"] for step in levels]),
        "own": _progress(own_plays(state), [step["plays"] for step in config["own"]]),
        "reward": _next_reward(levels, plays),
        "guesses": config["guesses"] - (0 if state.get("done", True) else state["wrong"]),
        "last": state.get("last"),
        "done": state.get("done", False),
        "earned": state.get("earned", 0),
        "solved": _solved(config, solved) if solved else None,
    }


def _progress(plays: int, steps: Sequence[int]) -> JSON:
    """How many plays there are, and between which two steps."""
    return {
        "plays": plays,
        "from": max([0, *(step for step in steps if step <= plays)]),
        "to": min((step for step in steps if step > plays), default=None),
    }


def _next_reward(levels: Sequence[JSON], plays: int) -> int:
    """What everyone gets when the crowd reaches the next level."""
    coming = [level for level in levels if level["crowd"] > plays]
    return coming[0]["reward"] if coming else 0


def _solved(config: JSON, solved: JSON) -> JSON:
    return {
        "answer": text(config["answers"][0]["text"]),
        "words": text(config["found"]),
        "level": solved["level"] + 1,
        "points": solved["points"],
    }


def problems(config: JSON) -> dict[str, list[str]]:
    """Errors by dotted field path that the shape of the fields does not show."""
    levels = config["levels"]
    found: dict[str, list[str]] = {}
    for number in range(1, len(levels)):
        before, level = levels[number - 1], levels[number]
        if level["crowd"] <= before["crowd"]:
            found[f"levels.{number}.crowd"] = [str(_l("Ask for more plays than the level before."))]
        if before["blocks"] == 0 or 0 < level["blocks"] <= before["blocks"]:
            found[f"levels.{number}.blocks"] = [str(_l("Make it sharper than the level before."))]
    if levels[0]["crowd"]:
        found["levels.0.crowd"] = [str(_l("The first level is there from the start: 0 plays."))]
    if levels[0]["blocks"] == 0:
        found["levels.0.blocks"] = [str(_l("The first level must hide something."))]
    return found
