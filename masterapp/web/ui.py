"""What every template may call: icons from the one sprite, data islands, numbers and dates in the reader's language."""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import Flask, g
from flask_babel import format_decimal
from markupsafe import Markup, escape

from masterapp.texts import LOCALES, language
from masterapp.web.assets import asset

#: The conventions of dates that go with a language: English is written as in Europe here.
REGIONAL = {"fr": "fr_FR", "en": "en_GB"}


def icon(name: str, *, label: str = "", kind: str = "") -> Markup:
    """Draw an icon of ``static/icons.svg``; without a *label* it is decoration and screen readers skip it."""
    named = (
        Markup('role="img" aria-label="{}"').format(label)
        if label
        else Markup('aria-hidden="true"')
    )
    return Markup('<svg class="icon {}" {}><use href="{}#{}"/></svg>').format(
        kind, named, asset("icons.svg"), name
    )


def data_island(identifier: str, value: Any) -> Markup:
    """Put data for our scripts into the page as JSON that cannot close its own element."""
    text = json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    escaped = Markup(text)  # noqa: S704 - no character that could end the element is left.
    return Markup('<script type="application/json" id="{}">{}</script>').format(identifier, escaped)


def attributes(values: dict[str, Any]) -> Markup:
    """Write keyword arguments as attributes: ``data_id=3`` gives ``data-id="3"``, True a bare name, None nothing."""
    parts = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        name = name.rstrip("_").replace("_", "-")
        parts.append(escape(name) if value is True else Markup('{}="{}"').format(name, value))
    return Markup(" ").join(parts)


def local(texts: dict[str, str] | None, fallback: str = "") -> str:
    """Return a brand's text in the reader's language, or in the other one when it is not written in this one."""
    texts = texts or {}
    locale = language()
    return texts.get(locale) or next(
        (texts[other] for other in LOCALES if texts.get(other)), fallback
    )


def on_the_wall(moment: datetime) -> datetime:
    """Return a moment as the brand's wall clock shows it (UTC where no brand is at hand)."""
    return moment.astimezone(ZoneInfo(g.get("time_zone") or "UTC"))


def day(moment: datetime | None, form: str = "long") -> str:
    """Write the day of a moment in the reader's language and the brand's zone."""
    return format_date(on_the_wall(moment), form, locale=REGIONAL[language()]) if moment else ""


def day_and_time(moment: datetime | None, form: str = "medium") -> str:
    """Write the day, the hour and the minute of a moment; never the second, which tells people nothing."""
    if moment is None:
        return ""
    hour = format_time(on_the_wall(moment), "short", locale=REGIONAL[language()])
    return f"{day(moment, form)}, {hour}"


def shape_number(seed: str, shapes: int) -> int:
    """Return which of some shapes belongs to a text: always the same one for the same text."""
    return zlib.crc32(seed.encode()) % shapes


def init_app(app: Flask) -> None:
    """Make these functions known to every template, macros included."""
    app.jinja_env.globals.update(
        icon=icon,
        data_island=data_island,
        language=language,
        locales=LOCALES,
    )
    app.jinja_env.filters.update(
        attributes=attributes,
        local=local,
        shape_number=shape_number,
        number=format_decimal,
        day=day,
        day_and_time=day_and_time,
    )
