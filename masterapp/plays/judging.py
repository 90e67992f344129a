"""Hands a move to its module and adds up what the outcome asks for; the same code judges a move again later."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import marshmallow as ma

from masterapp.errors import Refused
from masterapp.registry import Registered
from masterapp.sdk.context import Context
from masterapp.sdk.outcome import Count, Coupon, Effect, Outcome, Points, TryToWin
from masterapp.validation import flatten


@dataclass
class Asked:
    """The effects of an outcome, added up: what one statement carries out."""

    points: int = 0
    label: Mapping[str, str] = field(default_factory=dict)
    pool: str | None = None
    consolation: int = 0
    counts: Tally[str] = field(default_factory=Tally)
    offers: list[UUID] = field(default_factory=list)


def read_move(registered: Registered, move: Mapping[str, Any]) -> dict[str, Any]:
    """Return the move as the module's schema understands it. Raises ``invalid`` naming each field."""
    try:
        loaded: dict[str, Any] = registered.move_schema.load(move)
    except ma.ValidationError as error:
        raise Refused("invalid", fields=dict(flatten(error.messages, "move"))) from None
    return loaded


def judge(
    registered: Registered,
    config: Mapping[str, Any],
    state: Mapping[str, Any],
    move: Mapping[str, Any],
    context: Context,
) -> tuple[Outcome, Asked]:
    """Return the module's outcome and its effects added up. Raises ``Refused`` as the module does."""
    outcome = registered.module.play(config, state, move, context)
    return outcome, add_up(registered, outcome.effects)


def add_up(registered: Registered, effects: tuple[Effect, ...]) -> Asked:
    """Add effects up, and hold the module to what its manifest declares."""
    asked = Asked()
    for effect in effects:
        match effect:
            case Points(amount, label):
                declared, asked.points, asked.label = (
                    "points",
                    asked.points + amount,
                    label or asked.label,
                )
                _require(amount >= 0, registered, "credits a negative number of points")
            case TryToWin(pool, consolation):
                declared = "try_to_win"
                _require(asked.pool is None, registered, "tries to win twice in one move")
                asked.pool, asked.consolation = pool, consolation.amount if consolation else 0
                asked.label = asked.label or (consolation.label if consolation else {})
            case Coupon(offer):
                declared = "coupon"
                asked.offers.append(UUID(offer))
            case Count(counter, amount):
                declared = "count"
                _require(counter in registered.manifest.counters, registered, f"counts {counter!r}")
                asked.counts[counter] += amount
        _require(
            declared in registered.manifest.effects, registered, f"uses the effect {declared!r}"
        )
    return asked


class BrokenModule(Exception):
    """A module did something its manifest does not declare: a defect of the module, never of the fan."""


def _require(holds: bool, registered: Registered, deed: str) -> None:
    if not holds:
        raise BrokenModule(f"{registered.slug} {deed}, which its manifest does not allow")
