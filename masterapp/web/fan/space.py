"""My space: what a fan has won and holds, their points, their choices, and their data."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from masterapp.brands.access import find_member, public
from masterapp.coupons import codes, qr
from masterapp.coupons.api import TILL
from masterapp.db import now
from masterapp.draws import winners
from masterapp.errors import Refused
from masterapp.fans import consents as consents_service
from masterapp.fans import rights
from masterapp.identity import service as identity
from masterapp.identity import sessions
from masterapp.identity.api import ASK_PACE, PROVE_PACE
from masterapp.identity.current import forget
from masterapp.limits import limiter
from masterapp.plays.answers import media
from masterapp.texts import language
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.web.fan import queries, visitor
from masterapp.web.fan.frame import blueprint, take_brand
from masterapp.web.fan.home import standing

REASONS = {
    "play": _l("Game"),
    "mission": _l("Mission"),
    "prize": _l("Prize"),
    "correction": _l("Correction"),
    "stake": _l("Staked in a draw"),
    "stake_returned": _l("Stake returned"),
}
PURPOSES = {"offers": _l("Offers and news"), "partners": _l("Partners’ offers")}
CHANNELS = {
    "email": _l("E-mail"),
    "sms": _l("Text message"),
    "push": _l("Notification"),
    "phone": _l("Telephone"),
}

View = Callable[..., Any]


def for_fan(view: View) -> View:
    """Open a page to signed-in fans only; everybody else signs in first and comes back."""

    @public
    @wraps(view)
    def guarded(**values: Any) -> Any:
        return visitor.ask_to_sign_in() if g.fan is None else view(**values)

    return guarded


def room(template: str, tab: str, **values: Any) -> str:
    """Render a room of my space."""
    return render_template(f"fan/{template}", tab=tab, **standing(), **values)


@blueprint.get("/me")
@for_fan
def space() -> str:
    """Prizes and coupons."""
    won = queries.grants(g.brand.id, g.fan.id)
    wins = winners.of_fan(g.brand.id, g.fan.id)
    return room(
        "space.html",
        "space",
        grants=won,
        wins=[(winner, winners.prize_of(draw, winner)) for winner, draw in wins],
        pictures={prize.id: media(g.brand.id, prize.picture_id) for _grant, prize in won},
        coupons=queries.coupons(g.brand.id, g.fan.id),
    )


def _coupon(coupon_id: UUID) -> queries.Held:
    held = queries.coupons(g.brand.id, g.fan.id, coupon_id)
    if not held:
        raise Refused("not_found")
    return held[0]


@blueprint.get("/me/coupons/<uuid:coupon_id>")
@for_fan
def coupon(coupon_id: UUID) -> str:
    """One coupon, large enough for a scanner."""
    return render_template("fan/coupon.html", held=_coupon(coupon_id))


@blueprint.get("/me/coupons/<uuid:coupon_id>/qr.svg")
@for_fan
def coupon_qr(coupon_id: UUID) -> Response:
    """The coupon's code as a QR picture."""
    held = _coupon(coupon_id)
    content = qr.content(g.brand.slug, held.code, held.offer.code_source)
    return Response(qr.svg(content), mimetype="image/svg+xml")


@public
def open_scanned(brand: str, code: str) -> AnyResponse:
    """The address in a coupon's QR leads staff to their till, its holder to the coupon, and others to the brand."""
    member = find_member()
    if member is not None and member.role in TILL:
        return redirect(url_for("staff.till", code=code))
    found = take_brand(brand)
    g.fan = visitor.recognise(found)
    held = queries.coupon_by_code(found.id, g.fan.id, codes.fold(code)) if g.fan else None
    if held:
        return redirect(url_for("fan.coupon", brand_slug=brand, coupon_id=held))
    return redirect(url_for("fan.home", brand_slug=brand))


blueprint.record_once(
    lambda state: state.app.add_url_rule("/c/<brand>/<code>", view_func=open_scanned)
)


@blueprint.get("/me/points")
@for_fan
def points() -> str:
    """The ledger, line by line."""
    return room(
        "points.html",
        "points",
        entries=queries.point_entries(g.brand.id, g.fan.id),
        reasons=REASONS,
    )


@blueprint.get("/me/choices")
@for_fan
def consents() -> str:
    """What the fan agreed to receive."""
    return room(
        "consents.html", "consents", consents=_choices(), purposes=PURPOSES, channels=CHANNELS
    )


def _choices() -> list[dict[str, Any]]:
    held = consents_service.current_consents(g.brand.id, g.fan.id)
    shown = []
    for words in consents_service.texts_to_show(g.brand, language()):
        newest = held.get((words["purpose"], words["channel"]))
        since = newest.created_at if newest else None
        shown.append({**words, "granted": newest is not None and newest.granted, "since": since})
    return shown


@blueprint.post("/me/choices")
@for_fan
def keep_consents() -> AnyResponse:
    """Record each switch that was moved; what was left alone is not agreed to again."""
    granted = set(request.form.getlist("granted"))
    moved = [
        consents_service.Choice(
            one["purpose"], one["channel"], str(one["text_id"]) in granted, one["text_id"]
        )
        for one in _choices()
        if (str(one["text_id"]) in granted) != one["granted"]
    ]
    proof = consents_service.Proof(
        "my_space", address=request.remote_addr or "", user_agent=request.user_agent.string
    )
    consents_service.record_consents(g.brand.id, g.fan.id, moved, proof, at=now())
    flash(_("Your choices are saved."), "good")
    return redirect(url_for("fan.consents"), 303)


@blueprint.get("/me/data")
@for_fan
def my_data() -> str:
    """Download, devices, erasure."""
    return room("my_data.html", "data")


@blueprint.get("/me/data/download")
@for_fan
def download() -> Response:
    """Everything the brand holds of the fan, in one JSON file."""
    document = rights.export_data(g.brand.id, g.fan.id)
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    name = f"{g.brand.slug}-{now():%Y-%m-%d}.json"
    return Response(
        text,
        mimetype="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


@blueprint.get("/me/data/erase")
@for_fan
def erase() -> str:
    """The first step: what would be lost."""
    return render_template("fan/erase.html", **standing())


@blueprint.post("/me/data/erase")
@limiter.limit(ASK_PACE)
@for_fan
def ask_to_erase() -> str:
    """The second step: a code sent to the fan's own address proves that it is them."""
    asked = identity.request_code(g.brand, str(g.fan.email), locale=language(), at=now())
    return render_template("fan/erase.html", sign_in=asked.sign_in, **standing())


@blueprint.post("/me/data/erase/confirmation")
@limiter.limit(PROVE_PACE)
@for_fan
def erase_for_good() -> AnyResponse | str | tuple[str, int]:
    """The last step: the code is right, and the fan is forgotten."""
    sign_in = visitor.read_id(request.form.get("sign_in"))
    try:
        identity.confirm_address(g.fan, sign_in, request.form.get("code", "").strip(), at=now())
    except Refused as refusal:
        page = render_template(
            "fan/erase.html", sign_in=sign_in, error=refusal.message, **standing()
        )
        return page, refusal.status
    kept = rights.erase(g.brand.id, g.fan.id, at=now())
    g.fan = None
    response = Response(render_template("fan/erased.html", kept=kept))
    forget(response, g.brand.slug)
    return response


@blueprint.post("/me/sign-out")
@for_fan
def sign_out() -> AnyResponse:
    """End this device's session."""
    sessions.end_session(g.brand.id, g.visitor.root_id)
    return _good_bye()


@blueprint.post("/me/sign-out-everywhere")
@for_fan
def sign_out_everywhere() -> AnyResponse:
    """End every session of the fan."""
    sessions.end_all_sessions(g.brand.id, g.fan.id)
    return _good_bye()


def _good_bye() -> AnyResponse:
    flash(_("You are signed out."), "good")
    response = redirect(url_for("fan.home"), 303)
    forget(response, g.brand.slug)
    return response
