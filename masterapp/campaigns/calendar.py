"""Time as marketers mean it: the state a campaign is in at an instant, and the brand's wall clock. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

State = Literal["draft", "scheduled", "live", "ended", "archived"]
LOCAL_FORMAT = "%Y-%m-%dT%H:%M"


class NoSuchTime(ValueError):
    """The wall clock never shows this time: it is skipped when clocks go forward."""


def effective_state(
    state: str, opens_at: datetime | None, closes_at: datetime | None, now: datetime
) -> State:
    """Return what a campaign is at *now*: what the marketer decided, told by the clock."""
    if state == "archived":
        return "archived"
    if state != "published" or opens_at is None or closes_at is None:
        return "draft"
    if now < opens_at:
        return "scheduled"
    return "live" if now < closes_at else "ended"


def to_local(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return an instant as the brand's wall clock shows it, in the form of a date field."""
    return moment.astimezone(zone).strftime(LOCAL_FORMAT) if moment else ""


def from_local(text: str, zone: ZoneInfo, *, later: bool = False) -> datetime:
    """Return the instant at which the brand's wall clock shows *text*.

    When clocks go back a time comes twice: *later* chooses the second one. Raises ``NoSuchTime`` for a time that the
    clock skips, and ``ValueError`` for a text that is no time.
    """
    naive = datetime.strptime(text[:16], LOCAL_FORMAT)  # noqa: DTZ007 - the wall clock has no zone.
    moment = naive.replace(tzinfo=zone, fold=int(later)).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != naive:
        raise NoSuchTime(text)
    return moment


@dataclass(frozen=True)
class Span:
    """Where a stretch of time lies inside a window, in thousandths of the window; clipped to it."""

    start: int
    length: int


def span(
    opens_at: datetime, closes_at: datetime, window_from: datetime, window_to: datetime
) -> Span | None:
    """Return where a campaign lies in a calendar window, or None when it lies outside."""
    if closes_at <= window_from or opens_at >= window_to:
        return None
    whole = (window_to - window_from).total_seconds()
    first = max(0.0, (opens_at - window_from).total_seconds() / whole)
    last = min(1.0, (closes_at - window_from).total_seconds() / whole)
    start = round(first * 1000)
    return Span(start, max(1, round(last * 1000) - start))
