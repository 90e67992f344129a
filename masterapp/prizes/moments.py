"""When prizes are won: each unit gets its own instant, spread evenly over the campaign yet unforeseeable. Pure.

The campaign is cut into as many equal slices as a prize has units, and each unit's instant falls anywhere in its slice,
every millisecond being as likely as any other. The same seed always gives the same schedule, so that a schedule can be
committed to and proved by its seed alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from masterapp.sdk.context import Chance

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Planned:
    """What has to be spread: so many units of a prize."""

    prize_id: UUID
    pool: str
    units: int


@dataclass(frozen=True)
class Moment:
    """From this instant on, the next play that tries this pool wins one unit of the prize."""

    prize_id: UUID
    pool: str
    opens_at: datetime


def plan_moments(
    prizes: Sequence[Planned], opens_at: datetime, closes_at: datetime, seed: bytes
) -> list[Moment]:
    """Return one moment per unit of every prize, in order of time. Raises ``ValueError`` for an empty stretch of time.

    The order of *prizes* does not matter: each prize draws its chance from the seed and its own id.
    """
    width = (closes_at - opens_at) // MILLISECOND
    if width < 1:
        raise ValueError("the stretch of time must last at least a millisecond")
    planned = [
        Moment(prize.prize_id, prize.pool, opens_at + instant * MILLISECOND)
        for prize in prizes
        for instant in _instants(
            prize.units, width, hashlib.sha256(seed + prize.prize_id.bytes).digest()
        )
    ]
    return sorted(planned, key=lambda moment: (moment.opens_at, moment.prize_id))


def _instants(units: int, width: int, seed: bytes) -> list[int]:
    """Return one instant in each of *units* slices of ``0 … width - 1``; slices narrower than 1 share an instant."""
    chance = Chance(seed)
    instants = []
    for unit in range(units):
        first, after = unit * width // units, (unit + 1) * width // units
        instants.append(first + chance.integer(max(1, after - first)))
    return instants
