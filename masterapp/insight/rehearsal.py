"""The rehearsal: a campaign played many times on paper, before anybody sees it.

Fans are not simulated one by one: they arrive in hourly numbers drawn at random, which is exact
enough for stock, cost and load, and takes a second instead of an hour. Sealed moments are taken as
they will be, by the first eligible play that comes after them.
"""

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from masterapp.insight.crowd import HOURS_A_DAY, Audience, plays_by_hour, poisson
from masterapp.insight.forecast import Forecast, PrizeForecast, Spread
from masterapp.prizes.sealing import Plan, SealedPrize, schedule
from masterapp.prizes.traffic import HOUR_MS

DAY_MS = HOURS_A_DAY * HOUR_MS
# How much denser the busiest second is than the hour around it.
BURST = 4
MOST_RUNS, LEAST_RUNS, ENOUGH_WORK = 200, 20, 2_000_000
# Several secrets, so that the hours found are those of sealing and not of one secret; of a large
# stock every moment stands for several units, so that there is time for them.
MOST_SCHEDULES, LEAST_SCHEDULES, ENOUGH_MOMENTS = 20, 10, 50_000
# Hours times prizes beyond which even the fewest runs would take more than some seconds.
MOST_WORK = 120_000
# Monday 5 January 1970: any Monday serves for the hours of the week.
_MONDAY = 4 * DAY_MS


@dataclass(frozen=True)
class RehearsedPrize:
    """One prize: its stock, what a unit costs, and how it is won.

    With `odds` of 1 in so many plays it is won by chance until none is left; a `guaranteed` one by
    every play that wins nothing else; any other at sealed moments over the days from `first_day` up
    to `last_day` (the campaign's last by default). One fan wins at most `per_fan` units; 0 sets no
    limit.
    """

    id: str
    quantity: int
    cost_cents: int = 0
    odds: int = 0
    first_day: int = 0
    last_day: int | None = None
    per_fan: int = 0
    guaranteed: bool = False

    @property
    def sealed(self) -> bool:
        """Whether its units have their moments."""
        return not self.odds and not self.guaranteed


@dataclass(frozen=True)
class Campaign:
    """What is rehearsed: one game over its days, the last of which may be a part of one.

    Moments are sealed over the `sealing` profile, which need not be that of the plays to come.
    """

    days: float
    audience: Audience
    prizes: Sequence[RehearsedPrize]
    jitter: int = 1
    wins_per_fan: int = 0
    sealing: Sequence[int] | None = None

    @property
    def hours(self) -> int:
        """How long it is open."""
        return max(1, round(self.days * HOURS_A_DAY))


@dataclass
class Stock:
    """One prize during one run: what is left, and when units went."""

    prize: RehearsedPrize
    left: int
    due: Sequence[int] = ()
    ran_out: float | None = None
    by_day: list[int] = field(default_factory=list)

    def give(self, units: int, hour: float) -> None:
        """Take units off the stock."""
        self.left -= units
        if units and not self.left:
            self.ran_out = hour

    def winnable(self, wanted: int, plays: int, fans: int, chance: random.Random) -> int:
        """How many of so many units these plays can win, once fans at their limit have been passed over."""
        if not self.prize.per_fan:
            return min(wanted, plays)
        room = self.prize.per_fan * fans - (self.prize.quantity - self.left)
        free = max(0.0, room / max(1, self.prize.per_fan * fans))
        return max(0, min(wanted, room, int(plays * free + chance.random())))


def most_days(prizes: Sequence[int]) -> int:
    """How many days can be rehearsed in seconds, for games with so many prizes each."""
    return min(366, MOST_WORK // (HOURS_A_DAY * sum(2 + many for many in prizes)))


def rehearse(campaign: Campaign, seed: int = 0) -> Forecast:
    """Play the campaign many times; the same seed always gives the same forecast."""
    return rehearse_together([campaign], seed)


def rehearse_together(games: Sequence[Campaign], seed: int = 0) -> Forecast:
    """Play several games that share their fans and days, many times; prizes keep the order of the games."""
    chance = random.Random(seed)  # noqa: S311  # a forecast, from which nobody wins anything
    expected = [plays_by_hour(game.audience, game.hours) for game in games]
    sealed = [prize.quantity for game in games for prize in game.prizes if prize.sealed]
    most = ENOUGH_MOMENTS // LEAST_SCHEDULES // max(1, len(sealed))
    moments = sum(min(most, quantity) for quantity in sealed)
    work = sum(game.hours * (2 + len(game.prizes)) for game in games)
    runs = max(LEAST_RUNS, min(MOST_RUNS, ENOUGH_WORK // work))
    secrets = max(1, min(MOST_SCHEDULES, ENOUGH_MOMENTS // max(1, moments)))
    dues = [
        [
            due_by_hour(game, hours, seed + secret, max(1, most))
            for game, hours in zip(games, expected, strict=True)
        ]
        for secret in range(secrets)
    ]
    ends = []
    for run in range(runs):
        # One guess for the whole run: when an estimate of the audience is wrong, it is wrong all along.
        fortune = max(0.0, chance.gauss(1, games[0].audience.doubt / 1.2816))
        ends.append(
            [
                Run(game, hours, due, fortune, chance)
                for game, hours, due in zip(games, expected, dues[run % secrets], strict=True)
            ]
        )
    return _summed_up(ends, [sum(hour) for hour in zip(*expected, strict=True)], games[0].audience)


def due_by_hour(
    campaign: Campaign, expected: Sequence[float], seed: int, most: int = ENOUGH_MOMENTS
) -> list[list[int]]:
    """For each prize, how many of its sealed moments can have been taken by the end of each hour.

    The schedule is the one that sealing would make, with a secret of the rehearsal's own, and with
    at most so many moments of each prize.
    """
    lots = [-(-max(1, prize.quantity) // most) for prize in campaign.prizes]
    found = [[0] * campaign.hours for _prize in campaign.prizes]
    reached = list(accumulate((hour * campaign.audience.trying for hour in expected), initial=0.0))
    for place, opens, lets_pass in _sealed_moments(campaign, lots, seed):
        hour = int(opens)
        before = reached[hour] + (opens - hour) * (reached[hour + 1] - reached[hour])
        # Taken by the play after those that it lets pass, or by nobody when none is expected.
        taken = bisect_right(reached, before + lets_pass + 0.5) - 1
        if taken < campaign.hours:
            found[place][taken] += lots[place]
    return [
        [min(many, prize.quantity) for many in accumulate(hours)]
        for prize, hours in zip(campaign.prizes, found, strict=True)
    ]


def _sealed_moments(
    campaign: Campaign, lots: Sequence[int], seed: int
) -> list[tuple[int, float, int]]:
    """The moments of sealing: the place of the prize, the hour, and how many plays are let pass."""
    start = _MONDAY + campaign.audience.first_hour * HOUR_MS
    sealed = {
        str(place): SealedPrize(
            str(place),
            -(-prize.quantity // lots[place]),
            start + prize.first_day * DAY_MS,
            start + min(campaign.hours, (prize.last_day or 366) * HOURS_A_DAY) * HOUR_MS,
        )
        for place, prize in enumerate(campaign.prizes)
        if prize.sealed and prize.quantity
    }
    if not sealed:
        return []
    plan = Plan(
        campaign="rehearsal",
        profile=tuple(campaign.sealing or campaign.audience.profile),
        offset_minutes=0,
        jitter=campaign.jitter,
        prizes=tuple(sealed.values()),
        secret_hash="",
        chain="",
        round=0,
    )
    moments = schedule(plan, seed.to_bytes(32, "big", signed=True))
    return [(int(m.prize), (m.t_ms - start) / HOUR_MS, m.k) for m in moments]


class Run:
    """One rehearsal of a game from the opening to the end, hour by hour."""

    def __init__(
        self,
        campaign: Campaign,
        expected: Sequence[float],
        due: Sequence[Sequence[int]],
        fortune: float,
        chance: random.Random,
    ) -> None:
        self.stocks = [
            Stock(prize, prize.quantity, hours)
            for prize, hours in zip(campaign.prizes, due, strict=True)
        ]
        self.plays: list[int] = []
        self.winners = 0
        self._campaign, self._chance = campaign, chance
        by_odds = [stock for stock in self.stocks if stock.prize.odds]
        sealed = [stock for stock in self.stocks if stock.prize.sealed]
        consoling = [stock for stock in self.stocks if stock.prize.guaranteed]
        for hour, mean in enumerate(expected):
            count = poisson(mean * fortune, chance)
            self.plays.append(count)
            eligible = self._eligible(count)
            if eligible:
                eligible -= self._by_odds(by_odds, hour, eligible)
                eligible -= self._by_moments(sealed, hour, eligible)
                self._guaranteed(consoling, hour, eligible)
            if ends_a_day(hour, campaign):
                for stock in self.stocks:
                    stock.by_day.append(stock.left)

    def _eligible(self, count: int) -> int:
        """The plays that try to win, of those who may still win when wins per fan are counted."""
        campaign = self._campaign
        share = campaign.audience.trying
        if campaign.wins_per_fan:
            all_wins = campaign.wins_per_fan * campaign.audience.fans
            share *= max(0.0, 1 - self.winners / max(1, all_wins))
        return count if share >= 1 else min(count, poisson(count * share, self._chance))

    def _by_odds(self, stocks: Sequence[Stock], hour: int, eligible: int) -> int:
        given = 0
        for stock in stocks:
            if stock.left:
                wins = poisson(eligible / stock.prize.odds, self._chance)
                room = min(stock.left, eligible - given)
                units = stock.winnable(min(wins, room), eligible, self._fans, self._chance)
                stock.give(units, hour + (units / wins if wins else 0))
                given += units
        self.winners += given
        return given

    def _by_moments(self, stocks: Sequence[Stock], hour: int, eligible: int) -> int:
        """The moments that are due; when the plays are too few, they are shared out at random."""
        waiting = []
        for stock in stocks:
            due = stock.left - stock.prize.quantity + stock.due[hour]
            if due > 0:
                many = stock.winnable(due, eligible, self._fans, self._chance)
                waiting.append((stock, many))
        whole, given = sum(many for _stock, many in waiting), 0
        for stock, many in waiting:
            units = many
            if whole > eligible - given:
                share = (eligible - given) * many / whole
                units = min(many, eligible - given, int(share + self._chance.random()))
            stock.give(units, hour + 0.5)
            whole, given = whole - many, given + units
        self.winners += given
        return given

    def _guaranteed(self, stocks: Sequence[Stock], hour: int, eligible: int) -> None:
        """Every play that won nothing so far takes a guaranteed unit, the first prize's before the next one's."""
        for stock in stocks:
            if stock.left and eligible:
                units = stock.winnable(stock.left, eligible, self._fans, self._chance)
                stock.give(units, hour + units / eligible)
                self.winners += units
                eligible -= units

    @property
    def _fans(self) -> int:
        return self._campaign.audience.fans


def ends_a_day(hour: int, campaign: Campaign) -> bool:
    """Whether midnight, or the campaign's end, comes after this hour."""
    return (
        campaign.audience.first_hour + hour
    ) % HOURS_A_DAY == HOURS_A_DAY - 1 or hour == campaign.hours - 1


def _summed_up(
    ends: Sequence[Sequence[Run]], expected: list[float], audience: Audience
) -> Forecast:
    """What all runs together say."""
    by_hour = [
        [sum(hour) for hour in zip(*(run.plays for run in end), strict=True)] for end in ends
    ]
    stocks = [[stock for run in end for stock in run.stocks] for end in ends]
    wins = [sum(run.winners for run in end) for end in ends]
    first = HOURS_A_DAY - audience.first_hour % HOURS_A_DAY
    borders = [0, *range(first, len(expected), HOURS_A_DAY), len(expected)]
    peak = Spread.of([max(plays) for plays in by_hour])
    # Odds are those of the games in which something can be won.
    giving = [sum(sum(run.plays) for run in end if run.stocks) for end in ends]
    odds = [plays / win for plays, win in zip(giving, wins, strict=True) if win]
    return Forecast(
        runs=len(ends),
        plays=Spread.of([sum(plays) for plays in by_hour]),
        plays_by_hour=expected,
        plays_by_day=[
            Spread.of([sum(plays[begin:end]) for plays in by_hour])
            for begin, end in pairwise(borders)
        ],
        peak_hour=peak,
        peak_second=peak.high * BURST / 3600,
        plays_per_win=Spread.of(odds) if len(odds) > 1 else None,
        cost_cents=Spread.of(
            [sum((s.prize.quantity - s.left) * s.prize.cost_cents for s in end) for end in stocks]
        ),
        prizes=[_forecast(column, len(expected)) for column in zip(*stocks, strict=True)],
    )


def _forecast(stocks: Sequence[Stock], hours: int) -> PrizeForecast:
    prize = stocks[0].prize
    ended = [stock.ran_out for stock in stocks if stock.ran_out is not None]
    days = zip(*(stock.by_day for stock in stocks), strict=True)
    return PrizeForecast(
        id=prize.id,
        given=Spread.of([prize.quantity - stock.left for stock in stocks]),
        left_chance=sum(stock.left > 0 for stock in stocks) / len(stocks),
        runs_out_hour=Spread.of(ended) if len(ended) > 1 else None,
        lasts=Spread.of([hours if s.ran_out is None else s.ran_out for s in stocks]),
        left_by_day=[Spread.of(day) for day in days],
    )
