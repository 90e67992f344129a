"""What the core hands to a module's verb: the time, the chance, and the few facts the module declared it needs."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

T = TypeVar("T")


class Chance:
    """A reproducible source of chance: the same seed always gives the same sequence.

    The core draws a fresh 16-byte seed for every move and keeps it with the move, so that any play can be judged again
    and must come out the same. Integers are exactly uniform (HMAC-SHA256 blocks, rejection instead of modulo bias).
    """

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self._counter = 0

    def integer(self, below: int) -> int:
        """Return an integer, uniform in ``0 … below - 1``. Raises ``ValueError`` when *below* is not positive."""
        if below < 1:
            raise ValueError("below must be at least 1")
        limit = 2**256 - 2**256 % below
        while True:
            block = hmac.digest(self.seed, self._counter.to_bytes(8, "big"), hashlib.sha256)
            self._counter += 1
            number = int.from_bytes(block, "big")
            if number < limit:
                return number % below

    def happens(self, favourable: int, of: int) -> bool:
        """Return True with the exact probability *favourable* / *of*."""
        return self.integer(of) < favourable

    def pick(self, items: Sequence[T]) -> T:
        """Return one of *items*, each with the same probability."""
        return items[self.integer(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in a uniformly random order (Fisher–Yates); the argument is left alone."""
        shuffled = list(items)
        for last in range(len(shuffled) - 1, 0, -1):
            other = self.integer(last + 1)
            shuffled[last], shuffled[other] = shuffled[other], shuffled[last]
        return shuffled


@dataclass(frozen=True)
class Fan:
    """The fan as a module sees them: an opaque key, and the traits its manifest asked for (``needs``)."""

    key: str
    traits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PointsFact:
    """The fan's points when the manifest needs ``points``: balance, lifetime total and the latest entries.

    Each entry is ``{"amount": int, "reason": str, "label": localised text, "at": ISO 8601 text}``, newest first.
    """

    balance: int = 0
    earned: int = 0
    entries: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Activity:
    """What the fan did with the brand, when the manifest needs ``activity``.

    ``plays`` counts finished plays by module slug over the fan's whole life, ``campaign_plays`` in this campaign only;
    ``days`` is the number of distinct days with a finished play, in the brand's time zone.
    """

    plays: Mapping[str, int] = field(default_factory=dict)
    campaign_plays: Mapping[str, int] = field(default_factory=dict)
    days: int = 0
    coupons: int = 0
    redemptions: int = 0
    prizes: int = 0


@dataclass(frozen=True)
class Context:
    """Everything a verb may know besides the game's configuration, the fan's state and the move.

    ``now`` is the server's clock (aware, UTC). ``play_number`` counts this fan's attempts at this game from 1.
    ``totals`` holds the game's shared counters by name when the manifest needs ``totals``.
    """

    now: datetime
    chance: Chance
    fan: Fan | None = None
    play_number: int = 1
    totals: Mapping[str, int] = field(default_factory=dict)
    points: PointsFact = field(default_factory=PointsFact)
    activity: Activity = field(default_factory=Activity)
