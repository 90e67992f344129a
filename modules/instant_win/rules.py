"""The rules of an instant win, as pure functions: what a move does, and where the skin shows the result.

A prize is won when the core finds a winning moment that is due. Neither the skin nor the fan's choice enters into it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from masterapp.sdk import Chance, Context, Outcome, Points, Refused, TryToWin, _l

JSON = Mapping[str, Any]

#: Where the pointer may stop inside a segment, in thousandths of its width: never on a peg.
DRIFT = range(140, 861)

#: A wheel or a stadium with fewer parts than this does not look like one.
FEWEST = 4


def judge(config: JSON, state: JSON, move: JSON, context: Context) -> Outcome:
    """Judge one attempt: whatever the skin and the choice, it is one try at the prizes of the pool ``main``."""
    last: dict[str, Any] = {"number": context.play_number}
    if config["skin"] == "seat":
        last["choice"] = seat_chosen(config, move.get("choice"))
    elif move.get("choice") is not None:
        raise Refused("invalid_move", field="choice")
    if config["skin"] == "wheel":
        last["stop"] = stops(config["segments"], context.chance)
    new_state = {"plays": int(state.get("plays", 0)) + 1, "last": last}
    consolation = Points(config["consolation"]) if config["consolation"] else None
    return Outcome(
        state=new_state,
        view=shown(new_state),
        finished=True,
        effects=(TryToWin("main", consolation=consolation),),
    )


def shown(state: JSON) -> dict[str, Any]:
    """Return the part of the view that moves: how often the fan has played, and how the last attempt looked."""
    return {"plays": int(state.get("plays", 0)), "last": state.get("last")}


def seat_chosen(config: JSON, choice: JSON | None) -> dict[str, int]:
    """Return the seat the fan chose; refuses a seat that is not in the stadium."""
    if choice is None:
        raise Refused("invalid_move", field="choice")
    limits = {
        "block": len(config["blocks"]),
        "row": config["seat_rows"],
        "seat": config["seats_per_row"],
    }
    for part, limit in limits.items():
        if not 1 <= choice[part] <= limit:
            raise Refused("invalid_move", field=f"choice.{part}")
    return {part: choice[part] for part in limits}


def stops(segments: Sequence[JSON], chance: Chance) -> dict[str, int]:
    """Draw where the wheel stops in either case. The browser learns which case it is from the core's answer."""
    winning = [place for place, segment in enumerate(segments) if segment["wins"]]
    losing = [place for place, segment in enumerate(segments) if not segment["wins"]]
    return {
        "won": chance.pick(winning),
        "lost": chance.pick(losing),
        "drift": DRIFT.start + chance.integer(len(DRIFT)),
    }


def problems(config: JSON) -> dict[str, list[str]]:
    """Return what keeps a configuration from being playable, by field path."""
    if config["skin"] == "wheel":
        segments = config["segments"]
        if len(segments) < FEWEST:
            return {"segments": [str(_l("Give the wheel at least four segments."))]}
        if not any(segment["wins"] for segment in segments):
            return {"segments": [str(_l("Mark at least one segment as winning."))]}
        if all(segment["wins"] for segment in segments):
            return {"segments": [str(_l("Leave at least one segment that does not win."))]}
    if config["skin"] == "seat" and len(config["blocks"]) < FEWEST:
        return {"blocks": [str(_l("Give the stadium at least four blocks."))]}
    return {}
