"""Points outside the road of a play: spent and given back, each exactly once, the balance never below zero."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from masterapp.db import db, new_id
from masterapp.errors import Refused

_SPEND = """
WITH due AS (
    SELECT 1 FROM point_entry WHERE brand_id = %(brand)s AND fan_id = %(fan)s AND key = %(key)s
), taken AS (
    UPDATE balance SET amount = amount - %(amount)s, changed_at = %(now)s
    WHERE brand_id = %(brand)s AND fan_id = %(fan)s AND amount >= %(amount)s AND NOT EXISTS (SELECT FROM due)
    RETURNING amount
), written AS (
    INSERT INTO point_entry (brand_id, id, fan_id, amount, reason, label, key, created_at)
    SELECT %(brand)s, %(id)s, %(fan)s, -%(amount)s, %(reason)s, %(label)s, %(key)s, %(now)s FROM taken
)
SELECT (SELECT amount FROM taken), EXISTS (SELECT FROM due)
"""

_BALANCE = "SELECT amount FROM balance WHERE brand_id = %(brand)s AND fan_id = %(fan)s"


def balance_of(brand_id: UUID, fan_id: UUID) -> int:
    """Return the fan's balance."""
    row = db.driver.execute(_BALANCE, {"brand": brand_id, "fan": fan_id}).fetchone()
    return int(row[0]) if row else 0


def spend(
    brand_id: UUID,
    fan_id: UUID,
    amount: int,
    *,
    reason: str,
    label: Mapping[str, Any],
    key: str,
    at: datetime,
) -> bool:
    """Take points off a fan's balance; False when *key* took them already. Raises ``points_short``."""
    names = {
        "brand": brand_id,
        "fan": fan_id,
        "amount": amount,
        "key": key,
        "id": new_id(),
        "reason": reason,
        "label": Jsonb(dict(label)),
        "now": at,
    }
    left, done = db.driver.execute(_SPEND, names).fetchone() or (None, False)
    if done:
        return False
    if left is None:
        raise Refused("points_short", balance=balance_of(brand_id, fan_id))
    return True


#: Gives points back to several fans at once, each by a key of its own: (fans, amounts, keys). What a play earned
#: in all (``earned``, which tiers are made of) was never lowered by spending, so it does not grow again.
GIVE_BACK = """
WITH owed AS (
    SELECT * FROM unnest(%(fans)s::uuid[], %(ids)s::uuid[], %(amounts)s::bigint[], %(keys)s::text[])
        AS line (fan, id, amount, key)
), written AS (
    INSERT INTO point_entry (brand_id, id, fan_id, amount, reason, label, key, created_at)
    SELECT %(brand)s, id, fan, amount, %(reason)s, %(label)s, key, %(now)s FROM owed ORDER BY fan
    ON CONFLICT (brand_id, fan_id, key) DO NOTHING
    RETURNING fan_id, amount
)
UPDATE balance SET amount = balance.amount + written.amount, changed_at = %(now)s
FROM written WHERE balance.brand_id = %(brand)s AND balance.fan_id = written.fan_id
"""


def give_back(
    brand_id: UUID,
    owed: Mapping[UUID, int],
    *,
    reason: str,
    label: Mapping[str, Any],
    key: str,
    at: datetime,
) -> None:
    """Give points back to fans, once for each *key*."""
    lines = sorted((fan, amount) for fan, amount in owed.items() if amount > 0)
    if not lines:
        return
    names = {
        "brand": brand_id,
        "fans": [fan for fan, _amount in lines],
        "ids": [new_id() for _ in lines],
        "amounts": [amount for _fan, amount in lines],
        "keys": [key] * len(lines),
        "reason": reason,
        "label": Jsonb(dict(label)),
        "now": at,
    }
    db.driver.execute(GIVE_BACK, names)
