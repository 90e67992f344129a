"""What a module says of a move. The core carries it out in one transaction; the module changes nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Points:
    """Credit *amount* points to the fan (negative amounts are refused by the core).

    ``label`` is a localised text for the fan's history; without one the core names the game.
    """

    amount: int
    label: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TryToWin:
    """Try to take the winning moment that is due among the game's prizes; otherwise apply the consolation.

    ``pool`` names the game's prize pool; prizes belong to the pool ``main`` unless the marketer says otherwise.
    """

    pool: str = "main"
    consolation: Points | None = None


@dataclass(frozen=True)
class Coupon:
    """Give the fan one code of the offer with this id (a UUID in text form)."""

    offer: str


@dataclass(frozen=True)
class Count:
    """Add *amount* to a counter that all fans of the game share; read it again in ``context.totals``."""

    counter: str
    amount: int = 1


Effect = Points | TryToWin | Coupon | Count


@dataclass(frozen=True)
class Outcome:
    """The verdict of a module on one move.

    ``state`` is the fan's new state in this game (JSON, kept by the core). ``view`` is what the fan may see now:
    nothing secret may be in it. ``finished`` ends the attempt; a finished attempt may carry a ``score`` (higher is
    better) and ``duration_ms``, the time the fan needed, which breaks ties.
    """

    state: Mapping[str, Any]
    view: Mapping[str, Any]
    finished: bool = False
    score: int | None = None
    duration_ms: int | None = None
    effects: tuple[Effect, ...] = field(default=())
