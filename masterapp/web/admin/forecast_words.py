"""A forecast in words: what becomes of each prize, numbers as people write them, a sentence for each picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from babel import Locale
from babel.numbers import format_compact_decimal, format_currency
from flask_babel import format_decimal

from masterapp.insight.crowd import HOURS_A_DAY
from masterapp.insight.forecast import Forecast, PrizeForecast, Spread
from masterapp.insight.rehearsing import AssumedPrize, Assumptions
from masterapp.texts import language
from masterapp.texts import translate as _
from masterapp.web.admin.shell import desk, plain_day
from masterapp.web.ui import REGIONAL, local

#: A difference that nobody plans for: a twentieth, or one unit of a small stock.
SLIGHT = 0.05
#: Plays a second from which whoever runs the servers should know of the campaign.
BUSY_SECOND = 50


@dataclass(frozen=True)
class Fate:
    """One prize and what becomes of it."""

    prize: AssumedPrize
    found: PrizeForecast

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(dict(self.prize.label), "–")

    @property
    def left(self) -> Spread:
        """What is left at the end."""
        given, stock = self.found.given, self.prize.stock
        return Spread(stock - given.high, stock - given.middle, stock - given.low)

    @property
    def slight(self) -> float:
        """How many units left do not matter."""
        return max(1.0, SLIGHT * self.prize.stock)


def fates(assumed: Assumptions, forecast: Forecast) -> list[Fate]:
    """Return the prizes that have any stock, with what becomes of each."""
    rehearsed = [prize for game in assumed.games for prize in game.prizes]
    return [
        Fate(prize, found)
        for prize, found in zip(rehearsed, forecast.prizes, strict=True)
        if prize.stock
    ]


def whole(value: float) -> str:
    """Write a number without decimals."""
    return str(format_decimal(round(value)))


def money(cents: float) -> str:
    """Write an amount in the brand's currency; cents only where they tell something."""
    locale = Locale.parse(REGIONAL[language()])
    pattern = locale.currency_formats["standard"].pattern
    if abs(cents) >= 10_000 or not round(cents) % 100:
        return format_currency(
            round(cents / 100),
            desk().brand.currency,
            pattern.replace(".00", ""),
            locale=locale,
            currency_digits=False,
        )
    return format_currency(round(cents) / 100, desk().brand.currency, locale=locale)


def short(value: float) -> str:
    """Write a number that must fit into a picture: thousands and millions in short."""
    if value < 10_000:
        return whole(value)
    return str(format_compact_decimal(value, locale=REGIONAL[language()], fraction_digits=1))


def between(spread: Spread, write: Any = whole) -> str:
    """Write a range, or the one value when both ends read alike."""
    low, high = write(spread.low), write(spread.high)
    return low if low == high else str(_("%(low)s to %(high)s", low=low, high=high))


def moment_of(assumed: Assumptions, hour: float) -> datetime:
    """The moment of the wall clock so many hours after the beginning; the end belongs to the last day."""
    return min(assumed.begins + timedelta(hours=hour), assumed.closes - timedelta(minutes=1))


def days_of(assumed: Assumptions, many: int) -> list[date]:
    first = assumed.begins.date()
    return [first + timedelta(days=number) for number in range(many)]


def a_second(plays: float) -> str:
    """Plays in a second: small numbers with a decimal, so that they are not all nought."""
    if plays < 0.05:
        return f"< {format_decimal(0.1)}"
    return str(format_decimal(round(plays, 1 if plays < 10 else None)))


def day_of(assumed: Assumptions, hour: float) -> str:
    return plain_day(moment_of(assumed, hour).date())


def by_day(assumed: Assumptions, hours: Sequence[float]) -> list[tuple[date, list[float]]]:
    """The hours of each day of the calendar."""
    first = HOURS_A_DAY - assumed.begins.hour
    borders = [0, *range(first, len(hours), HOURS_A_DAY), len(hours)]
    days = days_of(assumed, len(borders) - 1)
    return [
        (day, list(hours[begin:end]))
        for day, (begin, end) in zip(days, pairwise(borders), strict=True)
    ]


def busiest(assumed: Assumptions, hours: Sequence[float]) -> datetime:
    return assumed.begins + timedelta(hours=hours.index(max(hours)))


def said_of_stock(listed: Sequence[Fate], assumed: Assumptions) -> str:
    """How the stock goes against time: half-way through, half of it should be gone."""
    stock = sum(fate.prize.stock for fate in listed)
    if not stock:
        return ""
    middle = len(listed[0].found.left_by_day) // 2
    day = plain_day(assumed.begins.date() + timedelta(days=middle))
    left = sum(fate.found.left_by_day[middle].middle for fate in listed)
    gone = round(100 * (1 - left / stock))
    if gone < 35:
        return _(
            "By %(day)s, half-way through, only %(gone)s %% of the stock is won: "
            "too few plays or fans for so many prizes. "
            "Reduce the stock, bring in more fans or let them play more often.",
            day=day,
            gone=gone,
        )
    if gone > 70:
        return _(
            "By %(day)s, half-way through, %(gone)s %% of the stock is already won: "
            "late-comers find little. Shorten the campaign or add stock.",
            day=day,
            gone=gone,
        )
    return _(
        "By %(day)s, half-way through, %(gone)s %% of the stock is won: prizes last as long as the campaign.",
        day=day,
        gone=gone,
    )


def said_of_endings(listed: Sequence[Fate], assumed: Assumptions) -> str:
    """The sentence of the prize that needs a decision most, or that none does."""
    worrying = [fate for fate in listed if fate.left.high > fate.slight]
    if worrying:
        # What is certain to be left needs a decision before what may be left.
        worst = max(worrying, key=lambda fate: (fate.left.low, fate.left.high))
        facts = {"prize": worst.label, "stock": whole(worst.prize.stock)}
        if worst.left.low > worst.slight:
            return _(
                "In 9 rehearsals of 10, at least %(left)s of the %(stock)s “%(prize)s” are not won. "
                "With a stock of %(better)s about all of them would be.",
                left=whole(worst.left.low),
                better=whole(max(1, worst.found.given.middle)),
                **facts,
            )
        return _(
            "In 1 rehearsal of 10, %(left)s or more of the %(stock)s “%(prize)s” are not won. "
            "With %(less)s fewer, all would go in 9 rehearsals of 10.",
            left=whole(worst.left.high),
            less=whole(worst.left.high),
            **facts,
        )
    if not listed:
        return ""
    early = min(listed, key=lambda fate: fate.found.lasts.middle)
    if early.prize.stock > 3 and early.found.lasts.middle < 0.8 * assumed.hours:
        return _(
            "In half of the rehearsals “%(prize)s” is gone by %(day)s; from then on nobody can win it. "
            "About %(more)s more would last to the end.",
            prize=early.label,
            day=day_of(assumed, early.found.lasts.middle),
            more=whole(early.prize.stock * (assumed.hours / max(1, early.found.lasts.middle) - 1)),
        )
    return _(
        "In 9 rehearsals of 10 all but a few prizes are won, and the last ones near the end: nothing to change."
    )


def said_of_cost(forecast: Forecast, full: int) -> str:
    cost = forecast.cost_cents
    if cost.low >= (1 - SLIGHT) * full:
        return _(
            "Nearly the whole stock is won whatever happens: plan on its full value of %(full)s.",
            full=money(full),
        )
    return _(
        "In 8 rehearsals of 10 the prizes won are worth %(range)s, out of a stock of %(full)s: "
        "with a budget of %(high)s you are safe 9 times in 10.",
        range=between(cost, money),
        full=money(full),
        high=money(cost.high),
    )


def said_of_plays(assumed: Assumptions, forecast: Forecast) -> str:
    hours = forecast.plays_by_hour
    at = busiest(assumed, hours)
    facts = {
        "day": plain_day(at.date(), "EEEE d MMMM"),
        "hour": at.strftime("%H:%M"),
        "plays": whole(max(hours)),
    }
    if forecast.peak_second < 1:
        said = _(
            "The busiest hour is %(day)s at %(hour)s, with about %(plays)s plays: less than one a second.",
            **facts,
        )
    else:
        said = _(
            "The busiest hour is %(day)s at %(hour)s, with about %(plays)s plays; "
            "its busiest second may see %(second)s.",
            second=a_second(forecast.peak_second),
            **facts,
        )
    if forecast.peak_second < BUSY_SECOND:
        return f"{said} {_('One ordinary server carries that: nothing to prepare.')}"
    advice = _(
        "Tell whoever runs the servers before you announce it, and send announcements in waves rather than at once."
    )
    return f"{said} {advice}"
