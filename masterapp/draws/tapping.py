"""What a fan does to a draw with one tap: take the free ticket, stake points, leave. The same key does it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from masterapp.db import db
from masterapp.draws import entering, service, stakes
from masterapp.draws.models import Draw
from masterapp.errors import Refused

#: Taps of one fan in one draw take turns: staking locks points before the entry, leaving the entry before points.
_TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended(%(turn)s, 10))"

_IS_NEW = """
INSERT INTO draw_tap (brand_id, draw_id, fan_id, key) VALUES (%(brand)s, %(draw)s, %(fan)s, %(key)s)
ON CONFLICT DO NOTHING RETURNING 1
"""


def find(brand_id: UUID, draw_id: UUID) -> Draw:
    """Return an announced draw of the brand. Raises ``not_found``: a draft does not exist for fans."""
    draw = service.find(brand_id, draw_id)
    if draw.state == "draft":
        raise Refused("not_found")
    return draw


def take_free(draw: Draw, fan_id: UUID, *, key: str, at: datetime) -> None:
    """Give the fan the free ticket. Raises ``draw_closed``."""
    _once(draw, fan_id, key, lambda: entering.take_free(draw, fan_id, at=at))


def stake(draw: Draw, fan_id: UUID, amount: int, *, key: str, at: datetime) -> None:
    """Stake points. Raises what ``stakes.stake`` raises."""
    _once(draw, fan_id, key, lambda: stakes.stake(draw, fan_id, amount, key=key, at=at))


def withdraw(draw: Draw, fan_id: UUID, *, key: str, at: datetime) -> None:
    """Take the fan out and give staked points back. Raises ``not_found``, ``draw_is_fixed``."""
    _once(draw, fan_id, key, lambda: stakes.withdraw(draw, fan_id, at=at))


def _once(draw: Draw, fan_id: UUID, key: str, act: Callable[[], object]) -> None:
    """Act unless this tap was answered: a retry that arrives after the fan left does not bring them back.

    A refusal rolls the key back with everything else. Plays and the end of a draw lock the same rows in another
    order; whom the database cancels for that begins again.
    """
    names = {"brand": draw.brand_id, "draw": draw.id, "fan": fan_id, "key": key}
    turn = f"{draw.id}:{fan_id}"

    def work() -> None:
        db.driver.execute(_TAKE_TURNS, {"turn": turn})
        if db.driver.execute(_IS_NEW, names).fetchone():
            act()

    db.retrying(work)
