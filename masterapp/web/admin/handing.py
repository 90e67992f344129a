"""Prizes won in the games of a campaign and handed over by hand: one list, one tap for each, and its undoing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from masterapp.brands.access import allow
from masterapp.campaigns import service as campaigns
from masterapp.db import now
from masterapp.errors import Refused
from masterapp.prizes import handing
from masterapp.texts import translate as _
from masterapp.web.admin.shell import desk
from masterapp.web.admin.winners import HANDLERS, blueprint

STATES = ("won", "handed_over")


@blueprint.get("/campaigns/<uuid:campaign_id>/handing")
@allow(*HANDLERS)
def handing_list(campaign_id: UUID) -> str:
    """List the prizes that wait to be handed over, or those that were."""
    brand_id = desk().brand.id
    campaign = campaigns.find(brand_id, campaign_id)
    state = request.args.get("state", "won")
    state = state if state in STATES else "won"
    after = request.args.get("after", type=UUID)
    rows = handing.of_campaign(brand_id, campaign_id, state, after)
    return render_template(
        "admin/handing.html",
        here="winners",
        campaign=campaign,
        rows=rows[: handing.PAGE],
        more=rows[handing.PAGE - 1].id if len(rows) > handing.PAGE else None,
        counts=handing.counts(brand_id, campaign_id),
        state=state,
    )


@blueprint.post("/grants/<uuid:grant_id>/handing")
@allow(*HANDLERS)
def hand_over(grant_id: UUID) -> Any:
    """Mark a prize as handed over, or take a mis-tap back."""
    member, said = desk().member, request.form.get("do")
    handing.state_of(member.brand_id, grant_id)
    back = posted_campaign()
    if said == "hand_over":
        handing.hand_over(member.brand_id, grant_id, member_id=member.id, at=now())
        flash(_("Marked as handed over."), "good")
    elif said == "take_back":
        handing.take_back(member.brand_id, grant_id, member_id=member.id)
        flash(_("It waits to be handed over again."), "good")
    else:
        raise Refused("malformed")
    state = "won" if said == "hand_over" else "handed_over"
    return redirect(url_for("admin_winners.handing_list", campaign_id=back, state=state))


def posted_campaign() -> UUID:
    """Return the campaign from whose list the form came."""
    try:
        return UUID(request.form.get("campaign", ""))
    except ValueError:
        raise Refused("malformed") from None
