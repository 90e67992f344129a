"""Who is in a draw: an entry is made by the first ticket, whatever gives it, and hides its fan behind a salted tag.

All ways in write the same row, led by its fan: tickets of plays (``road``), the free ticket, staked points. Withdrawing
keeps the row with nothing in it: it becomes a leaf of weight 0.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import namedtuple_row

from masterapp.db import db
from masterapp.draws.models import Draw
from masterapp.draws.protocol.entries import EntryClass, entry_tag, group_of
from masterapp.draws.terms import FREE_TICKETS, Terms
from masterapp.errors import Refused
from masterapp.keys import keyed_hash

WITHDRAWN = int(EntryClass.WITHDRAWN)

_FAN = """
SELECT fan.number, fan.email_key, fan.household FROM fan
WHERE fan.brand_id = %(brand)s AND fan.id = %(fan)s AND fan.erased_at IS NULL
"""

#: Enters a fan with more free tickets or staked points, while entries are open and within the cap.
_ENTER = """
INSERT INTO draw_entry AS mine
    (brand_id, draw_id, fan_id, free, staked, salt, tag, grouping, changed_at)
SELECT %(brand)s, draw.id, %(fan)s, %(free)s, %(staked)s, %(salt)s, %(tag)s, %(grouping)s, %(now)s
FROM draw
WHERE draw.brand_id = %(brand)s AND draw.id = %(draw)s AND draw.state = 'open' AND draw.closes_at > %(now)s
  AND (%(cap)s::bigint IS NULL OR %(staked)s <= %(cap)s::bigint)
ON CONFLICT (brand_id, draw_id, fan_id) DO UPDATE
SET free = greatest(mine.free, excluded.free), staked = mine.staked + excluded.staked,
    verdict = CASE WHEN mine.verdict = 1 THEN 0 ELSE mine.verdict END,
    seq = mine.seq + 1, changed_at = excluded.changed_at
WHERE %(cap)s::bigint IS NULL OR mine.staked + excluded.staked <= %(cap)s::bigint
RETURNING seq
"""

#: Empties an entry; what was staked is told so that it can be given back.
_WITHDRAW = """
UPDATE draw_entry AS mine SET free = 0, staked = 0, verdict = 1, seq = mine.seq + 1, changed_at = %(now)s
FROM draw, (SELECT staked FROM draw_entry
    WHERE brand_id = %(brand)s AND draw_id = %(draw)s AND fan_id = %(fan)s FOR UPDATE) AS before
WHERE mine.brand_id = %(brand)s AND mine.draw_id = %(draw)s AND mine.fan_id = %(fan)s AND mine.verdict = 0
  AND draw.brand_id = mine.brand_id AND draw.id = mine.draw_id AND draw.state = 'open'
RETURNING before.staked, mine.seq
"""

_MINE = """
SELECT tickets, free, staked, verdict, seq, salt, tag, grouping, changed_at FROM draw_entry
WHERE brand_id = %(brand)s AND draw_id = %(draw)s AND fan_id = %(fan)s
"""


@dataclass(frozen=True)
class Leaf:
    """What hides a fan in a draw: made once, with the first ticket."""

    salt: bytes
    tag: bytes
    grouping: bytes


def identity_of(number: int, email: str | None) -> dict[str, str]:
    """Return what the tag binds: facts that the fan and an auditor can both check."""
    known = {"member": str(number)}
    return {**known, "email": email} if email else known


def identity_now(brand_id: UUID, fan_id: UUID) -> dict[str, str]:
    """Return the fan's identity. Raises ``not_found`` for an erased fan, whom nothing identifies any more."""
    number, email, _household = _fan(brand_id, fan_id)
    return identity_of(number, email)


def _fan(brand_id: UUID, fan_id: UUID) -> tuple[int, str | None, str | None]:
    row = db.driver.execute(_FAN, {"brand": brand_id, "fan": fan_id}).fetchone()
    if row is None:
        raise Refused("not_found")
    return row[0], row[1], row[2]


def group_key(campaign_id: UUID) -> bytes:
    """Return the key that makes groups equal in all draws of a campaign and nowhere else."""
    return keyed_hash("draw groups", campaign_id.bytes)


def leaf_for(draw_id: UUID, campaign_id: UUID, identity: Mapping[str, str], unit: str) -> Leaf:
    """Make a fan's leaf with a fresh salt."""
    salt = secrets.token_bytes(32)
    tag = entry_tag(draw_id, salt, identity)
    return Leaf(salt, tag, group_of(group_key(campaign_id), unit))


def enter(draw: Draw, fan_id: UUID, *, free: int = 0, staked: int = 0, at: datetime) -> int:
    """Put free tickets or points into the fan's entry and return its new number.

    Raises ``draw_closed`` when entries are not open, ``stake_cap`` when a fan may not stake so much.
    """
    terms, fan = Terms.of(draw.terms), _fan(draw.brand_id, fan_id)
    identity, unit = identity_of(fan[0], fan[1]), terms.unit_of(fan_id, fan[2])
    leaf = leaf_for(draw.id, draw.campaign_id, identity, unit)
    names = {
        "brand": draw.brand_id,
        "draw": draw.id,
        "fan": fan_id,
        "free": free,
        "staked": staked,
        "cap": terms.most_points,
        "now": at,
        **vars(leaf),
    }
    row = db.driver.execute(_ENTER, names).fetchone()
    if row is not None:
        return int(row[0])
    db.session.refresh(draw)
    if draw.state != "open" or draw.closes_at is None or draw.closes_at <= at:
        raise Refused("draw_closed")
    raise Refused("stake_cap", most=terms.most_points)


def take_free(draw: Draw, fan_id: UUID, *, at: datetime) -> int:
    """Give the fan the free ticket of a draw, once."""
    if draw.source == "second_chance":
        raise Refused("draw_closed")
    return enter(draw, fan_id, free=FREE_TICKETS, at=at)


def withdraw(draw: Draw, fan_id: UUID, *, at: datetime) -> int:
    """Take the fan out while the list is not fixed, and return the points to give back. Twice is once."""
    names = {"brand": draw.brand_id, "draw": draw.id, "fan": fan_id, "now": at}
    row = db.driver.execute(_WITHDRAW, names).fetchone()
    if row is not None:
        return int(row[0])
    entry = mine(draw, fan_id)
    if entry is None:
        raise Refused("not_found")
    if entry.verdict != WITHDRAWN:
        raise Refused("draw_is_fixed")
    return 0


def mine(draw: Draw, fan_id: UUID) -> Any:
    """Return the fan's entry as it stands, or None."""
    cursor = db.driver.cursor(row_factory=namedtuple_row)
    names = {"brand": draw.brand_id, "draw": draw.id, "fan": fan_id}
    return cursor.execute(_MINE, names).fetchone()


def weight_of(entry: Any, terms: Terms) -> int:
    """Return how many tickets an entry holds, before the rules are asked when the list is fixed."""
    if entry.verdict in (1, 2, 3):
        return 0
    bought = entry.staked // terms.price if terms.price else 0
    held = int(entry.tickets + entry.free + bought)
    return min(held, terms.most) if terms.most else held
