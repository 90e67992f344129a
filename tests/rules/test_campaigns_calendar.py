"""Dates of campaigns: the state at an instant, the brand's wall clock through clock changes, the calendar strip."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterapp.campaigns.calendar import (
    NoSuchTime,
    effective_state,
    from_local,
    span,
    to_local,
)

PARIS = ZoneInfo("Europe/Paris")
OPENS = datetime(2026, 6, 1, tzinfo=UTC)
CLOSES = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "now", "is_now"),
    [
        ("draft", OPENS, "draft"),
        ("published", OPENS - timedelta(microseconds=1), "scheduled"),
        ("published", OPENS, "live"),
        ("published", CLOSES - timedelta(microseconds=1), "live"),
        ("published", CLOSES, "ended"),
        ("archived", OPENS, "archived"),
    ],
)
def test_the_clock_tells_the_state(state: str, now: datetime, is_now: str) -> None:
    """A published campaign is scheduled, live or ended by the clock; the opening is inside, the end is not."""
    assert effective_state(state, OPENS, CLOSES, now) == is_now


def test_a_campaign_without_dates_is_a_draft() -> None:
    """Nothing without both dates can be open."""
    assert effective_state("published", None, CLOSES, OPENS) == "draft"


@given(
    st.integers(0, 20 * 365 * 24 * 60),
    st.sampled_from(
        ["Europe/Paris", "America/Montreal", "Pacific/Auckland", "Asia/Kolkata", "UTC"]
    ),
)
def test_what_the_wall_clock_shows_comes_back(minutes: int, name: str) -> None:
    """An instant written on the wall clock is read again as itself, in one of its two meanings at most."""
    zone = ZoneInfo(name)
    instant = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    written = to_local(instant, zone)
    assert instant in (from_local(written, zone), from_local(written, zone, later=True))


def test_a_skipped_hour_is_refused() -> None:
    """At the start of summer time 02:30 does not exist, and nobody's campaign begins then."""
    with pytest.raises(NoSuchTime):
        from_local("2026-03-29T02:30", PARIS)


def test_an_hour_that_comes_twice_covers_both() -> None:
    """At the end of summer time an opening means the first 02:30 and an end the second one."""
    first, second = (
        from_local("2026-10-25T02:30", PARIS),
        from_local("2026-10-25T02:30", PARIS, later=True),
    )
    assert second - first == timedelta(hours=1)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-13-01T00:00", "2026-02-30T10:00", "24/12/2026"]
)
def test_a_text_that_is_no_time_is_refused(text: str) -> None:
    """What is no time raises an error and never a guess."""
    with pytest.raises(ValueError, match=r".*"):
        from_local(text, PARIS)


def test_the_strip_clips_to_its_window() -> None:
    """A campaign that reaches out of the window is drawn up to its edge; one outside is not drawn."""
    inside = span(OPENS, CLOSES, OPENS - timedelta(days=30), CLOSES + timedelta(days=30))
    assert inside is not None
    assert (inside.start, inside.length) == (333, 334)
    clipped = span(OPENS, CLOSES, OPENS + timedelta(days=15), CLOSES + timedelta(days=15))
    assert clipped is not None
    assert (clipped.start, clipped.length) == (0, 500)
    assert span(OPENS, CLOSES, CLOSES, CLOSES + timedelta(days=1)) is None
