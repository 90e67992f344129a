"""The rehearsal: a campaign played many times on paper, before anybody sees it.

Fans are not simulated one by one: they arrive in hourly numbers drawn at random, which is exact
enough for stock, cost and load, and takes a second instead of an hour. Sealed moments are taken as
they will be, by the first eligible play that comes after them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, sqrt
from statistics import quantiles

from masterapp.prizes.sealing import Plan, SealedPrize, schedule
from masterapp.prizes.traffic import DEFAULT_PROFILE, HOUR_MS

HOURS_A_DAY = 24
DAY_MS = HOURS_A_DAY * HOUR_MS
# Share of the fans, and share of the plays that they account for: most play little, few play much.
SEGMENTS = ((0.70, 0.35), (0.25, 0.40), (0.05, 0.25))
# How much denser the busiest second is than the hour around it.
BURST = 4
MOST_RUNS, LEAST_RUNS, ENOUGH_WORK = 200, 20, 2_500_000
# Several secrets, so that the hours found are those of sealing and not of one secret.
MOST_SCHEDULES, ENOUGH_MOMENTS = 20, 50_000
# Monday 5 January 1970: any Monday serves for the hours of the week.
_MONDAY = 4 * DAY_MS


@dataclass(frozen=True)
class Audience:
    """Who is expected: how many, how often they would play, how often they may."""

    fans: int
    plays_per_fan: float
    per_day: int = 0
    in_all: int = 0
    profile: Sequence[int] = DEFAULT_PROFILE
    first_hour: int = 0
    fading: float = 0.02
    doubt: float = 0.25


@dataclass(frozen=True)
class RehearsedPrize:
    """One prize: its stock, what a unit costs, and how it is won.

    With `odds` of 1 in so many plays it is won by chance until none is left; without, its units are
    sealed moments over the days from `first_day` up to `last_day` (the campaign's last by default).
    """

    id: str
    quantity: int
    cost_cents: int = 0
    odds: int = 0
    first_day: int = 0
    last_day: int | None = None


@dataclass(frozen=True)
class Campaign:
    """What is rehearsed."""

    days: int
    audience: Audience
    prizes: Sequence[RehearsedPrize]
    jitter: int = 1
    wins_per_fan: int = 0


@dataclass(frozen=True)
class Spread:
    """A figure over all runs: one in ten lies below `low`, one in ten above `high`."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of some values."""
        tenths = quantiles(values, n=10, method="inclusive")
        return cls(tenths[0], tenths[4], tenths[8])


@dataclass(frozen=True)
class PrizeForecast:
    """What becomes of one prize. Hours count from the opening."""

    id: str
    given: Spread
    left_chance: float
    runs_out_hour: Spread | None
    left_by_day: list[Spread]


@dataclass(frozen=True)
class Forecast:
    """What the rehearsal found."""

    runs: int
    plays: Spread
    plays_by_hour: list[float]
    peak_hour: Spread
    peak_second: float
    cost_cents: Spread
    prizes: list[PrizeForecast]


@dataclass
class Stock:
    """One prize during one run: what is left, and when units went."""

    prize: RehearsedPrize
    left: int
    ran_out: float | None = None
    by_day: list[int] = field(default_factory=list)

    def give(self, units: int, hour: float) -> None:
        """Take units off the stock."""
        self.left -= units
        if units and not self.left:
            self.ran_out = hour


@dataclass(frozen=True)
class Due:
    """A sealed moment: when it opens, in hours, and how many plays it lets pass."""

    hour: float
    lets_pass: int
    prize: int


def rehearse(campaign: Campaign, seed: int = 0) -> Forecast:
    """Play the campaign many times; the same seed always gives the same forecast."""
    chance = random.Random(seed)  # noqa: S311  # a forecast, from which nobody wins anything
    expected = expected_plays(campaign)
    units = sum(prize.quantity for prize in campaign.prizes if not prize.odds)
    work = units + len(expected) * (2 + len(campaign.prizes))
    runs = max(LEAST_RUNS, min(MOST_RUNS, ENOUGH_WORK // work))
    secrets = max(1, min(MOST_SCHEDULES, ENOUGH_MOMENTS // max(1, units)))
    dues = [sealed_moments(campaign, seed + secret) for secret in range(secrets)]
    ends = [Run(campaign, expected, dues[run % secrets], chance) for run in range(runs)]
    costs = [
        sum((s.prize.quantity - s.left) * s.prize.cost_cents for s in end.stocks) for end in ends
    ]
    peak = Spread.of([max(end.plays) for end in ends])
    return Forecast(
        runs=runs,
        plays=Spread.of([sum(end.plays) for end in ends]),
        plays_by_hour=expected,
        peak_hour=peak,
        peak_second=peak.high * BURST / 3600,
        cost_cents=Spread.of(costs),
        prizes=[
            _forecast([end.stocks[place] for end in ends]) for place in range(len(campaign.prizes))
        ],
    )


def expected_plays(campaign: Campaign) -> list[float]:
    """The plays expected in each hour, quotas applied, following the profile and the fading."""
    audience, days = campaign.audience, campaign.days
    total = audience.fans * sum(
        share * _capped(audience.plays_per_fan * plays / share, days, audience)
        for share, plays in SEGMENTS
    )
    weights = [
        audience.profile[(audience.first_hour + hour) % len(audience.profile)]
        * (1 - audience.fading) ** (hour // HOURS_A_DAY)
        for hour in range(days * HOURS_A_DAY)
    ]
    whole = sum(weights)
    return [total * weight / whole for weight in weights]


def _capped(wanted: float, days: int, audience: Audience) -> float:
    """How often a fan plays who would like to play so often, once the quotas have spoken."""
    a_day = wanted / days
    if audience.per_day:
        a_day = expected_minimum(a_day, audience.per_day)
    return expected_minimum(a_day * days, audience.in_all) if audience.in_all else a_day * days


def expected_minimum(mean: float, cap: int) -> float:
    """The mean of the smaller of a Poisson number and a cap: the sum of P(X > k) for k below it."""
    term = total = exp(-mean)
    found = 1 - total
    for number in range(1, cap):
        term *= mean / number
        total += term
        found += max(0.0, 1 - total)
    return min(found, mean)


def sealed_moments(campaign: Campaign, seed: int) -> list[Due]:
    """The schedule that sealing would make, with a secret of the rehearsal's own."""
    start = _MONDAY + campaign.audience.first_hour * HOUR_MS
    sealed = [prize for prize in campaign.prizes if not prize.odds and prize.quantity]
    if not sealed:
        return []
    places = {prize.id: place for place, prize in enumerate(campaign.prizes)}
    plan = Plan(
        campaign="rehearsal",
        profile=tuple(campaign.audience.profile),
        offset_minutes=0,
        jitter=campaign.jitter,
        prizes=tuple(
            SealedPrize(
                prize.id,
                prize.quantity,
                start + prize.first_day * DAY_MS,
                start + (prize.last_day or campaign.days) * DAY_MS,
            )
            for prize in sealed
        ),
        secret_hash="",
        chain="",
        round=0,
    )
    moments = schedule(plan, seed.to_bytes(32, "big", signed=True))
    dues = [Due((m.t_ms - start) / HOUR_MS, m.k, places[m.prize]) for m in moments]
    return sorted(dues, key=lambda due: due.hour)


class Run:
    """One rehearsal from the opening to the end, hour by hour."""

    def __init__(
        self,
        campaign: Campaign,
        expected: Sequence[float],
        dues: Sequence[Due],
        chance: random.Random,
    ) -> None:
        self.stocks = [Stock(prize, prize.quantity) for prize in campaign.prizes]
        self.plays: list[int] = []
        self._dues, self._next, self._taken_at = dues, 0, -1.0
        self._winners, self._arrived = 0, 0.0
        doubt = campaign.audience.doubt
        # One guess for the whole run: when an estimate of the audience is wrong, it is wrong all along.
        fortune = max(0.0, chance.gauss(1, doubt / 1.2816))
        for hour, mean in enumerate(expected):
            count = poisson(mean * fortune, chance)
            self.plays.append(count)
            eligible = self._eligible(count, campaign)
            self._by_odds(hour, eligible, chance)
            self._by_moments(hour, eligible)
            self._arrived += eligible
            if hour % HOURS_A_DAY == HOURS_A_DAY - 1:
                for stock in self.stocks:
                    stock.by_day.append(stock.left)

    def _eligible(self, count: int, campaign: Campaign) -> float:
        """The plays of those who may still win, when wins per fan are counted."""
        if not campaign.wins_per_fan:
            return float(count)
        done = self._winners / campaign.wins_per_fan
        return count * max(0.0, 1 - done / campaign.audience.fans)

    def _by_odds(self, hour: int, eligible: float, chance: random.Random) -> None:
        for stock in self.stocks:
            if stock.left and stock.prize.odds:
                wins = poisson(eligible / stock.prize.odds, chance)
                given = min(wins, stock.left, int(eligible))
                stock.give(given, hour + (given / wins if wins else 0))
                self._winners += given

    def _by_moments(self, hour: int, eligible: float) -> None:
        """Plays spread evenly in the hour; each takes one moment at most, in the order they open."""
        while self._next < len(self._dues) and eligible > 0:
            due = self._dues[self._next]
            opened = self._arrived + max(0.0, due.hour - hour) * eligible + due.lets_pass
            play = max(opened, self._taken_at + 1)
            if play > self._arrived + eligible - 1 or due.hour >= hour + 1:
                return
            self._taken_at = play
            self._next += 1
            self._winners += 1
            self.stocks[due.prize].give(1, hour + (play - self._arrived) / eligible)


def poisson(mean: float, chance: random.Random) -> int:
    """A Poisson number: by products of uniforms when small, by the normal law when large."""
    if mean > 50:
        return max(0, round(chance.gauss(mean, sqrt(mean))))
    limit, product, number = exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        number += 1
    return number


def _forecast(stocks: Sequence[Stock]) -> PrizeForecast:
    prize = stocks[0].prize
    ended = [stock.ran_out for stock in stocks if stock.ran_out is not None]
    days = zip(*(stock.by_day for stock in stocks), strict=True)
    return PrizeForecast(
        id=prize.id,
        given=Spread.of([prize.quantity - stock.left for stock in stocks]),
        left_chance=sum(stock.left > 0 for stock in stocks) / len(stocks),
        runs_out_hour=Spread.of(ended) if len(ended) > 1 else None,
        left_by_day=[Spread.of(day) for day in days],
    )
