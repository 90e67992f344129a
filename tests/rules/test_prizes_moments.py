"""The schedule of winning moments: one per unit, evenly spread, inside the campaign, reproducible from its seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masterapp.prizes.moments import Planned, plan_moments

OPENS = datetime(2026, 6, 1, tzinfo=UTC)
SHIRT, SCARF = UUID(int=1), UUID(int=2)


@settings(max_examples=50)
@given(
    units=st.integers(0, 200),
    minutes=st.integers(1, 60 * 24 * 400),
    seed=st.binary(min_size=16, max_size=32),
)
def test_every_unit_has_its_own_slice(units: int, minutes: int, seed: bytes) -> None:
    """There is one moment per unit, each inside its own equal slice of the campaign."""
    closes = OPENS + timedelta(minutes=minutes)
    moments = plan_moments([Planned(SHIRT, "main", units)], OPENS, closes, seed)
    assert len(moments) == units
    for number, moment in enumerate(moments):
        slice_width = (closes - OPENS) / units
        assert OPENS + number * slice_width - timedelta(milliseconds=1) <= moment.opens_at
        assert moment.opens_at <= OPENS + (number + 1) * slice_width
        assert OPENS <= moment.opens_at < closes


def test_the_same_seed_gives_the_same_schedule() -> None:
    """A schedule is proved by its seed alone, whatever the order in which the prizes are named."""
    prizes = [Planned(SHIRT, "main", 5), Planned(SCARF, "side", 7)]
    closes = OPENS + timedelta(days=30)
    once = plan_moments(prizes, OPENS, closes, b"seed")
    assert once == plan_moments(list(reversed(prizes)), OPENS, closes, b"seed")
    assert once != plan_moments(prizes, OPENS, closes, b"other")
    assert [moment.opens_at for moment in once] == sorted(moment.opens_at for moment in once)


def test_a_unit_falls_anywhere_in_its_slice() -> None:
    """Over many seeds a single unit is as likely in the first half as in the second."""
    closes = OPENS + timedelta(days=10)
    early = sum(
        plan_moments([Planned(SHIRT, "main", 1)], OPENS, closes, number.to_bytes(4, "big"))[
            0
        ].opens_at
        < OPENS + timedelta(days=5)
        for number in range(1000)
    )
    assert 430 < early < 570


def test_more_units_than_milliseconds_share_instants() -> None:
    """A stock larger than the time left still gets one moment each, inside the campaign."""
    closes = OPENS + timedelta(milliseconds=3)
    moments = plan_moments([Planned(SHIRT, "main", 10)], OPENS, closes, b"seed")
    assert len(moments) == 10
    assert all(OPENS <= moment.opens_at < closes for moment in moments)


def test_an_empty_stretch_of_time_is_an_error() -> None:
    """No moments can be planned in no time."""
    with pytest.raises(ValueError, match="millisecond"):
        plan_moments([Planned(SHIRT, "main", 1)], OPENS, OPENS, b"seed")
