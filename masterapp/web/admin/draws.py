"""The draws of a campaign on the desk: looked at, announced, put off or called off.

They are made in ``draw_making``; what happens between closing and commitment is in ``draw_review``, what is typed at
the draw in ``draw_holding``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for

from masterapp.brands.access import allow
from masterapp.campaigns import service as campaigns
from masterapp.campaigns.models import Campaign
from masterapp.db import db, now
from masterapp.draws import figures, promise, reviewing, service
from masterapp.draws.models import Draw
from masterapp.draws.terms import Terms
from masterapp.draws.wording import CLASSES, RECORDS, TROUBLES, state_of
from masterapp.errors import Refused
from masterapp.fairness import log
from masterapp.texts import translate as _
from masterapp.web.admin import draw_forms, draw_results, draw_words, posted, poster
from masterapp.web.admin.shell import MAKERS, READERS, desk, exact
from masterapp.web.ui import local

blueprint = Blueprint("admin_draws", __name__, url_prefix="/admin", template_folder="templates")

#: So many drafts are announced together at most.
MOST_AT_ONCE = 50


@blueprint.app_template_filter("draw_state")
def _state_in_words(state: str) -> tuple[str, str, str]:
    return draw_words.badge_of(state)


@blueprint.app_template_filter("log_time")
def _log_time(written: str) -> str:
    """Write the time of a log record on the brand's clock."""
    return exact(datetime.fromisoformat(written))


def opened(draw_id: UUID) -> tuple[Draw, Campaign]:
    """Return a draw of the member's brand, and its campaign."""
    draw = service.find(desk().brand.id, draw_id)
    return draw, campaigns.find(draw.brand_id, draw.campaign_id)


def tried(work: Callable[[], Any]) -> Refused | None:
    """Do something; what it refuses comes back for the page to say, with the database as if nothing had been done."""
    try:
        with db.session.begin_nested():
            work()
    except Refused as refusal:
        if refusal.code == "not_found":
            raise
        db.session.expire_all()
        return refusal
    return None


@blueprint.get("/draws/<uuid:draw_id>")
@allow(*READERS)
def show(draw_id: UUID) -> str:
    """The one page of truth of a draw."""
    draw, campaign = opened(draw_id)
    return page(draw, campaign)


def page(
    draw: Draw,
    campaign: Campaign,
    errors: posted.Errors | None = None,
    typed: Mapping[str, Any] | None = None,
) -> str:
    """Draw the page of a draw, with what was typed wrong."""
    at = now()
    address = draw_words.public_address(draw)
    return render_template(
        "admin/draws/draw.html",
        here="campaigns",
        draw=draw,
        campaign=campaign,
        state=state_of(draw, at),
        terms=Terms.of(draw.terms),
        timeline=draw_words.timeline(draw, at),
        following=draw_words.following(draw, at),
        checks=draw_words.checks(draw, campaign, at) if draw.state == "draft" else [],
        final=draw_words.final(draw),
        trouble=TROUBLES.get(draw.trouble),
        figures=figures.of([draw])[draw.id],
        classes=CLASSES,
        gauge=draw_words.gauge(draw, at),
        chance=draw_words.chance_of(draw),
        asks=draw_words.asks_for(draw, at),
        code=promise.code_of(draw),
        address=address,
        files=draw_words.public_address,
        qr=poster.qr_svg(address) if draw.state != "draft" else "",
        waiting=reviewing.waiting(draw) if draw.state == "open" else {},
        results=draw_results.of(draw),
        records=log.about(draw.brand_id, draw.id),
        record_words=RECORDS,
        dates=draw_forms.typed_dates(draw_forms.dates_of(draw)),
        errors=errors or {},
        typed=typed or {},
        may_open=desk().member.role == "owner",
        at=at,
    )


def answered(draw_id: UUID, refusal: Refused | None, done: str) -> Any:
    """Say that it is done and go back to the draw's page, or show there what was wrong with what was typed."""
    if refusal is None:
        flash(done, "good")
        return redirect(url_for("admin_draws.show", draw_id=draw_id))
    draw, campaign = opened(draw_id)
    if not refusal.fields:
        flash(refusal.message, "bad")
    return page(draw, campaign, refusal.fields, request.form), refusal.status


@blueprint.post("/draws/<uuid:draw_id>/announce")
@allow(*MAKERS)
def announce(draw_id: UUID) -> Any:
    """Make the draw public and its terms final, as they were seen."""
    draw, _campaign = opened(draw_id)
    member_id = desk().member.id
    refusal = tried(
        lambda: service.announce(draw, now=now(), member_id=member_id, seen=posted.seen())
    )
    return answered(draw_id, refusal, _("The draw is announced: everybody can see it."))


@blueprint.post("/campaigns/<uuid:campaign_id>/draws/announce")
@allow(*MAKERS)
def announce_all(campaign_id: UUID) -> Any:
    """Announce the drafts that were seen together, such as the tiers of a crowd: all of them, or none."""
    campaign = campaigns.find(desk().brand.id, campaign_id)
    member_id, at = desk().member.id, now()
    # Two taps lock the draws in the same order.
    seen = sorted(request.form.getlist("draft")[:MOST_AT_ONCE])

    def work() -> None:
        for one in seen:
            name, _separator, revision = one.partition(":")
            draw = service.find(campaign.brand_id, posted.identifier(name) or campaign.id)
            if draw.campaign_id != campaign.id or not revision.isdecimal():
                raise Refused("not_found")
            service.announce(draw, now=at, member_id=member_id, seen=int(revision[:9]))

    refusal = tried(work)
    if refusal:
        told = [sentence for sentences in refusal.fields.values() for sentence in sentences]
        flash(" ".join(told) or refusal.message, "bad")
    elif seen:
        flash(_("The draws are announced: everybody can see them."), "good")
    return redirect(url_for("admin_campaigns.show", campaign_id=campaign.id) + "#draws")


@blueprint.post("/draws/<uuid:draw_id>/dates")
@allow(*MAKERS)
def put_off(draw_id: UUID) -> Any:
    """Put off an announced draw."""
    draw, _campaign = opened(draw_id)
    dates, errors = draw_forms.read_dates(("commits_at", "draws_at"))
    for name, moment in dates.items():
        if moment is None and name not in errors:
            errors[name] = [_("Choose a date.")]
    member_id = desk().member.id

    def work() -> None:
        commits_at, draws_at = dates["commits_at"], dates["draws_at"]
        if errors or commits_at is None or draws_at is None:
            raise Refused("invalid", fields=errors)
        service.postpone(draw, commits_at, draws_at, now=now(), member_id=member_id)

    return answered(draw_id, tried(work), _("The draw is put off; its page says so."))


@blueprint.post("/draws/<uuid:draw_id>/call-off")
@allow(*MAKERS)
def call_off(draw_id: UUID) -> Any:
    """Call an announced draw off with a reason, or delete a draft."""
    draw, campaign = opened(draw_id)
    was_draft, title = draw.state == "draft", local(draw.title)
    reason = request.form.get("reason", "")
    member_id = desk().member.id
    refusal = tried(lambda: service.call_off(draw, reason, now=now(), member_id=member_id))
    if refusal is None and was_draft:
        flash(_("The draft “%(title)s” is deleted.", title=title), "good")
        return redirect(url_for("admin_campaigns.show", campaign_id=campaign.id) + "#draws")
    return answered(
        draw_id, refusal, _("The draw is called off; staked points went back to the fans.")
    )


@blueprint.get("/draws/<uuid:draw_id>/counter.json")
@allow(*READERS)
def counter(draw_id: UUID) -> Response:
    """Answer the numbers that move while a draw is open."""
    draw, _campaign = opened(draw_id)
    counted, at = figures.of([draw])[draw.id], now()
    gauge = draw_words.gauge(draw, at)
    answer = jsonify(
        entrants=counted.entrants,
        tickets=counted.tickets,
        state=state_of(draw, at),
        plays=gauge["plays"] if gauge else None,
        words=gauge["words"] if gauge else "",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
