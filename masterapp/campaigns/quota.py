"""How many attempts a fan has left: per day, per period, over the campaign. Pure; the road decides under its lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Used:
    """What the fan has used so far, as kept on the progress row."""

    plays: int = 0
    day: date | None = None
    day_plays: int = 0
    period: int = 0
    period_plays: int = 0


@dataclass(frozen=True)
class Left:
    """What is left: ``now`` is the smallest limit (None: unlimited), ``again_at`` when a used-up one refills."""

    now: int | None
    day: int | None
    period: int | None
    campaign: int | None
    again_at: datetime | None

    @property
    def refusal(self) -> str | None:
        """The refusal code of the limit that is used up, the longest-lasting one first."""
        if self.campaign == 0:
            return "quota_campaign"
        if self.period == 0:
            return "quota_period"
        if self.day == 0:
            return "quota_day"
        return None

    def as_json(self) -> dict[str, Any]:
        """Return what the page shows."""
        return {
            "now": self.now,
            "day": self.day,
            "period": self.period,
            "campaign": self.campaign,
            "again_at": self.again_at.isoformat() if self.again_at else None,
        }


UNLIMITED = Left(None, None, None, None, None)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """Return a time zone, read from disk once."""
    return ZoneInfo(name)


def period_number(quota: Mapping[str, Any], opens_at: datetime, now: datetime) -> int:
    """Return which quota period *now* lies in, counted from 0 at the opening; 0 when no period is set."""
    hours = int(quota.get("period_hours") or 0)
    return max(0, int((now - opens_at) // timedelta(hours=hours))) if hours else 0


def left(
    quota: Mapping[str, Any], used: Used, *, now: datetime, time_zone: str, opens_at: datetime
) -> Left:
    """Return what the fan may still open at *now*. Days begin at midnight in the brand's time zone."""
    local = now.astimezone(zone(time_zone))
    per_day, per_period = int(quota.get("per_day") or 0), int(quota.get("per_period") or 0)
    per_campaign = int(quota.get("per_campaign") or 0)
    hours = int(quota.get("period_hours") or 0)
    number = period_number(quota, opens_at, now)

    day = max(0, per_day - (used.day_plays if used.day == local.date() else 0)) if per_day else None
    period = None
    if per_period and hours:
        period = max(0, per_period - (used.period_plays if used.period == number else 0))
    campaign = max(0, per_campaign - used.plays) if per_campaign else None

    again: list[datetime] = []
    if campaign != 0:
        if day == 0:
            midnight = datetime.combine(
                local.date() + timedelta(days=1), datetime.min.time(), zone(time_zone)
            )
            again.append(midnight.astimezone(UTC))
        if period == 0:
            again.append(opens_at + timedelta(hours=hours * (number + 1)))
    limits = [limit for limit in (day, period, campaign) if limit is not None]
    return Left(
        min(limits) if limits else None, day, period, campaign, max(again) if again else None
    )


def spend(
    quota: Mapping[str, Any], used: Used, *, now: datetime, time_zone: str, opens_at: datetime
) -> Used:
    """Return the counts after one more attempt opened at *now*."""
    today = now.astimezone(zone(time_zone)).date()
    number = period_number(quota, opens_at, now)
    return Used(
        plays=used.plays + 1,
        day=today,
        day_plays=used.day_plays + 1 if used.day == today else 1,
        period=number,
        period_plays=used.period_plays + 1 if used.period == number else 1,
    )
