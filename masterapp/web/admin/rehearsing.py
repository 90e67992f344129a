"""The rehearsal of a campaign: what is assumed, as a form that is a link, and what comes of it. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import format_decimal
from werkzeug.wrappers import Response

from masterapp.brands.access import allow
from masterapp.campaigns import games, service
from masterapp.campaigns.calendar import LOCAL_FORMAT
from masterapp.campaigns.models import Campaign
from masterapp.db import now
from masterapp.errors import Refused
from masterapp.insight import rehearsal, rehearsing
from masterapp.insight.rehearsing import AssumedGame, Assumptions, Ground
from masterapp.insight.table import as_csv
from masterapp.limits import limiter
from masterapp.prizes import service as prizes
from masterapp.texts import lazy_text as _l
from masterapp.web.admin import forecast_tables, forecasts, journey, posted
from masterapp.web.admin.shell import READERS, desk

blueprint = Blueprint(
    "admin_rehearsing", __name__, url_prefix="/admin/campaigns", template_folder="templates"
)
#: Each look is a second or two of computing.
PACE = "40 per minute"
YEARS = range(2000, 2101)
MOST_FANS, MOST_PLAYS, MOST_DOUBT = 10_000_000, 1_000, 90

_RANGE = _l("Give a whole number from %(least)s to %(most)s.")
_PLAYS = _l("Give a number from 0.1 to %(most)s, such as 2.5.")
_NO_DAY = _l("Write a day and an hour, such as 24/12/2026 18:00.")
_BACKWARDS = _l("The campaign must end after it begins.")
_TOO_LONG = _l(
    "Rehearse at most %(most)s days at once: the beginning of a longer campaign tells how it goes on."
)


class Reading:
    """The form as sent: what it assumes, what was typed, and what is wrong with it by field."""

    def __init__(self, given: Assumptions, sent: Mapping[str, str]) -> None:
        self.sent = sent
        self.errors: posted.Errors = {}
        self.typed = {**_as_typed(given), **sent}
        self.assumed = self._read(given)

    def _read(self, given: Assumptions) -> Assumptions:
        opens, closes = self._time("opens", given.opens), self._time("closes", given.closes)
        assumed = replace(
            given,
            opens=opens,
            closes=closes,
            fans=self._whole("fans", given.fans, 1, MOST_FANS),
            plays_per_fan=self._plays(given.plays_per_fan),
            doubt=self._whole("doubt", given.doubt, 0, MOST_DOUBT),
            like_past=self.sent.get("profile", "past" if given.like_past else "typical") == "past",
            games=self._games(given),
        )
        if not {"opens", "closes"} & self.errors.keys():
            most = rehearsal.most_days([len(game.prizes) for game in assumed.games] or [0])
            if closes <= opens:
                self.errors["closes"] = [str(_BACKWARDS)]
            elif assumed.hours > most * 24:
                self.errors["closes"] = [str(_TOO_LONG) % {"most": most}]
        return assumed

    def _games(self, given: Assumptions) -> list[AssumedGame]:
        found, place = [], 0
        for number, game in enumerate(given.games):
            raw = {
                name: self.sent.get(f"{name}.{number}", game.quota.get(name, 0))
                for name in games.QUOTA_LIMITS
            }
            quota, wrong = games.checked_quota(raw) if game.limited else (dict(game.quota), {})
            self.errors.update({f"{name}.{number}": said for name, said in wrong.items()})
            kept = []
            for prize in game.prizes:
                stock = self._whole(f"stock.{place}", prize.stock, 0, prizes.LARGEST_STOCK)
                kept.append(replace(prize, stock=stock))
                place += 1
            least = 1 if game.prizes else 0
            trying = self._whole(f"trying.{number}", game.trying, least, 100)
            found.append(replace(game, quota=quota, prizes=kept, trying=trying))
        return found

    def _whole(self, name: str, given: int, least: int, most: int) -> int:
        if name not in self.sent:
            return given
        value = posted.whole(self.sent[name])
        if least <= value <= most:
            return value
        self.errors[name] = [str(_RANGE) % {"least": least, "most": format_decimal(most)}]
        return given

    def _plays(self, given: float) -> float:
        if "plays" not in self.sent:
            return given
        hundredths = posted.cents(self.sent["plays"])
        if hundredths is not None and 10 <= hundredths <= MOST_PLAYS * 100:
            return hundredths / 100
        self.errors["plays"] = [str(_PLAYS) % {"most": format_decimal(MOST_PLAYS)}]
        return given

    def _time(self, name: str, given: datetime) -> datetime:
        if name not in self.sent:
            return given
        try:
            found = datetime.strptime(self.sent[name][:16], LOCAL_FORMAT)  # noqa: DTZ007 - the wall clock has no zone.
        except ValueError:
            found = None
        if found is None or found.year not in YEARS:
            self.errors[name] = [str(_NO_DAY)]
            return given
        return found


def _as_typed(given: Assumptions) -> dict[str, Any]:
    """Return the assumptions as the fields of the form."""
    typed: dict[str, Any] = {
        "opens": given.opens.strftime(LOCAL_FORMAT),
        "closes": given.closes.strftime(LOCAL_FORMAT),
        "fans": given.fans,
        "plays": format_decimal(given.plays_per_fan),
        "doubt": given.doubt,
        "profile": "past" if given.like_past else "typical",
    }
    place = 0
    for number, game in enumerate(given.games):
        typed |= {f"{name}.{number}": value for name, value in game.quota.items()}
        typed[f"trying.{number}"] = game.trying
        for prize in game.prizes:
            typed[f"stock.{place}"] = prize.stock
            place += 1
    return typed


def _opened(campaign_id: UUID) -> tuple[Campaign, Ground, Reading]:
    """Return a campaign of the member's brand, what is known of it, and what this request assumes."""
    campaign = service.find(desk().brand.id, campaign_id)
    known = rehearsing.ground(campaign, desk().brand, now())
    return campaign, known, Reading(known.assumptions, request.args.to_dict())


@blueprint.get("/<uuid:campaign_id>/rehearsal")
@limiter.limit(PACE)
@allow(*READERS)
def show(campaign_id: UUID) -> Any:
    """Rehearse the campaign as it is, or as the address says, and show what comes of it."""
    campaign, known, reading = _opened(campaign_id)
    forecast = None
    if not reading.errors:
        forecast = rehearsing.rehearse(reading.assumed, known.profile)
    state = service.state_of(campaign, now())
    page = render_template(
        "admin/rehearsal.html",
        here="campaigns",
        campaign=campaign,
        state=state,
        steps=journey.steps(campaign, "") if state == "draft" else [],
        known=known,
        assumed=reading.assumed,
        typed=reading.typed,
        errors=reading.errors,
        changed=reading.assumed != known.assumptions,
        asked=request.args.to_dict(),
        told=forecasts.page(reading.assumed, forecast) if forecast else None,
    )
    return page, 422 if reading.errors else 200


@blueprint.get("/<uuid:campaign_id>/rehearsal/<name>.csv")
@limiter.limit(PACE)
@allow(*READERS)
def figures(campaign_id: UUID, name: str) -> Response:
    """Hand out the table behind a picture as CSV, for the same assumptions."""
    campaign, known, reading = _opened(campaign_id)
    if reading.errors:
        raise Refused("invalid", fields=reading.errors)
    forecast = rehearsing.rehearse(reading.assumed, known.profile)
    table = forecast_tables.tables(reading.assumed, forecast).get(name) if forecast else None
    if table is None:
        raise Refused("not_found")
    response = Response(as_csv(table.heads, table.rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{campaign.slug}-rehearsal-{name}.csv"'
    )
    return response
