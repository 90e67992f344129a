"""Charts drawn on the server as SVG without any inline style: columns over time and bars of shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
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
