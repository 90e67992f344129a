"""What a rehearsal found, for people: each picture with its sentence, its table and its CSV."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import ceil
from typing import Any

from flask_babel import format_decimal

from masterapp.insight.crowd import HOURS_A_DAY
from masterapp.insight.forecast import Forecast, Spread
from masterapp.insight.rehearsing import Assumptions
from masterapp.texts import translate as _
from masterapp.texts import translate_plural as _n
from masterapp.web.admin import charts
from masterapp.web.admin import forecast_words as words
from masterapp.web.admin.forecast_tables import tables
from masterapp.web.admin.forecast_words import Fate, between, by_day, money, whole
from masterapp.web.admin.shell import plain_day

#: So many pictures of prizes are open; the others are a tap away.
MOST_OPEN = 6


def page(assumed: Assumptions, forecast: Forecast) -> dict[str, Any]:
    """Return what the template shows of a forecast."""
    listed = words.fates(assumed, forecast)
    full = sum(fate.prize.stock * fate.prize.value_cents for fate in listed)
    days = words.days_of(assumed, len(forecast.plays_by_day))
    return {
        "fans": _n("%(fans)s fan", "%(fans)s fans", assumed.fans, fans=whole(assumed.fans)),
        "runs": forecast.runs,
        "headline": _headline(forecast, listed, full),
        "odds": _odds(forecast),
        "stock": [_stock_picture(fate, days) for fate in listed],
        "most_open": MOST_OPEN,
        "endings": [_ending(fate, assumed) for fate in listed],
        "cost": _cost(forecast, full) if full else None,
        "plays": _plays_picture(assumed, forecast, days),
        "tables": tables(assumed, forecast),
        "said": {
            "stock": words.said_of_stock(listed, assumed),
            "endings": words.said_of_endings(listed, assumed),
            "cost": words.said_of_cost(forecast, full) if full else "",
            "plays": words.said_of_plays(assumed, forecast),
        },
    }


def _headline(forecast: Forecast, listed: Sequence[Fate], full: int) -> list[dict[str, str]]:
    def line(label: str, value: str, note: str) -> dict[str, str]:
        return {"label": label, "value": value, "note": note}

    lines = [line(_("Plays"), whole(forecast.plays.middle), between(forecast.plays))]
    if forecast.plays_per_win:
        odds = forecast.plays_per_win
        lines.append(
            line(
                _("Odds"),
                _("1 in %(n)s", n=_odd(odds.middle)),
                _(
                    "between 1 in %(low)s and 1 in %(high)s",
                    low=_odd(odds.low),
                    high=_odd(odds.high),
                ),
            )
        )
    if listed and full:
        cost = forecast.cost_cents
        lines.append(line(_("Cost of prizes"), money(cost.middle), between(cost, money)))
    peak = words.a_second(forecast.peak_second)
    lines.append(
        line(
            _("Busiest second"),
            peak,
            _n(
                "%(plays)s play in the busiest hour",
                "%(plays)s plays in the busiest hour",
                round(forecast.peak_hour.high),
                plays=whole(forecast.peak_hour.high),
            ),
        )
    )
    return lines


def _odd(plays: float) -> str:
    """One play in so many: a decimal tells something of small numbers only."""
    return whole(plays) if plays >= 10 else str(format_decimal(round(max(1, plays), 1)))


def _odds(forecast: Forecast) -> str:
    """The odds as they may be published in the rules."""
    odds = forecast.plays_per_win
    if odds is None:
        return ""
    middle, low, high = _odd(odds.middle), _odd(odds.low), _odd(odds.high)
    if low == high:
        return _("Odds you can publish: about one play in %(middle)s wins.", middle=middle)
    return _(
        "Odds you can publish: about one play in %(middle)s wins, between one in %(low)s and one in %(high)s "
        "depending on how many people play.",
        middle=middle,
        low=low,
        high=high,
    )


def _weeks(days: Sequence[date]) -> list[float]:
    """Where Mondays lie among the days; the first days of months when there would be too many."""
    long = len(days) > 62
    starts = [
        n for n, day in enumerate(days) if n and (day.day == 1 if long else not day.weekday())
    ]
    return [number / len(days) for number in starts]


def _stock_picture(fate: Fate, days: Sequence[date]) -> dict[str, Any]:
    stock = fate.prize.stock
    points = [(float(stock),) * 3, *((d.low, d.middle, d.high) for d in fate.found.left_by_day)]
    left = between(fate.left)
    low, middle, high = (words.short(n) for n in (fate.left.low, fate.left.middle, fate.left.high))
    labels = charts.Labels(
        begin=words.short(stock),
        end=middle,
        range=_("left") if low == high else f"{low}–{high}",
        first=plain_day(days[0]),
        last=plain_day(days[-1]),
    )
    label = _(
        "%(prize)s: %(stock)s at the beginning, %(left)s left at the end.",
        prize=fate.label,
        stock=whole(stock),
        left=left,
    )
    return {
        "label": fate.label,
        "chart": charts.band(points, stock, label, labels, _weeks(days)),
    }


def _ending(fate: Fate, assumed: Assumptions) -> dict[str, Any]:
    found, hours = fate.found, assumed.hours
    first, last = (words.day_of(assumed, hour) for hour in (found.lasts.low, found.lasts.high))
    if found.lasts.low >= hours:
        told = _("Never runs out: %(left)s left at the end", left=between(fate.left))
    elif found.lasts.high >= hours:
        told = _(
            "Runs out from %(day)s on, or %(left)s left at the end",
            day=first,
            left=between(Spread(max(1, fate.left.low), fate.left.middle, max(1, fate.left.high))),
        )
    elif first == last:
        told = _("Last one won on %(day)s", day=first)
    else:
        told = _("Last one won from %(first)s to %(last)s", first=first, last=last)
    return {
        "label": fate.label,
        "words": told,
        "chart": charts.span(
            found.lasts.low, found.lasts.middle, found.lasts.high, hours, solid=True
        ),
        "chance": round(100 * found.left_chance),
    }


def _cost(forecast: Forecast, full: int) -> dict[str, Any]:
    cost = forecast.cost_cents
    return {
        "chart": charts.span(cost.low, cost.middle, cost.high, full, solid=True),
        "lines": [
            (_("Low"), money(cost.low), _("1 rehearsal in 10 costs less")),
            (_("Middle"), money(cost.middle), _("as often more as less")),
            (_("High"), money(cost.high), _("1 rehearsal in 10 costs more")),
            (_("Whole stock"), money(full), _("if everything is won")),
        ],
    }


def _plays_picture(
    assumed: Assumptions, forecast: Forecast, days: Sequence[date]
) -> dict[str, Any]:
    hours = forecast.plays_by_hour
    shown = hours
    if len(hours) > 62 * HOURS_A_DAY:
        # Of a long campaign the busiest hour of every day is what can still be seen.
        shown = [max(part) for _day_of, part in by_day(assumed, hours)]
    label = _("Plays per hour over the days; the table holds the numbers.")
    top = charts.nice_top(ceil(max(shown, default=0)))
    return {
        "chart": charts.area(shown, label, _weeks(days)),
        "top": top,
        "days": [days[0], days[len(days) // 2], days[-1]],
        "daily": shown is not hours,
    }
