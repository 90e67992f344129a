"""The tables of a forecast, one for each picture; the same rows are handed out as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from masterapp.insight.forecast import Forecast
from masterapp.insight.rehearsing import Assumptions
from masterapp.texts import translate as _
from masterapp.web.admin.forecast_words import Fate, by_day, days_of, fates, moment_of
from masterapp.web.admin.overview import Table
from masterapp.web.admin.shell import desk, plain_day


def tables(assumed: Assumptions, forecast: Forecast) -> Mapping[str, Table]:
    """Return the table of every picture, by its name."""
    listed = fates(assumed, forecast)
    found = [_table_of_plays(assumed, forecast), _table_of_hours(assumed, forecast)]
    if listed:
        found += [_table_of_stock(listed, assumed), _table_of_endings(listed, assumed)]
        found.append(_table_of_cost(listed, forecast))
    return {table.name: table for table in found}


def _table_of_stock(listed: Sequence[Fate], assumed: Assumptions) -> Table:
    days = days_of(assumed, len(listed[0].found.left_by_day))
    return Table(
        "stock",
        _("Stock day by day"),
        [_("Prize"), _("Evening of"), _("Left, low"), _("Left, middle"), _("Left, high")],
        [
            (
                fate.label,
                plain_day(day, "medium"),
                *(round(n) for n in (left.low, left.middle, left.high)),
            )
            for fate in listed
            for day, left in zip(days, fate.found.left_by_day, strict=True)
        ],
    )


def _table_of_endings(listed: Sequence[Fate], assumed: Assumptions) -> Table:
    def ends(hour: float) -> str:
        if hour >= assumed.hours:
            return _("lasts to the end")
        return plain_day(moment_of(assumed, hour).date(), "medium")

    return Table(
        "endings",
        _("When each prize runs out"),
        [
            _("Prize"),
            _("Stock"),
            _("Early (1 in 10)"),
            _("Middle"),
            _("Late (1 in 10)"),
            _("Chance that some remain, %"),
            _("Left, low"),
            _("Left, high"),
        ],
        [
            (
                fate.label,
                fate.prize.stock,
                ends(fate.found.lasts.low),
                ends(fate.found.lasts.middle),
                ends(fate.found.lasts.high),
                round(100 * fate.found.left_chance),
                round(fate.left.low),
                round(fate.left.high),
            )
            for fate in listed
        ],
    )


def _table_of_cost(listed: Sequence[Fate], forecast: Forecast) -> Table:
    currency = desk().brand.currency
    rows = [
        (
            fate.label,
            *(
                round(n * fate.prize.value_cents) / 100
                for n in (given.low, given.middle, given.high)
            ),
            fate.prize.stock * fate.prize.value_cents / 100,
        )
        for fate in listed
        for given in [fate.found.given]
    ]
    cost = forecast.cost_cents
    full = sum(fate.prize.stock * fate.prize.value_cents for fate in listed) / 100
    whole_row = (
        _("All prizes"),
        *(round(n) / 100 for n in (cost.low, cost.middle, cost.high)),
        full,
    )
    return Table(
        "cost",
        _("What the prizes cost"),
        [
            _("Prize"),
            *(
                f"{head} ({currency})"
                for head in (_("Low"), _("Middle"), _("High"), _("Whole stock"))
            ),
        ],
        [*rows, whole_row],
    )


def _table_of_plays(assumed: Assumptions, forecast: Forecast) -> Table:
    ratio = forecast.peak_second / max(max(forecast.plays_by_hour), 1e-9)
    return Table(
        "plays",
        _("Plays per hour"),
        [
            _("Day"),
            _("Plays, low"),
            _("Plays, middle"),
            _("Plays, high"),
            _("Busiest hour"),
            _("Plays in it"),
            _("Busiest second"),
        ],
        [
            (
                plain_day(day, "medium"),
                *(round(n) for n in (plays.low, plays.middle, plays.high)),
                f"{(assumed.begins.hour if not number else 0) + part.index(max(part)):02d}:00",
                round(max(part)),
                round(max(part) * ratio, 2),
            )
            for number, ((day, part), plays) in enumerate(
                zip(by_day(assumed, forecast.plays_by_hour), forecast.plays_by_day, strict=True)
            )
        ],
    )


def _table_of_hours(assumed: Assumptions, forecast: Forecast) -> Table:
    return Table(
        "hours",
        _("Every hour"),
        [_("Day"), _("Hour"), _("Plays")],
        [
            (plain_day(at.date(), "medium"), at.strftime("%H:%M"), round(plays, 1))
            for number, plays in enumerate(forecast.plays_by_hour)
            for at in [assumed.begins + timedelta(hours=number)]
        ],
    )
