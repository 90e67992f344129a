"""Charts drawn on the server as SVG without any inline style: columns, areas and bands over time, bars of shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from markupsafe import Markup

WIDTH = 1000
HEIGHT = 220
MOST_COLUMNS = 92


class Column(NamedTuple):
    """One column: the day it begins, how many days it stands for, and its value."""

    day: date
    days: int
    value: int


def filled(counts: Sequence[tuple[date, int]], first: date, last: date) -> list[Column]:
    """Return a column a day from *first* to *last*, days without any included; weeks when that would be too many."""
    known = dict(counts)
    length = max(1, (last - first).days + 1)
    step = 1 if length <= MOST_COLUMNS else 7
    return [
        Column(
            first + timedelta(days=start),
            step,
            sum(known.get(first + timedelta(days=start + n), 0) for n in range(step)),
        )
        for start in range(0, length, step)
    ]


def nice_top(most: int) -> int:
    """Return a round number at or above *most* for the top of the axis."""
    if most <= 4:
        return 4
    size: int = 10 ** (len(str(most)) - 1)
    for factor in (1, 2, 4, 5, 8, 10):
        if factor * size >= most:
            return factor * size
    return 20 * size


def columns(data: Sequence[Column], label: str) -> Markup:
    """Draw columns over time; numbers and days are written beside the picture, not in it."""
    top = nice_top(max((column.value for column in data), default=0))
    slot = WIDTH / max(1, len(data))
    gap = min(slot * 0.25, 6)
    parts = [
        Markup('<line class="chart-grid" x1="0" x2="{}" y1="{}" y2="{}"/>').format(
            WIDTH, round(HEIGHT * share), round(HEIGHT * share)
        )
        for share in (0.0, 0.25, 0.5, 0.75)
    ]
    for number, column in enumerate(data):
        height = HEIGHT * column.value / top
        if height:
            parts.append(
                Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                    number * slot + gap / 2, HEIGHT - height, slot - gap, height
                )
            )
    parts.append(
        Markup('<line class="chart-axis" x1="0" x2="{}" y1="{}" y2="{}"/>').format(
            WIDTH, HEIGHT, HEIGHT
        )
    )
    return Markup(
        '<svg class="chart-columns" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, label, Markup("").join(parts))


def share(value: int, whole: int, mark: int | None = None, kind: str = "") -> Markup:
    """Draw one horizontal bar: *value* of *whole*, with a tick at *mark* (the plan) when given."""
    whole = max(whole, 1)
    tick = ""
    if mark is not None:
        at = min(max(1000 * mark / whole, 2), 998)
        tick = Markup('<line class="chart-mark" x1="{:.0f}" x2="{:.0f}" y1="0" y2="12"/>').format(
            at, at
        )
    return Markup(
        '<svg class="chart-share {}" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="chart-track" width="1000" height="12"/><rect width="{:.0f}" height="12"/>{}</svg>'
    ).format(kind, min(1000.0, 1000 * value / whole), tick)


#: The picture of a band keeps its proportions, so that its labels can stand in it.
BAND_WIDTH, BAND_HEIGHT = 320, 124
_PLOT_WIDTH, _PLOT_TOP, _PLOT_BOTTOM = 238, 18, 100


class Labels(NamedTuple):
    """The words of a band, written where the thing is: its beginning and end, and the first and last day."""

    begin: str
    end: str
    range: str
    first: str
    last: str


def band(
    points: Sequence[tuple[float, float, float]],
    top: float,
    label: str,
    words: Labels,
    ticks: Sequence[float] = (),
) -> Markup:
    """Draw (low, middle, high) over time as a line in its band. *ticks* are the shares of the time that get a line."""
    step = _PLOT_WIDTH / max(1, len(points) - 1)

    def at(number: int, value: float) -> str:
        height = (_PLOT_BOTTOM - _PLOT_TOP) * min(1.0, value / max(top, 1))
        return f"{number * step:.1f},{_PLOT_BOTTOM - height:.1f}"

    upper = [at(number, high) for number, (_low, _middle, high) in enumerate(points)]
    lower = [at(number, low) for number, (low, _middle, _high) in enumerate(points)]
    middle = [at(number, value) for number, (_low, value, _high) in enumerate(points)]
    end = min(max(float(middle[-1].split(",")[1]), _PLOT_TOP + 8), _PLOT_BOTTOM - 8)
    lines = Markup("").join(
        Markup('<line class="chart-grid" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>').format(
            share * _PLOT_WIDTH, _PLOT_TOP, _PLOT_BOTTOM
        )
        for share in ticks
    )
    drawn = Markup(
        '{}<line class="chart-axis" x1="0" x2="{}" y1="{}" y2="{}"/>'
        '<polygon class="chart-band" points="{}"/><polyline class="chart-line" points="{}"/>'
    ).format(
        lines,
        _PLOT_WIDTH,
        _PLOT_BOTTOM,
        _PLOT_BOTTOM,
        " ".join([*upper, *reversed(lower)]),
        " ".join(middle),
    )
    written = Markup("").join(
        Markup('<text class="{}" x="{}" y="{:.1f}"{}>{}</text>').format(
            kind, x, y, Markup(' text-anchor="end"') if kind == "chart-last" else "", text
        )
        for kind, x, y, text in (
            ("chart-first", 0, _PLOT_TOP - 6, words.begin),
            ("chart-end", _PLOT_WIDTH + 6, end, words.end),
            ("chart-range", _PLOT_WIDTH + 6, end + 13, words.range),
            ("chart-day", 0, BAND_HEIGHT - 8, words.first),
            ("chart-last", _PLOT_WIDTH, BAND_HEIGHT - 8, words.last),
        )
    )
    return Markup(
        '<svg class="chart-stock" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>'
    ).format(BAND_WIDTH, BAND_HEIGHT, label, drawn, written)


def area(values: Sequence[float], label: str, ticks: Sequence[float] = ()) -> Markup:
    """Draw many values over time as one area; numbers and days are written beside the picture, not in it."""
    top = nice_top(ceil(max(values, default=0)))
    step = WIDTH / max(1, len(values) - 1)
    points = " ".join(
        f"{number * step:.1f},{HEIGHT - HEIGHT * value / top:.1f}"
        for number, value in enumerate(values)
    )
    grid = Markup("").join(
        Markup('<line class="chart-grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(*ends)
        for ends in [
            *((0, WIDTH, round(HEIGHT * share), round(HEIGHT * share)) for share in (0.0, 0.5)),
            *((round(WIDTH * share), round(WIDTH * share), 0, HEIGHT) for share in ticks),
        ]
    )
    return Markup(
        '<svg class="chart-area" viewBox="0 0 {0} {1}" preserveAspectRatio="none" role="img" aria-label="{2}">{3}'
        '<polygon class="chart-band" points="0,{1} {4} {0},{1}"/><polyline class="chart-line" points="{4}"/>'
        '<line class="chart-axis" x1="0" x2="{0}" y1="{1}" y2="{1}"/></svg>'
    ).format(WIDTH, HEIGHT, label, grid, points)


def span(low: float, middle: float, high: float, whole: float, solid: bool = False) -> Markup:
    """Draw a range of *whole* with a tick at its middle; *solid* fills what lies before it as well."""
    first, tick, last = (min(1000.0, 1000 * value / max(whole, 1)) for value in (low, middle, high))
    last = min(1000.0, max(last, first + 8))
    first = min(first, last - 8)
    before = (
        Markup('<rect width="{:.0f}" height="12"/>').format(max(0.0, first))
        if solid
        else Markup("")
    )
    return Markup(
        '<svg class="chart-share chart-span" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="chart-track" width="1000" height="12"/>{}'
        '<rect class="chart-soft" x="{:.0f}" width="{:.0f}" height="12"/>'
        '<line class="chart-mark" x1="{:.0f}" x2="{:.0f}" y1="0" y2="12"/></svg>'
    ).format(before, first, last - first, *(min(max(tick, 3), 997),) * 2)
