"""A module that does whatever the move asks for: credits, tries to win, gives coupons, counts, goes on or ends."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma
from marshmallow import fields as plain

from masterapp.sdk import (
    Context,
    Count,
    Coupon,
    Metric,
    Module,
    Outcome,
    Points,
    Refused,
    Starter,
    Totals,
    TryToWin,
    fields,
)


class Config(ma.Schema):
    """One text, so that forms and languages have something to draw."""

    greeting = fields.text("Greeting", default={"fr": "Bonjour", "en": "Hello"})


class Move(ma.Schema):
    """What the outcome shall contain."""

    points = plain.Integer(strict=True, load_default=0)
    win = plain.Boolean(load_default=False)
    consolation = plain.Integer(strict=True, load_default=0)
    offer = plain.UUID(load_default=None, allow_none=True)
    count = plain.Integer(strict=True, load_default=0)
    goes_on = plain.Boolean(load_default=False)
    note = plain.String(load_default="")
    refuse = plain.Boolean(load_default=False)
    score = plain.Integer(strict=True, load_default=None, allow_none=True)


class Dummy(Module):
    """See the file's first line."""

    config_schema = Config
    move_schema = Move
    starters: ClassVar = (
        Starter("plain", "Plain", "A plain one", {"greeting": {"fr": "Salut", "en": "Hi"}}),
    )

    def view(self, config: Any, state: Any, context: Context) -> Any:
        """Show the number of moves and what the core told."""
        return {
            "moves": state.get("moves", 0),
            "totals": dict(context.totals),
            "greeting": {"$text": config["greeting"]},
        }

    def play(self, config: Any, state: Any, move: Any, context: Context) -> Outcome:
        """Do what the move asks for."""
        if move["refuse"]:
            raise Refused("invalid_move")
        effects: list[Any] = []
        if move["points"]:
            effects.append(Points(move["points"]))
        if move["win"]:
            effects.append(
                TryToWin(consolation=Points(move["consolation"]) if move["consolation"] else None)
            )
        if move["offer"]:
            effects.append(Coupon(str(move["offer"])))
        if move["count"]:
            effects.append(Count("plays", move["count"]))
        moves = state.get("moves", 0) + 1
        new = {"moves": moves, "drawn": context.chance.integer(1000)}
        return Outcome(
            state=new,
            view={**new, "greeting": {"$text": config["greeting"]}},
            finished=not move["goes_on"],
            score=move["score"],
            duration_ms=1000 if move["score"] is not None else None,
            effects=tuple(effects),
        )

    def summarise(self, config: Any, totals: Totals) -> Any:
        """One figure."""
        return [Metric("Plays", totals.plays)]
