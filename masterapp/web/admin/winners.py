"""The winners of a draw on the desk: who is where between the letter and the parcel, one button for the next step.

What a winner told for the parcel is shown to those who send it, and to nobody else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from masterapp.audit import service as audit
from masterapp.brands.access import allow
from masterapp.db import db, now
from masterapp.draws import outcome, service, vacancies, winners
from masterapp.draws.models import Draw, DrawWinner
from masterapp.errors import Refused
from masterapp.fairness import four_eyes
from masterapp.fairness.models import Proposal
from masterapp.fans.models import Fan
from masterapp.insight import table
from masterapp.prizes import handing
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.web.admin import decisions, posted
from masterapp.web.admin.shell import MAKERS, desk
from masterapp.web.ui import local

blueprint = Blueprint("admin_winners", __name__, url_prefix="/admin", template_folder="templates")

#: Who deals with winners, and so sees where their prizes go.
HANDLERS = (*MAKERS, "support")
PAGE = 50

#: State → its words, the tone and icon of its badge.
STATES = {
    "notified": (_l("Waits for the winner"), "accent", "mail"),
    "claimed": (_l("To be checked"), "warn", "user-search"),
    "checked": (_l("To be sent"), "warn", "send"),
    "sent": (_l("On its way"), "accent", "send"),
    "delivered": (_l("Delivered"), "good", "circle-check"),
    "vacant": (_l("Vacant"), "", "user-off"),
    "standing_by": (_l("Stands by"), "", "clock"),
}
#: State → the next step, its button, and what its note asks.
NEXT = {
    "claimed": ("check", _l("Identity checked"), _l("Who checked it, and how")),
    "checked": ("send", _l("Mark as sent"), _l("Parcel number")),
    "sent": ("deliver", _l("Mark as delivered"), ""),
}
#: State → how a mis-tap is undone.
UNDO = {"checked": "uncheck", "sent": "unsend"}


@blueprint.get("/winners")
@allow(*HANDLERS)
def overview() -> str:
    """List the draws that were held and the campaigns whose games gave prizes, each with what is to do."""
    brand_id = desk().brand.id
    return render_template(
        "admin/winners_overview.html",
        here="winners",
        draws=outcome.held_of_brand(brand_id),
        campaigns=handing.campaigns(brand_id),
    )


@blueprint.get("/draws/<uuid:draw_id>/winners")
@allow(*HANDLERS)
def index(draw_id: UUID) -> str:
    """List the winners of a draw that was held, those of one state when asked."""
    return _page(service.find(desk().brand.id, draw_id))


def _page(
    draw: Draw,
    wrong: UUID | None = None,
    errors: posted.Errors | None = None,
) -> str:
    if draw.state not in ("drawn", "settled"):
        raise Refused("draw_not_held")
    rows = outcome.places(draw)
    wanted = request.args.get("state", "")
    shown = [one for one in rows if one.state == wanted] if wanted in STATES else _listed(rows)
    if wrong:
        shown = [one for one in rows if one.id == wrong]
    number = max(0, request.args.get("page", 0, type=int))
    here = shown[number * PAGE : (number + 1) * PAGE]
    left = outcome.unawarded(draw, rows)
    return render_template(
        "admin/winners.html",
        here="winners",
        draw=draw,
        winners=here,
        counts=Counter(one.state for one in rows),
        wanted=wanted if wanted in STATES else "",
        before=number - 1 if number else None,
        after=number + 1 if len(shown) > (number + 1) * PAGE else None,
        states=STATES,
        steps=NEXT,
        undo=UNDO,
        prizes={prize["id"]: prize for prize in draw.prizes},
        posted={prize["id"]: winners.is_posted(prize) for prize in draw.prizes},
        fans=_fans(draw, here),
        last_days={one.id: _last_day(one) for one in here},
        households=winners.same_household(draw),
        waiting=_waiting(here),
        unawarded=left,
        destination=local(draw.terms.get("destination")),
        reasons=vacancies.REASONS,
        may_fall=vacancies.MAY_FALL if draw.state == "drawn" else (),
        may_propose=desk().may_edit,
        late={one.id: vacancies.is_late(one, now()) for one in here},
        wrong=wrong,
        errors=errors or {},
        typed=request.form,
    )


def _listed(rows: Sequence[DrawWinner]) -> list[DrawWinner]:
    """Return who holds a prize or has lost it: those who stand by are asked for by their state."""
    return [one for one in rows if one.state != "standing_by"]


def _last_day(winner: DrawWinner) -> Any:
    return winner.deadline_at - timedelta(seconds=1) if winner.deadline_at else None


def _fans(draw: Draw, rows: Sequence[DrawWinner]) -> Mapping[UUID, Fan]:
    found = select(Fan).where(
        Fan.brand_id == draw.brand_id, Fan.id.in_([one.fan_id for one in rows])
    )
    return {fan.id: fan for fan in db.session.scalars(found)}


def _waiting(rows: Sequence[DrawWinner]) -> dict[UUID, Any]:
    """Return the reason of the vacancy that waits for each place, if one does."""
    found = {
        proposal.subject_id: proposal.payload["reason"]
        for proposal in four_eyes.open_proposals(desk().brand.id, vacancies.KIND)
    }
    return {one.id: vacancies.REASONS[found[one.id]] for one in rows if one.id in found}


@blueprint.post("/draws/<uuid:draw_id>/winners/<uuid:winner_id>/step")
@allow(*HANDLERS)
def step(draw_id: UUID, winner_id: UUID) -> Any:
    """Carry a winner one step on, or back after a mis-tap."""
    member = desk().member
    return _done(
        draw_id,
        winner_id,
        lambda: winners.take_step(
            member.brand_id,
            draw_id,
            winner_id,
            request.form.get("do", ""),
            note=request.form.get("note", ""),
            member_id=member.id,
            at=now(),
        ),
        str(_("Saved.")),
    )


@blueprint.post("/draws/<uuid:draw_id>/winners/<uuid:winner_id>/vacancy")
@allow(*MAKERS)
def propose(draw_id: UUID, winner_id: UUID) -> Any:
    """Propose that a place falls vacant; a second member decides."""
    member = desk().member
    _draw, winner = outcome.locked(member.brand_id, draw_id, winner_id)
    return _done(
        draw_id,
        winner_id,
        lambda: vacancies.propose(
            draw_id,
            winner,
            request.form.get("reason", ""),
            request.form.get("evidence", ""),
            member_id=member.id,
            at=now(),
        ),
        str(_("Proposed. A second member now decides, under “Decisions”.")),
    )


def _done(draw_id: UUID, winner_id: UUID, work: Any, told: str) -> Any:
    try:
        with db.session.begin_nested():
            work()
    except Refused as refusal:
        if refusal.code not in ("invalid", "conflict", "proposal_waiting"):
            raise
        db.session.expire_all()
        if refusal.code == "invalid":
            draw = service.find(desk().brand.id, draw_id)
            return _page(draw, winner_id, refusal.fields), refusal.status
        flash(refusal.message, "bad")
    else:
        flash(told, "good")
    state = request.form.get("state", "")
    kept = state if state in STATES else None
    return redirect(url_for("admin_winners.index", draw_id=draw_id, state=kept))


@blueprint.get("/draws/<uuid:draw_id>/winners/parcels.csv")
@allow(*HANDLERS)
def parcels(draw_id: UUID) -> Response:
    """Send what a parcel service needs of the winners whose prize is to be sent, and nothing more."""
    member = desk().member
    draw = service.find(member.brand_id, draw_id)
    heads = [
        _("Reference"),
        _("First name"),
        _("Last name"),
        _("Number and street"),
        _("Flat, building, care of"),
        _("Postcode"),
        _("Town"),
        _("Country"),
        _("Prize"),
    ]
    names = ("first_name", "last_name", "line", "more", "postcode", "city", "country")
    ready = [
        one
        for one in outcome.places(draw)
        if one.state == "checked" and (one.address or {}).get("line")
    ]
    lines = [
        [
            one.id.hex[-8:].upper(),
            *((one.address or {}).get(name, "") for name in names),
            local(winners.prize_of(draw, one)["label"]),
        ]
        for one in ready
    ]
    audit.record(
        member.brand_id,
        "parcels_exported",
        actor_kind="member",
        actor_id=member.id,
        object_kind="draw",
        object_id=draw.id,
        rows=len(lines),
    )
    answer = Response(table.as_csv(heads, lines), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="parcels-{now():%Y-%m-%d}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _words(proposal: Proposal) -> decisions.Words:
    """Say a vacancy in words on the page of decisions."""
    draw = service.find(proposal.brand_id, UUID(proposal.payload["draw_id"]))
    winner = db.session.get(DrawWinner, (proposal.brand_id, proposal.subject_id))
    if winner is None:
        raise Refused("not_found")
    about = (
        f"{local(draw.title)} › {local(winners.prize_of(draw, winner)['label'])}, {place(winner)}"
    )
    where = url_for("admin_winners.index", draw_id=draw.id, state=winner.state)
    return decisions.Words(_l("A winner’s place falls vacant"), about, where)


@blueprint.app_template_filter("winning_place")
def place(winner: DrawWinner) -> str:
    """Write a place as people say it."""
    if winner.kind == "alternate":
        return _("alternate %(rank)s", rank=winner.rank)
    return _("winner %(rank)s", rank=winner.rank)


decisions.KINDS[vacancies.KIND] = _words
