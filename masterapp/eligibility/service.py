"""Counting refusals, so that the marketer sees who is told no and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from masterapp.db import db

#: Refusals that are an answer of the rules; the others (a stale page, a closed game) are not counted.
COUNTED = frozenset(
    {"excluded_staff", "excluded_competitor", "quota_day", "quota_period", "quota_campaign"}
)


def count_refusal(brand_id: UUID, standing: Any, code: str, at: datetime) -> None:
    """Count one refusal of a fan at a game; it is kept although the move is not."""
    if code not in COUNTED:
        return
    db.driver.execute(
        """
        INSERT INTO refusal AS counted (brand_id, game_id, fan_id, code, day, times)
        VALUES (%s, %s, %s, %s, %s, 1)
        ON CONFLICT (brand_id, game_id, fan_id, code, day) DO UPDATE SET times = counted.times + 1
        """,
        (brand_id, standing.game_id, standing.fan_id, code, at.date()),
    )
    db.keep_on_refusal()
