"""The campaigns of a brand: the list with its calendar, the gallery of starters, and what can be done to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from masterapp.brands.access import allow
from masterapp.campaigns import calendar, games, publishing, service
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import now
from masterapp.draws import service as draws
from masterapp.errors import Refused
from masterapp.registry import registry
from masterapp.texts import language
from masterapp.texts import translate as _
from masterapp.web.admin import draw_words, illustrations, journey, overview, posted
from masterapp.web.admin.shell import MAKERS, READERS, desk, plain_day
from masterapp.web.ui import local

blueprint = Blueprint(
    "admin_campaigns", __name__, url_prefix="/admin/campaigns", template_folder="templates"
)
STATES = ("live", "scheduled", "draft", "ended", "archived")


@blueprint.get("/")
@allow(*READERS)
def index() -> str:
    """List the campaigns by state, under the strip of the months around today."""
    at = now()
    listed = service.of_brand(desk().brand.id)
    figures = overview.of_brand(desk().brand.id)
    rows = [
        {
            "campaign": campaign,
            "state": service.state_of(campaign, at),
            "figures": figures.get(campaign.id),
        }
        for campaign in listed
    ]
    asked = request.args.get("state")
    shown = [row for row in rows if asked not in STATES or row["state"] == asked]
    if asked not in STATES:
        shown = [row for row in shown if row["state"] != "archived"]
    shown.sort(key=lambda row: STATES.index(str(row["state"])))
    counts = {state: sum(row["state"] == state for row in rows) for state in STATES}
    return render_template(
        "admin/campaigns.html",
        here="campaigns",
        rows=shown,
        counts=counts,
        asked=asked if asked in STATES else "",
        strip=strip(rows, at),
    )


def strip(rows: list[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """Return the calendar strip: twelve months around today, and where each dated campaign lies in them."""
    zone = desk().zone
    today = at.astimezone(zone)
    first = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    month_index = first.year * 12 + first.month - 1 - 3
    edges = [
        first.replace(year=(month_index + n) // 12, month=(month_index + n) % 12 + 1)
        for n in range(13)
    ]
    bars: list[dict[str, Any]] = []
    for row in rows:
        campaign: Campaign = row["campaign"]
        if row["state"] == "archived" or not (campaign.opens_at and campaign.closes_at):
            continue
        span = calendar.span(campaign.opens_at, campaign.closes_at, edges[0], edges[-1])
        if span:
            bars.append({"campaign": campaign, "state": row["state"], "span": span})
    bars.sort(key=lambda bar: bar["span"].start)
    whole = edges[-1] - edges[0]
    return {
        "months": [
            {
                "name": plain_day(edge.date(), "MMM" if edge.month != 1 else "MMM yyyy"),
                "start": round((edge - edges[0]) / whole * 1000),
            }
            for edge in edges[:-1]
        ],
        "bars": bars[-12:],
        "draws": [
            {"draw": draw, "at": round((draw.draws_at - edges[0]) / whole * 1000)}
            for draw in draws.coming(desk().brand.id, edges[0], edges[-1])
            if draw.draws_at
        ],
        "today": round((today - edges[0]) / whole * 1000),
    }


@blueprint.get("/new")
@allow(*MAKERS)
def gallery() -> str:
    """Show every starter of every module."""
    campaign_id = posted.identifier(request.args.get("campaign"))
    campaign = service.find(desk().brand.id, campaign_id) if campaign_id else None
    categories: dict[str, list[dict[str, Any]]] = {}
    for registered in registry:
        for starter in registered.module.starters:
            categories.setdefault(registered.slug, []).append(
                {
                    "starter": starter,
                    "module": registered,
                    "drawing": illustrations.draw(registered, starter.slug),
                }
            )
    return render_template(
        "admin/gallery.html", here="campaigns", categories=categories, campaign=campaign
    )


@blueprint.post("/")
@allow(*MAKERS)
def create() -> Response:
    """Make a draft from a starter, or add its game to a draft campaign."""
    module, _sep, starter = request.form.get("starter", "").partition("/")
    campaign_id = posted.identifier(request.form.get("campaign"))
    member = desk().member
    key, made = posted.once(Game)
    if made is not None:
        return redirect(url_for("admin_games.content", game_id=made.id))
    if campaign_id:
        campaign = service.find(member.brand_id, campaign_id)
        if campaign.state != "draft":
            raise Refused("conflict")
        game = games.add(campaign, module, starter, locale=language(), member_id=member.id, key=key)
    else:
        game = service.create(
            member.brand_id, module, starter, locale=language(), member_id=member.id, key=key
        )
    return redirect(url_for("admin_games.content", game_id=game.id))


@blueprint.get("/<uuid:campaign_id>/")
@allow(*READERS)
def show(campaign_id: UUID) -> str:
    """The one page of truth of a campaign."""
    campaign = service.find(desk().brand.id, campaign_id)
    at = now()
    state = service.state_of(campaign, at)
    return render_template(
        "admin/campaign.html",
        here="campaigns",
        campaign=campaign,
        state=state,
        games=service.games_of(campaign),
        modules=registry,
        todo=journey.missing(campaign) if state == "draft" else [],
        steps=journey.steps(campaign, "") if state == "draft" else [],
        draws=draw_words.of_campaign(campaign),
        **overview.page(campaign, state, at),
    )


@blueprint.get("/<uuid:campaign_id>/figures/<name>.csv")
@allow(*READERS)
def figures(campaign_id: UUID, name: str) -> Response:
    """Hand out the table behind a picture as CSV."""
    campaign = service.find(desk().brand.id, campaign_id)
    return overview.csv_of(campaign, name, now())


@blueprint.post("/<uuid:campaign_id>/state")
@allow(*MAKERS)
def change_state(campaign_id: UUID) -> Response:
    """End a campaign early, archive it, delete a draft, or duplicate it."""
    member = desk().member
    campaign = service.find(member.brand_id, campaign_id)
    title = local(campaign.title)
    match request.form.get("do"):
        case "end":
            publishing.end_early(campaign, now=now(), member_id=member.id)
            flash(_("“%(title)s” has ended.", title=title), "good")
        case "archive":
            publishing.archive(campaign, now=now(), member_id=member.id)
            flash(_("“%(title)s” is archived.", title=title), "good")
        case "delete":
            service.delete_draft(campaign, member_id=member.id)
            flash(_("The draft “%(title)s” is deleted.", title=title), "good")
            return redirect(url_for("admin_campaigns.index"))
        case "duplicate":
            key, made = posted.once(Campaign)
            copy = made or service.duplicate(
                campaign, locale=language(), member_id=member.id, key=key
            )
            flash(_("Here is the copy, as a draft without dates."), "good")
            return redirect(url_for("admin_campaigns.show", campaign_id=copy.id))
        case _:
            raise Refused("malformed")
    return redirect(url_for("admin_campaigns.show", campaign_id=campaign.id))
