"""The rehearsal foretells stock, cost and load, quickly and the same way twice."""

import random
import time
from dataclasses import replace

import pytest

from masterapp.insight.crowd import Audience, expected_minimum, plays_by_hour, poisson
from masterapp.insight.rehearsal import (
    Campaign,
    RehearsedPrize,
    most_days,
    rehearse,
    rehearse_together,
)
from masterapp.testing.patience import patient

AUDIENCE = Audience(fans=20_000, plays_per_fan=5, per_day=1)
PRIZES = (
    RehearsedPrize("trip", 1, 300_000, last_day=12),
    RehearsedPrize("voucher", 200, 2_000),
    RehearsedPrize("coffee", 3_000, 150, odds=20),
)
CAMPAIGN = Campaign(14, AUDIENCE, PRIZES, jitter=4)


def test_the_same_seed_gives_the_same_forecast() -> None:
    """A marketer who asks twice is told the same."""
    assert rehearse(CAMPAIGN, 5) == rehearse(CAMPAIGN, 5)
    assert rehearse(CAMPAIGN, 5) != rehearse(CAMPAIGN, 6)


def test_sealed_prizes_are_all_given_when_the_crowd_is_there() -> None:
    """With many more plays than moments nothing is left, and the trip goes before its last day."""
    forecast = rehearse(CAMPAIGN)
    trip, voucher, _coffee = forecast.prizes
    assert trip.left_chance == 0
    assert trip.runs_out_hour is not None
    assert trip.runs_out_hour.high <= 12 * 24 + 1
    # A moment may open in the last minutes, when nobody plays any more.
    assert voucher.given.low >= 199
    assert forecast.cost_cents.high <= 300_000 + 200 * 2_000 + 3_000 * 150
    assert len(voucher.left_by_day) == 14
    assert voucher.left_by_day[0].middle > voucher.left_by_day[-1].middle


def test_odds_give_their_share_of_the_plays() -> None:
    """One play in a hundred of a stock that cannot run out wins."""
    prize = RehearsedPrize("coffee", 10**6, 100, odds=100)
    forecast = rehearse(replace(CAMPAIGN, prizes=(prize,)))
    given, plays = forecast.prizes[0].given.middle, forecast.plays.middle
    assert plays / 100 * 0.95 < given < plays / 100 * 1.05
    assert forecast.prizes[0].left_chance == 1
    assert forecast.prizes[0].runs_out_hour is None


def test_generous_odds_run_out_and_the_hour_is_told() -> None:
    """A small stock at one in two is gone in the first days, in every run."""
    prize = RehearsedPrize("coffee", 500, 100, odds=2)
    found = rehearse(replace(CAMPAIGN, prizes=(prize,))).prizes[0]
    assert found.left_chance == 0
    assert found.runs_out_hour is not None
    assert found.runs_out_hour.high < 48


def test_a_campaign_without_players_keeps_its_stock() -> None:
    """Three fans cannot take two hundred prizes."""
    lonely = replace(CAMPAIGN, audience=replace(AUDIENCE, fans=3))
    found = rehearse(lonely).prizes[1]
    assert found.left_chance == 1
    assert found.given.high < 60
    nobody = rehearse(replace(CAMPAIGN, audience=replace(AUDIENCE, fans=0)))
    assert nobody.cost_cents.high == 0


def test_wins_per_fan_limit_what_a_small_crowd_takes() -> None:
    """Ten fans who may win once take ten prizes at most."""
    few = replace(AUDIENCE, fans=10, plays_per_fan=100, per_day=0)
    once = rehearse(replace(CAMPAIGN, audience=few, prizes=PRIZES[1:2], wins_per_fan=1))
    assert once.prizes[0].given.high <= 11
    free = rehearse(replace(CAMPAIGN, audience=few, prizes=PRIZES[1:2]))
    assert free.prizes[0].given.low > 50


def test_quotas_reduce_the_plays_and_nothing_else() -> None:
    """A cap per day or in all lowers the total; without caps the total is what was announced."""
    hours = CAMPAIGN.hours
    free = replace(AUDIENCE, per_day=0)
    assert sum(plays_by_hour(free, hours)) == pytest.approx(100_000)
    capped = sum(plays_by_hour(AUDIENCE, hours))
    once = sum(plays_by_hour(replace(free, in_all=1), hours))
    assert once < capped < 100_000
    assert once < 20_000
    two_days = sum(plays_by_hour(replace(free, per_period=1, period_hours=48), hours))
    assert once < two_days < capped


def test_plays_follow_the_hours_and_fade() -> None:
    """The evening is busier than the night, and the last Monday quieter than the first."""
    plays = plays_by_hour(AUDIENCE, CAMPAIGN.hours)
    assert plays[20] > 10 * plays[3]
    assert plays[7 * 24 + 20] < plays[20]


def test_the_capped_mean_is_the_textbook_one() -> None:
    """E[min(X, c)] of a Poisson X, against its definition by simulation and at its limits."""
    assert expected_minimum(0.01, 5) == pytest.approx(0.01)
    assert expected_minimum(50.0, 3) == pytest.approx(3)
    chance = random.Random(1)
    drawn = [min(poisson(2.0, chance), 2) for _ in range(20_000)]
    assert expected_minimum(2.0, 2) == pytest.approx(sum(drawn) / 20_000, rel=0.02)


@pytest.mark.parametrize("mean", [0.0, 0.3, 12.0, 400.0])
def test_hourly_numbers_have_the_right_mean_and_spread(mean: float) -> None:
    """Poisson numbers: mean and variance alike, small or large."""
    chance = random.Random(2)
    drawn = [poisson(mean, chance) for _ in range(8_000)]
    found = sum(drawn) / len(drawn)
    variance = sum((number - found) ** 2 for number in drawn) / len(drawn)
    assert found == pytest.approx(mean, rel=0.06, abs=0.01)
    assert variance == pytest.approx(mean, rel=0.12, abs=0.01)


def test_the_peak_is_told_per_hour_and_per_second() -> None:
    """The busiest second is denser than the busiest hour, and both are above the mean."""
    forecast = rehearse(CAMPAIGN)
    assert forecast.peak_hour.middle > forecast.plays.middle / (14 * 24)
    assert forecast.peak_second > forecast.peak_hour.high / 3600


def test_few_plays_still_take_the_moments_that_wait() -> None:
    """With one play every few hours a moment waits for the plays it lets pass, and is then taken."""
    quiet = replace(AUDIENCE, fans=60, plays_per_fan=2, per_day=0, doubt=0.1)
    found = rehearse(replace(CAMPAIGN, audience=quiet, prizes=PRIZES[1:2])).prizes[0]
    assert 50 < found.given.middle < 130


def test_a_fan_wins_each_prize_only_so_often() -> None:
    """Forty fans take forty units of a prize with a limit of one, and the other prize does not suffer."""
    few = replace(AUDIENCE, fans=40, plays_per_fan=50, per_day=0, doubt=0.1)
    coffee = RehearsedPrize("coffee", 1_000, per_fan=1)
    free = RehearsedPrize("pin", 300)
    found = rehearse(replace(CAMPAIGN, audience=few, prizes=(coffee, free))).prizes
    assert 35 <= found[0].given.middle <= found[0].given.high <= 40
    assert found[1].given.low >= 290


def test_only_plays_that_try_can_win() -> None:
    """When one play in ten tries, a crowd of five hundred plays takes at most about fifty prizes."""
    quiz = replace(AUDIENCE, fans=100, plays_per_fan=5, per_day=0, trying=0.1)
    found = rehearse(replace(CAMPAIGN, audience=quiz, prizes=PRIZES[1:2]))
    assert 25 < found.prizes[0].given.middle < 60
    assert found.plays_per_win is not None
    assert found.plays_per_win.middle > 8


def test_days_are_those_of_the_calendar() -> None:
    """A campaign from Monday noon to Wednesday evening has three days, of which the first is half a one."""
    short = replace(CAMPAIGN, days=2.25, audience=replace(AUDIENCE, first_hour=12, fading=0.0))
    found = rehearse(short)
    assert len(found.plays_by_hour) == 54
    assert len(found.plays_by_day) == 3
    assert len(found.prizes[0].left_by_day) == 3
    assert found.plays_by_day[0].middle < found.plays_by_day[1].middle


def test_games_side_by_side_share_their_fortune() -> None:
    """Two games together have the plays and the prizes of both, and cost as much as both."""
    alone = rehearse(CAMPAIGN)
    other = replace(CAMPAIGN, prizes=())
    both = rehearse_together([CAMPAIGN, other])
    assert [prize.id for prize in both.prizes] == [prize.id for prize in alone.prizes]
    assert both.plays.middle == pytest.approx(2 * alone.plays.middle, rel=0.1)
    assert both.cost_cents.middle == pytest.approx(alone.cost_cents.middle, rel=0.1)
    # The game without prizes counts for nothing in the odds.
    assert both.plays_per_win is not None
    assert alone.plays_per_win is not None
    assert both.plays_per_win.middle == pytest.approx(alone.plays_per_win.middle, rel=0.1)


def test_the_odds_are_plays_for_each_win() -> None:
    """A stock that goes entirely is won by one play in plays divided by stock."""
    found = rehearse(replace(CAMPAIGN, prizes=PRIZES[1:2]))
    assert found.plays_per_win is not None
    assert found.plays_per_win.middle == pytest.approx(found.plays.middle / 200, rel=0.05)
    assert rehearse(replace(CAMPAIGN, prizes=())).plays_per_win is None


def test_a_large_campaign_is_rehearsed_in_seconds() -> None:
    """A hundred thousand fans, thirty days and twenty thousand units stay well below five seconds."""
    prizes = (*PRIZES, RehearsedPrize("pin", 20_000, 50, per_fan=1))
    large = Campaign(30, replace(AUDIENCE, fans=100_000), prizes, jitter=8, wins_per_fan=3)
    before = time.process_time()
    assert rehearse(large).runs >= 20
    assert time.process_time() - before < patient(5)


def test_the_longest_and_the_largest_stay_in_bounds() -> None:
    """As many days as fifty prizes allow, and five million units, take seconds as well."""
    days = most_days([50])
    prizes = tuple(RehearsedPrize(str(number), 100_000, 100, per_fan=1) for number in range(50))
    before = time.process_time()
    found = rehearse(Campaign(days, replace(AUDIENCE, fans=1_000_000), prizes, jitter=8))
    assert time.process_time() - before < patient(5)
    assert days >= 90
    assert found.runs >= 20
    assert max(prize.given.high for prize in found.prizes) <= 100_000


def test_a_large_stock_does_not_pin_a_single_prize() -> None:
    """Beside sixty thousand coffees the one trip is still won on a day that nobody can know."""
    coffee = RehearsedPrize("coffee", 60_000, 100)
    found = rehearse(replace(CAMPAIGN, prizes=(PRIZES[0], PRIZES[1], coffee))).prizes
    assert found[0].lasts.high - found[0].lasts.low > 5 * 24
    assert found[1].given.low >= 198


def test_the_days_that_can_be_rehearsed_depend_on_the_prizes() -> None:
    """A year with ten prizes, less with a great many."""
    assert most_days([10]) == 366
