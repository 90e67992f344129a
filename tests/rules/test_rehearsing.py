"""From a real campaign to what is rehearsed: nothing is lost or invented on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from masterapp.db import new_id
from masterapp.insight.rehearsing import (
    AssumedGame,
    AssumedPrize,
    Assumptions,
    rehearse,
    rehearsed_games,
    rehearsed_prize,
)
from masterapp.prizes.traffic import DEFAULT_PROFILE, HOURS

PRIZE = AssumedPrize(new_id(), {"en": "Shirt"}, 40, 8_500, 2)
QUOTA = {"per_day": 1, "per_period": 3, "period_hours": 48, "per_campaign": 9}
GAME = AssumedGame(new_id(), {"en": "Card"}, QUOTA, True, 60, [PRIZE], jitter=5)
# Wednesday, half past ten, until Saturday at six, on the wall clock.
WINDOW = (datetime.fromisoformat("2026-12-02T10:30"), datetime.fromisoformat("2026-12-05T18:00"))
ASSUMED = Assumptions(*WINDOW, 500, 3.0, 20, False, [GAME])


def test_a_prize_keeps_stock_value_and_limit() -> None:
    """A sealed prize becomes one with moments, a guaranteed one is won by every play."""
    found = rehearsed_prize(PRIZE)
    assert (found.id, found.quantity, found.cost_cents, found.per_fan) == (
        str(PRIZE.id),
        40,
        8_500,
        2,
    )
    assert found.sealed
    assert not rehearsed_prize(replace(PRIZE, guaranteed=True)).sealed


def test_a_game_keeps_its_quotas_and_its_hours() -> None:
    """Quotas, jitter and the share of plays that try arrive; hours count from the full hour of the opening."""
    (found,) = rehearsed_games(ASSUMED, None)
    audience = found.audience
    assert (audience.per_day, audience.in_all) == (1, 9)
    assert (audience.per_period, audience.period_hours) == (3, 48)
    assert (audience.trying, audience.doubt, found.jitter) == (0.6, 0.2, 5)
    assert audience.first_hour == 2 * 24 + 10
    assert found.hours == ASSUMED.hours == 80


@pytest.mark.parametrize(("like_past", "known"), [(True, True), (False, True), (True, False)])
def test_the_profile_is_the_one_asked_for(like_past: bool, known: bool) -> None:
    """The brand's own hours are followed when they are known and asked for, else those of a typical week."""
    past = tuple(range(1, HOURS + 1)) if known else None
    (found,) = rehearsed_games(replace(ASSUMED, like_past=like_past), past)
    assert found.audience.profile == (past if like_past and known else DEFAULT_PROFILE)


def test_prizes_are_sealed_over_their_own_hours() -> None:
    """Plays in other hours than those that sealing expects do not move the moments."""
    (found,) = rehearsed_games(replace(ASSUMED, like_past=True), tuple(range(1, HOURS + 1)))
    assert found.sealing == DEFAULT_PROFILE


def test_a_guaranteed_prize_goes_first_to_whoever_plays_first() -> None:
    """Each play takes a guaranteed unit until none is left; sealed prizes are not in their way."""
    thanks = AssumedPrize(new_id(), {"en": "Sticker"}, 100, 10, 0, guaranteed=True)
    game = replace(GAME, prizes=[PRIZE, thanks], trying=100)
    forecast = rehearse(replace(ASSUMED, games=[game]), None)
    assert forecast is not None
    shirt, sticker = forecast.prizes
    assert sticker.left_chance == 0
    assert sticker.lasts.high < 24
    assert shirt.given.low >= 35


def test_a_campaign_without_games_has_no_rehearsal() -> None:
    """There is nothing to play, and nothing is made up."""
    assert rehearse(replace(ASSUMED, games=[]), None) is None


def test_interest_lasts_as_long_as_the_campaign() -> None:
    """In a month and in a year alike the last day has about half of the first one's plays."""
    for days in (30, 360):
        long = replace(ASSUMED, closes=WINDOW[0] + timedelta(days=days))
        (found,) = rehearsed_games(long, None)
        assert (1 - found.audience.fading) ** days == pytest.approx(0.55, rel=0.02)
