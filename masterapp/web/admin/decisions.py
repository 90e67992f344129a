"""What two people decide: everything that waits for a second yes, whatever room proposed it, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from masterapp.brands.access import allow
from masterapp.brands.models import Member
from masterapp.campaigns import games
from masterapp.campaigns import service as campaigns
from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.fairness import four_eyes
from masterapp.fairness.models import Proposal, Voice
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.web.admin.shell import MAKERS, desk
from masterapp.web.ui import local

blueprint = Blueprint(
    "admin_decisions", __name__, url_prefix="/admin/decisions", template_folder="templates"
)
#: So many of the newest decisions stay on the page.
KEPT = 20


@dataclass(frozen=True)
class Words:
    """A proposal as people read it: what it is about, and where that is."""

    title: Any
    about: str = ""
    address: str = ""


#: kind → its words; a room's page adds its own. A kind without words is shown by its name.
KINDS: dict[str, Callable[[Proposal], Words]] = {}


def words(proposal: Proposal) -> Words:
    """Return a proposal in words; what it is about may be gone by now."""
    if proposal.kind not in KINDS:
        return Words(proposal.kind.replace("_", " "))
    try:
        return KINDS[proposal.kind](proposal)
    except Refused:
        return Words(proposal.kind.replace("_", " "))


@blueprint.get("/")
@allow(*MAKERS)
def index() -> str:
    """List what waits, and the newest decisions."""
    brand_id = desk().brand.id
    decided = db.session.scalars(
        select(Proposal)
        .where(Proposal.brand_id == brand_id, Proposal.state != "open")
        .order_by(Proposal.decided_at.desc())
        .limit(KEPT)
    )
    return render_template(
        "admin/decisions.html",
        here="decisions",
        waiting=[_shown(proposal) for proposal in four_eyes.open_proposals(brand_id)],
        decided=[_shown(proposal) for proposal in decided],
    )


def _shown(proposal: Proposal) -> dict[str, Any]:
    said = four_eyes.voices(proposal)
    names = _names(said)
    return {
        "proposal": proposal,
        "words": words(proposal),
        "told": [effect for effect in proposal.effects if isinstance(effect, str)],
        "lines": [effect for effect in proposal.effects if isinstance(effect, dict)],
        "voices": [(names.get(voice.member_id, "—"), voice) for voice in said],
        "mine": any(voice.member_id == desk().member.id and voice.agrees for voice in said),
    }


def _names(said: Sequence[Voice]) -> dict[UUID, str]:
    ids = [voice.member_id for voice in said]
    rows = select(Member).where(Member.brand_id == desk().brand.id, Member.id.in_(ids))
    return {member.id: member.name for member in db.session.scalars(rows)}


@blueprint.post("/<uuid:proposal_id>")
@allow(*MAKERS)
def decide(proposal_id: UUID) -> Response:
    """Agree to a proposal or refuse it; the second yes carries it out."""
    said = request.form.get("do")
    if said not in ("agree", "refuse"):
        raise Refused("malformed")
    try:
        with db.session.begin_nested():
            proposal = four_eyes.decide(
                desk().brand.id,
                proposal_id,
                member_id=desk().member.id,
                agrees=said == "agree",
                note=request.form.get("note", "").strip(),
                at=now(),
            )
            state = proposal.state
    except Refused as refusal:
        if refusal.code == "not_found":
            raise
        db.session.expire_all()
        flash(_why(refusal), "bad")
    else:
        done = {"accepted": _("Agreed, and done."), "refused": _("Refused: nothing changes.")}
        flash(done.get(state) or _("Your yes is noted."), "good")
    return redirect(url_for("admin_decisions.index"))


def _why(refusal: Refused) -> str:
    if refusal.code in ("conflict", "invalid"):
        return str(
            _(
                "This can no longer be done as it was proposed: something changed since. "
                "Refuse it and propose it again."
            )
        )
    return refusal.message


def _about_game(title: Any) -> Callable[[Proposal], Words]:
    def found(proposal: Proposal) -> Words:
        game = games.find(proposal.brand_id, proposal.subject_id)
        campaign = campaigns.find(game.brand_id, game.campaign_id)
        about = f"{local(campaign.title)} › {local(game.title)}"
        return Words(title, about, url_for("admin_games.prizes", game_id=game.id))

    return found


def _about_dates(proposal: Proposal) -> Words:
    campaign = campaigns.find(proposal.brand_id, proposal.subject_id)
    where = url_for("admin_planning.dates", campaign_id=campaign.id)
    return Words(_l("Dates of a published campaign"), local(campaign.title), where)


KINDS["prizes"] = _about_game(_l("Prizes of a published campaign"))
KINDS["pace"] = _about_game(_l("When prizes are won"))
KINDS["dates"] = _about_dates
