"""The page on which a winner claims a prize of a draw or gives it up: their own win only, by one tap, however often.

It asks for what the prize needs and not before: a name, an address if it is sent, and how the winner is published.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from masterapp.db import db, now
from masterapp.draws import claims, vacancies, winners
from masterapp.draws.models import Draw, DrawWinner
from masterapp.errors import Refused
from masterapp.fans import traits
from masterapp.limits import limiter
from masterapp.plays.answers import media
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.web.fan.frame import blueprint
from masterapp.web.fan.space import for_fan

PACE = "30 per minute"
#: The way of a prize, as the winner reads it; each with the moment at which it was reached.
WAY = (
    ("notified_at", _l("Drawn and told")),
    ("claimed_at", _l("Claimed")),
    ("checked_at", _l("Identity checked")),
    ("sent_at", _l("On its way")),
    ("delivered_at", _l("Received")),
)


@blueprint.get("/me/wins/<uuid:winner_id>")
@for_fan
def win(winner_id: UUID) -> str:
    """What was won, until when, and the form that claims it; afterwards how far the prize is."""
    winner, draw = winners.own(g.brand.id, g.fan.id, winner_id)
    correcting = winner.state == "claimed" and "correct" in request.args
    return _page(winner, draw, _begin(winner), correcting=correcting)


def _begin(winner: DrawWinner) -> dict[str, str]:
    """Return what the form begins with: what was claimed, else the name that the fan has told before."""
    known = traits.current_traits(winner.brand_id, winner.fan_id)
    names = {name: known.get(name, "") for name in ("first_name", "last_name")}
    told = {key: value for key, value in (winner.address or {}).items() if isinstance(value, str)}
    return {"country": "FR", "style": _style(winner), **names, **told}


def _style(winner: DrawWinner) -> str:
    if not winner.label:
        return "none"
    return "first" if winner.label == (winner.address or {}).get("first_name") else "full"


def _page(
    winner: DrawWinner,
    draw: Draw,
    typed: Mapping[str, str],
    *,
    errors: Mapping[str, list[str]] | None = None,
    correcting: bool = False,
) -> str:
    prize = winners.prize_of(draw, winner)
    open_now = winners.may_claim(winner, now())
    return render_template(
        "fan/win.html",
        winner=winner,
        draw=draw,
        prize=prize,
        picture=media(g.brand.id, prize.get("picture")),
        posted=winners.is_posted(prize),
        last_day=winner.deadline_at and winner.deadline_at - timedelta(seconds=1),
        open_now=open_now,
        asking=open_now or correcting,
        correcting=correcting,
        gave_up=winners.gave_up(winner),
        reason=vacancies.REASONS.get((winner.vacancy or {}).get("reason")),  # type: ignore[arg-type]
        way=[(label, getattr(winner, name)) for name, label in WAY if _on_the_way(name, prize)],
        typed=typed,
        errors={name: " ".join(sentences) for name, sentences in (errors or {}).items()},
        countries=countries(),
        labels=_previews(typed),
    )


def _on_the_way(name: str, prize: dict[str, Any]) -> bool:
    return name != "sent_at" or winners.is_posted(prize)


def _previews(typed: Mapping[str, str]) -> dict[str, str]:
    """Return how each style would look for what is typed, with an example where nothing is."""
    person = {
        "first_name": typed.get("first_name") or str(_("Camille")),
        "last_name": typed.get("last_name") or "D",
    }
    place = {"country": typed.get("country", "FR"), "postcode": typed.get("postcode") or "69003"}
    return {style: claims.label_of(style, person, place) for style in ("first", "full")}


def countries() -> list[tuple[str, str]]:
    """Return every country in the reader's language, France first."""
    names = get_locale().territories
    listed = sorted(
        ((code, str(names[code])) for code in claims.COUNTRIES),
        key=lambda one: unicodedata.normalize("NFD", one[1]).casefold(),
    )
    return [("FR", str(names["FR"])), *(one for one in listed if one[0] != "FR")]


@blueprint.post("/me/wins/<uuid:winner_id>")
@limiter.limit(PACE)
@for_fan
def claim_win(winner_id: UUID) -> Response | tuple[str, int]:
    """Claim the prize. The same form sent twice claims once, and says the same."""
    winner, draw = winners.own(g.brand.id, g.fan.id, winner_id)
    typed = {name: text[:500] for name, text in request.form.items()}
    try:
        told = claims.read(typed, sent=winners.is_posted(winners.prize_of(draw, winner)))
    except Refused as refusal:
        correcting = winner.state == "claimed"
        page = _page(winner, draw, typed, errors=refusal.fields, correcting=correcting)
        return page, refusal.status
    return _kept(winner_id, told)


def _kept(winner_id: UUID, told: claims.Claim) -> Response:
    try:
        with db.session.begin_nested():
            winner = winners.claim(g.brand.id, g.fan.id, winner_id, told, now())
            state = winner.state
    except Refused as refusal:
        if refusal.code != "claim_over":
            raise
        flash(refusal.message, "bad")
    else:
        known = _("Your claim has arrived. We check it and come back to you.")
        flash(known if state == "claimed" else _("Your claim is being dealt with already."), "good")
    return redirect(url_for("fan.win", winner_id=winner_id), 303)


@blueprint.get("/me/wins/<uuid:winner_id>/give-up")
@for_fan
def give_up(winner_id: UUID) -> str:
    """Ask once more before a prize is given up."""
    winner, draw = winners.own(g.brand.id, g.fan.id, winner_id)
    if not winners.may_claim(winner, now()):
        raise Refused("claim_over")
    return render_template(
        "fan/win_give_up.html", winner=winner, prize=winners.prize_of(draw, winner)
    )


@blueprint.post("/me/wins/<uuid:winner_id>/give-up")
@limiter.limit(PACE)
@for_fan
def give_up_for_good(winner_id: UUID) -> Response:
    """Give the prize up; twice is once."""
    try:
        with db.session.begin_nested():
            winners.decline(g.brand.id, g.fan.id, winner_id, now())
    except Refused as refusal:
        if refusal.code not in ("claim_over", "proposal_waiting"):
            raise
        flash(refusal.message, "bad")
    else:
        flash(_("Thank you for telling us. The prize goes to somebody else."), "good")
    return redirect(url_for("fan.win", winner_id=winner_id), 303)
