"""Prizes won in games and handed over by a person: who still waits for one, marked once, undone after a mis-tap.

A prize that is a coupon is handed over by the statement that uses the coupon, and waits again when that is undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, namedtuple_row

from masterapp.audit import service as audit
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.sql import Clause

PAGE = 50

_GRANTS = """
SELECT won.id, won.state, won.created_at, won.handed_over_at, prize.label, prize.offer_id IS NOT NULL AS coupon,
       game.title AS game, fan.id AS fan_id, fan.number AS fan_number, fan.display_name AS fan_name, fan.email
FROM prize_grant AS won
JOIN game ON game.brand_id = won.brand_id AND game.id = won.game_id
JOIN prize ON prize.brand_id = won.brand_id AND prize.id = won.prize_id
JOIN fan ON fan.brand_id = won.brand_id AND fan.id = won.fan_id
WHERE won.brand_id = %(brand)s AND game.campaign_id = %(campaign)s AND won.state = %(state)s
  AND (%(after)s::uuid IS NULL OR won.id > %(after)s::uuid)
ORDER BY won.id LIMIT %(many)s
"""
_COUNTS = """
SELECT won.state, count(*) FROM prize_grant AS won
JOIN game ON game.brand_id = won.brand_id AND game.id = won.game_id
WHERE won.brand_id = %(brand)s AND game.campaign_id = %(campaign)s GROUP BY won.state
"""
_CAMPAIGNS = """
SELECT campaign.id, campaign.title, count(*) FILTER (WHERE won.state = 'won') AS waiting, count(*) AS given
FROM prize_grant AS won
JOIN game ON game.brand_id = won.brand_id AND game.id = won.game_id
JOIN campaign ON campaign.brand_id = game.brand_id AND campaign.id = game.campaign_id
WHERE won.brand_id = %(brand)s AND won.state <> 'cancelled'
GROUP BY campaign.id, campaign.title ORDER BY waiting DESC, campaign.id DESC LIMIT 100
"""
_MARK = """
UPDATE prize_grant SET state = %(ends)s, handed_over_at = %(at)s
WHERE brand_id = %(brand)s AND id = %(grant)s AND state = %(begins)s
"""
_STATE = "SELECT state FROM prize_grant WHERE brand_id = %(brand)s AND id = %(grant)s"
#: Our clauses in the till's statements: the coupon ``held`` was ``used``; the use of ``coupon_id`` was ``undone``.
HANDED = Clause(
    "handed",
    """
UPDATE prize_grant AS won SET state = 'handed_over', handed_over_at = used.created_at
FROM held, used
WHERE won.brand_id = %(brand)s AND won.id = held.grant_id AND won.state = 'won'
""",
)
WAITS_AGAIN = Clause(
    "waiting",
    """
UPDATE prize_grant AS won SET state = 'won', handed_over_at = NULL
FROM undone JOIN coupon ON coupon.brand_id = %(brand)s AND coupon.id = undone.coupon_id
WHERE won.brand_id = coupon.brand_id AND won.id = coupon.grant_id AND won.state = 'handed_over'
  AND won.handed_over_at = undone.created_at
""",
)


@dataclass(frozen=True)
class Won:
    """A prize that a fan has won in a game, as the desk lists it."""

    id: UUID
    state: str
    created_at: datetime
    handed_over_at: datetime | None
    label: dict[str, Any]
    coupon: bool
    game: dict[str, Any]
    fan_id: UUID
    fan_number: int
    fan_name: str
    email: str | None


def of_campaign(
    brand_id: UUID, campaign_id: UUID, state: str, after: UUID | None = None
) -> Sequence[Won]:
    """Return a page of the campaign's prizes in this state, and one more when there is a next page."""
    names = {
        "brand": brand_id,
        "campaign": campaign_id,
        "state": state,
        "after": after,
        "many": PAGE + 1,
    }
    with db.driver.cursor(row_factory=class_row(Won)) as cursor:
        return cursor.execute(_GRANTS, names).fetchall()


def counts(brand_id: UUID, campaign_id: UUID) -> dict[str, int]:
    """Return how many of the campaign's prizes are in each state."""
    names = {"brand": brand_id, "campaign": campaign_id}
    return dict(db.driver.execute(_COUNTS, names).fetchall())


def campaigns(brand_id: UUID) -> Sequence[Any]:
    """Return the campaigns whose games gave prizes, with how many still wait to be handed over, most first."""
    with db.driver.cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(_CAMPAIGNS, {"brand": brand_id}).fetchall()


def state_of(brand_id: UUID, grant_id: UUID) -> str:
    """Return whether a prize is won, handed over or cancelled. Raises ``not_found``."""
    row = db.driver.execute(_STATE, {"brand": brand_id, "grant": grant_id}).fetchone()
    if row is None:
        raise Refused("not_found")
    return str(row[0])


def hand_over(brand_id: UUID, grant_id: UUID, *, member_id: UUID, at: datetime) -> None:
    """Mark a prize as handed over; twice is once. Raises ``not_found``, and ``conflict`` for a cancelled one."""
    _mark(brand_id, grant_id, "won", "handed_over", at, member_id)


def take_back(brand_id: UUID, grant_id: UUID, *, member_id: UUID) -> None:
    """Undo a mis-tap: the prize waits to be handed over again."""
    _mark(brand_id, grant_id, "handed_over", "won", None, member_id)


def _mark(
    brand_id: UUID,
    grant_id: UUID,
    begins: str,
    ends: str,
    at: datetime | None,
    member_id: UUID,
) -> None:
    names = {"brand": brand_id, "grant": grant_id, "begins": begins, "ends": ends, "at": at}
    if not db.driver.execute(_MARK, names).rowcount:
        if state_of(brand_id, grant_id) != ends:
            raise Refused("conflict")
        return
    audit.record(
        brand_id,
        "prize_handed_over" if at else "prize_taken_back",
        actor_kind="member",
        actor_id=member_id,
        object_kind="grant",
        object_id=grant_id,
    )
