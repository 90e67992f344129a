"""The campaign's page of truth in words, pictures and tables: each figure once, each picture with its table and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from werkzeug.wrappers import Response

from masterapp.campaigns import games, service
from masterapp.campaigns.models import Campaign, Game
from masterapp.errors import TABLE, Refused
from masterapp.insight import campaign as insight
from masterapp.insight.table import as_csv
from masterapp.registry import registry
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.web.admin import charts
from masterapp.web.admin.shell import desk, plain_day
from masterapp.web.ui import local

of_brand = insight.of_brand

FUNNEL_WORDS = {
    "came": _l("Came in"),
    "played": _l("Played a game"),
    "finished": _l("Finished an attempt"),
    "won": _l("Won a prize or coupon"),
    "used": _l("Used it"),
}
PURPOSES = {
    "offers": _l("Offers"),
    "marketing": _l("Offers"),
    "news": _l("News"),
    "partners": _l("Partners’ offers"),
    "profiling": _l("Personalisation"),
}
CHANNELS = {
    "email": _l("e-mail"),
    "sms": _l("SMS"),
    "push": _l("notifications"),
    "phone": _l("phone"),
    "post": _l("post"),
}
REFUSALS = {
    "quota_day": _l("Daily plays used up"),
    "quota_period": _l("Plays of the period used up"),
    "quota_campaign": _l("Plays of the campaign used up"),
    "game_not_open": _l("Before the opening"),
    "game_closed": _l("After the end"),
    "game_paused": _l("While paused"),
    "excluded_staff": _l("Staff and partners"),
    "excluded_competitor": _l("Competitors"),
    "coupon_limit": _l("Coupon limit per fan"),
    "coupon_gone": _l("No coupon left"),
}


@dataclass(frozen=True)
class Table:
    """The table of a picture, shown beside it and handed out as CSV."""

    name: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]


def page(campaign: Campaign, state: str, at: datetime) -> dict[str, Any]:
    """Return what the template of the campaign's page shows."""
    listed = [game for game in service.games_of(campaign) if game.module in registry]
    if state in ("draft", "scheduled"):
        return {"figures": None, "metrics": {}, "progress": _elapsed(campaign, at)}
    figures = insight.read(campaign, listed, desk().brand.time_zone, at)
    data = _columns(campaign, figures, at)
    tables = _tables(campaign, figures, at)
    return {
        "figures": figures,
        "progress": _elapsed(campaign, at),
        "headline": _headline(figures, at),
        "funnel": _funnel(figures),
        "days": data,
        "days_top": charts.nice_top(max((column.value for column in data), default=0)),
        "days_chart": charts.columns(data, _("Attempts over time; the table holds the numbers.")),
        "stock": [_stock_line(row) for row in figures.stock],
        "opt_ins": [_opt_in_line(row) for row in figures.opt_ins],
        "refusals": [
            {"label": refusal_words(row["code"]), "fans": row["fans"], "times": row["times"]}
            for row in figures.refusals
        ],
        "tables": {table.name: table for table in tables},
        "metrics": {game.id: summary(game, figures) for game in listed},
    }


def summary(game: Game, figures: insight.Figures) -> list[Any]:
    """Return the module's own figures of a game."""
    registered = registry[game.module]
    return list(registered.module.summarise(games.version(game).config, figures.totals[game.id]))


def _elapsed(campaign: Campaign, at: datetime) -> dict[str, Any] | None:
    """Return how far the campaign is: thousandths gone, and whole days left."""
    if campaign.opens_at is None or campaign.closes_at is None:
        return None
    whole = campaign.closes_at - campaign.opens_at
    gone = min(max((at - campaign.opens_at) / whole, 0.0), 1.0)
    return {"gone": round(gone * 1000), "days_left": max(0, (campaign.closes_at - at).days)}


def _headline(figures: insight.Figures, at: datetime) -> list[dict[str, Any]]:
    today = at.astimezone(desk().zone).date()
    week = sum(n for day, n, _fans in figures.days if day > today - timedelta(days=7))
    before = sum(
        n
        for day, n, _fans in figures.days
        if today - timedelta(days=14) < day <= today - timedelta(days=7)
    )
    fans = figures.funnel["played"]
    per_fan = round(figures.plays / fans, 1) if fans else 0
    change = round(100 * (week - before) / before) if before else None
    return [
        {"label": _("Fans who played"), "value": fans, "note": None},
        {"label": _("Attempts"), "value": figures.plays, "note": None},
        {"label": _("Attempts per fan"), "value": per_fan, "note": None},
        {"label": _("Attempts in 7 days"), "value": week, "note": change},
    ]


def _funnel(figures: insight.Figures) -> list[dict[str, Any]]:
    whole = figures.funnel["came"]
    lines, previous = [], None
    for name in insight.FUNNEL_STEPS:
        value = figures.funnel[name]
        lines.append(
            {
                "label": str(FUNNEL_WORDS[name]),
                "value": value,
                "bar": charts.share(value, whole),
                "rate": round(100 * value / previous) if previous else None,
            }
        )
        previous = value
    return lines


def _columns(campaign: Campaign, figures: insight.Figures, at: datetime) -> list[charts.Column]:
    zone = desk().zone
    first = (campaign.opens_at or at).astimezone(zone).date()
    last = min(campaign.closes_at or at, at).astimezone(zone).date()
    return charts.filled([(day, plays) for day, plays, _fans in figures.days], first, last)


def _stock_line(row: Any) -> dict[str, Any]:
    behind = row["due"] - row["taken"]
    return {
        "label": local(row["label"]),
        "planned": row["planned"],
        "due": row["due"],
        "taken": row["taken"],
        "left": row["planned"] - row["taken"],
        "behind": behind,
        "bar": charts.share(row["taken"], row["planned"], row["due"]),
    }


def _opt_in_line(row: Any) -> dict[str, Any]:
    asked = row["given"] + row["refused"]
    return {
        "label": opt_in_words(row["purpose"], row["channel"]),
        "given": row["given"],
        "asked": asked,
        "rate": round(100 * row["given"] / asked) if asked else 0,
        "bar": charts.share(row["given"], asked),
    }


def opt_in_words(purpose: str, channel: str) -> str:
    """Return a purpose and channel of consent in words."""
    named = PURPOSES.get(purpose, purpose)
    return str(
        _("%(purpose)s by %(channel)s", purpose=named, channel=CHANNELS.get(channel, channel))
    )


def refusal_words(code: str) -> str:
    """Return why fans were refused, in words for the marketer."""
    if code in REFUSALS:
        return str(REFUSALS[code])
    return str(TABLE[code][1]).split(".")[0] if code in TABLE else code


def _tables(campaign: Campaign, figures: insight.Figures, at: datetime) -> list[Table]:
    return [
        Table(
            "funnel",
            _("From coming in to using it"),
            [_("Step"), _("Fans")],
            [(str(FUNNEL_WORDS[name]), figures.funnel[name]) for name in insight.FUNNEL_STEPS],
        ),
        Table(
            "plays",
            _("Attempts over time"),
            [_("Day"), _("Attempts")],
            [
                (plain_day(column.day, "medium"), column.value)
                for column in _columns(campaign, figures, at)
            ],
        ),
        Table(
            "stock",
            _("Prizes against plan"),
            [_("Prize"), _("Planned"), _("Due by now"), _("Already won"), _("Still to be won")],
            [
                (
                    local(row["label"]),
                    row["planned"],
                    row["due"],
                    row["taken"],
                    row["planned"] - row["taken"],
                )
                for row in figures.stock
            ],
        ),
        Table(
            "opt-ins",
            _("Opt-ins"),
            [_("Consent"), _("Given"), _("Not given")],
            [
                (opt_in_words(row["purpose"], row["channel"]), row["given"], row["refused"])
                for row in figures.opt_ins
            ],
        ),
        Table(
            "refusals",
            _("Refusals"),
            [_("Reason"), _("Fans"), _("Times")],
            [(refusal_words(row["code"]), row["fans"], row["times"]) for row in figures.refusals],
        ),
    ]


def csv_of(campaign: Campaign, name: str, at: datetime) -> Response:
    """Return one of the page's tables as a CSV file."""
    listed = [game for game in service.games_of(campaign) if game.module in registry]
    figures = insight.read(campaign, listed, desk().brand.time_zone, at)
    for table in _tables(campaign, figures, at):
        if table.name == name:
            response = Response(as_csv(table.heads, table.rows), mimetype="text/csv")
            response.headers["Content-Disposition"] = (
                f'attachment; filename="{campaign.slug}-{name}.csv"'
            )
            return response
    raise Refused("not_found")
