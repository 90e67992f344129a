"""Points staked for tickets: spent with the entry in one transaction, given back when the fan leaves or it is off."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from masterapp.db import db
from masterapp.draws import entering
from masterapp.draws.models import Draw
from masterapp.draws.terms import Terms
from masterapp.errors import Refused
from masterapp.points import service as points

#: Gives back what every entry of a draw staked; entries are emptied of it, so a second time finds nothing.
_EMPTY = """
UPDATE draw_entry AS mine SET staked = 0, seq = mine.seq + 1, changed_at = %(now)s
FROM (SELECT fan_id, staked FROM draw_entry WHERE brand_id = %(brand)s AND draw_id = %(draw)s AND staked > 0
      ORDER BY fan_id FOR UPDATE) AS before
WHERE mine.brand_id = %(brand)s AND mine.draw_id = %(draw)s AND mine.fan_id = before.fan_id
RETURNING mine.fan_id, before.staked
"""


def stake(draw: Draw, fan_id: UUID, amount: int, *, key: str, at: datetime) -> None:
    """Stake points; the same *key* stakes once. Raises ``points_short``, ``stake_cap``, ``draw_closed``."""
    terms = Terms.of(draw.terms)
    if draw.source != "stakes":
        raise Refused("draw_no_stakes")
    if amount < terms.price or amount % terms.price:
        raise Refused("stake_uneven", price=terms.price)
    try:
        taken = points.spend(
            draw.brand_id,
            fan_id,
            amount,
            reason="stake",
            label=draw.title,
            key=f"stake:{draw.id}:{key}",
            at=at,
        )
    except UniqueViolation:
        # The same tap arrived twice at once: the other one staked.
        db.rollback()
        return
    if taken:
        entering.enter(draw, fan_id, staked=amount, at=at)


def withdraw(draw: Draw, fan_id: UUID, *, at: datetime) -> None:
    """Take a fan out of the draw and give back what they staked."""
    staked = entering.withdraw(draw, fan_id, at=at)
    if staked:
        entry = entering.mine(draw, fan_id)
        _give_back(draw, {fan_id: staked}, f"left:{entry.seq}", at)


def give_all_back(draw: Draw, *, at: datetime) -> None:
    """Give every fan back what they staked: the draw is not held."""
    rows = db.driver.execute(
        _EMPTY, {"brand": draw.brand_id, "draw": draw.id, "now": at}
    ).fetchall()
    _give_back(draw, dict(rows), "off", at)


def give_back_to(draw: Draw, owed: dict[UUID, int], *, at: datetime) -> None:
    """Give back what fans staked whose entries count for nothing by the rules."""
    _give_back(draw, owed, "not_in", at)


def _give_back(draw: Draw, owed: dict[UUID, int], why: str, at: datetime) -> None:
    points.give_back(
        draw.brand_id,
        owed,
        reason="stake_returned",
        label=draw.title,
        key=f"stake:{draw.id}:{why}",
        at=at,
    )
