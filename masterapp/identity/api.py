"""The JSON of the single login and of the fan's own data: parse, say who it is, hand over."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, jsonify, request
from sqlalchemy import select, text

from masterapp.brands.access import fan_only, public
from masterapp.brands.models import Brand
from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.fans import consents, traits
from masterapp.fans import rights as fan_rights
from masterapp.identity import rights, schemas, service, sessions  # noqa: F401 - rights declares what identity holds.
from masterapp.identity.current import current_fan, current_token, forget, keep_signed_in
from masterapp.limits import credential, limiter
from masterapp.texts import LOCALES, language
from masterapp.validation import Blueprint, ProblemSchema

View = TypeVar("View", bound=Callable[..., Any])

blueprint = Blueprint(
    "identity", __name__, description="Sign in, sessions, and the fan's own data."
)

#: A whole stand may share one address, so these stop scripts only: tries per code and e-mails per address are counted
#: in the database.
ASK_PACE = "60 per minute; 1000 per hour"
PROVE_PACE = "300 per minute"
ROTATE_PACE = "20 per minute"
RIGHTS_PACE = "20 per minute"
#: After a sign-in this fresh an erasure needs no second code.
RECENT = timedelta(minutes=10)

PROBLEMS = {
    400: "The body is not readable JSON.",
    401: "No living session.",
    403: "Not allowed, and why.",
    404: "No such thing of this brand.",
    409: "The code or the session is not in a state for this.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A field needs a correction.",
    429: "Too fast.",
}


def _refuses(*statuses: int) -> Callable[[View], View]:
    """Document which refusals a route may answer with."""

    def document(view: View) -> View:
        for status in statuses:
            view = blueprint.alt_response(
                status, schema=ProblemSchema, description=PROBLEMS[status]
            )(view)
        return view

    return document


_bearer = blueprint.doc(security=[{"bearer": []}])


def _brand(slug: str) -> Brand:
    brand = db.session.scalars(select(Brand).where(Brand.slug == slug)).first()
    if brand is None:
        raise Refused("not_found")
    return brand


def _campaign_id(brand: Brand, slug: str | None) -> UUID | None:
    """Campaigns are our neighbours: asked in SQL, never imported."""
    if not slug:
        return None
    found: UUID | None = db.session.scalar(
        text("SELECT id FROM campaign WHERE brand_id = :brand AND slug = :slug"),
        {"brand": brand.id, "slug": slug},
    )
    return found


def _proof(method: str, *, origin: str = "", campaign_id: UUID | None = None) -> consents.Proof:
    return consents.Proof(
        method,
        campaign_id=campaign_id,
        origin=origin,
        address=request.remote_addr or "",
        user_agent=request.user_agent.string,
    )


@blueprint.post("/brands/<brand>/sign-in/codes")
@_refuses(400, 404, 413, 415, 422, 429)
@blueprint.arguments(schemas.AskSchema)
@blueprint.response(202, schemas.AskedSchema)
@limiter.limit(ASK_PACE)
@public
def ask_for_code(body: dict[str, Any], brand: str) -> service.Asked:
    """Send a six-digit code to an address. The answer is the same whether or not it is known."""
    found = _brand(brand)
    return service.request_code(
        found,
        body["email"],
        locale=body["locale"] or language(),
        campaign_id=_campaign_id(found, body["campaign"]),
        at=now(),
    )


@blueprint.post("/brands/<brand>/sign-in/codes/<uuid:sign_in>/resend")
@_refuses(404, 409, 413, 429)
@blueprint.response(202, schemas.AskedSchema)
@limiter.limit(ASK_PACE)
@public
def send_again(brand: str, sign_in: UUID) -> service.Asked:
    """Send a fresh code; the one before it stops working."""
    return service.resend(_brand(brand).id, sign_in, at=now())


@blueprint.post("/brands/<brand>/sign-in/sessions")
@_refuses(400, 404, 409, 413, 415, 422, 429)
@blueprint.arguments(schemas.ProveSchema)
@blueprint.alt_response(200, schema=schemas.SessionSchema, success=True)
@limiter.limit(PROVE_PACE)
@public
def sign_in(body: dict[str, Any], brand: str) -> Response:
    """Prove the e-mail with its code. *hosted* sets the brand's cookie; the bearer in the answer is short-lived."""
    found, at = _brand(brand), now()
    origin = body["origin"] or ""
    proved = service.prove_code(
        found, body["sign_in"], body["code"], source={"origin": origin}, at=at
    )
    choices = [consents.Choice(**choice) for choice in body["consents"]]
    proof = _proof("sign_in", origin=origin, campaign_id=proved.campaign_id)
    consents.record_consents(found.id, proved.fan.id, choices, proof, at=at)
    opened = sessions.open_session(
        proved.fan, body["kind"], at=at, origin=origin, user_agent=request.user_agent.string
    )
    bearer = opened
    if body["kind"] == "hosted":
        bearer = sessions.open_page_session(opened.session, at=at)
    who = {"number": proved.fan.number, "new": proved.new}
    response = _bearer_answer(bearer, fan=who)
    if body["kind"] == "hosted":
        keep_signed_in(response, found, opened)
    return response


def _bearer_answer(opened: sessions.Opened, **more: Any) -> Response:
    return jsonify(token=str(opened.token), expires_at=opened.expires_at.isoformat(), **more)


@blueprint.post("/session/rotation")
@_refuses(401, 403, 413, 429)
@_bearer
@blueprint.alt_response(200, schema=schemas.BearerSchema, success=True)
@limiter.limit(ROTATE_PACE, key_func=credential)
@fan_only
def rotate() -> Response:
    """Exchange the bearer for the next one. The old one works for another minute; shown later, it ends the session."""
    return _bearer_answer(sessions.rotate(current_token(), at=now()))


@blueprint.delete("/session")
@_refuses(401, 403, 413)
@_bearer
@blueprint.alt_response(204, success=True)
@fan_only
def sign_out() -> Response:
    """Sign out this device."""
    signed_in = current_fan()
    sessions.end_session(signed_in.brand_id, signed_in.root_id)
    return _signed_out(signed_in)


@blueprint.delete("/sessions")
@_refuses(401, 403, 413)
@_bearer
@blueprint.alt_response(204, success=True)
@fan_only
def sign_out_everywhere() -> Response:
    """Sign out every device."""
    signed_in = current_fan()
    sessions.end_all_sessions(signed_in.brand_id, signed_in.fan.id)
    return _signed_out(signed_in)


def _signed_out(signed_in: sessions.SignedIn) -> Response:
    response = Response(status=204)
    forget(response, _brand_of(signed_in).slug)
    return response


def _brand_of(signed_in: sessions.SignedIn) -> Brand:
    brand = db.session.get(Brand, signed_in.brand_id)
    assert brand is not None, "a fan's brand cannot be deleted without the fan"
    return brand


@blueprint.get("/brands/<brand>/consents")
@_refuses(404)
@blueprint.response(200, schemas.ShownTextsSchema)
@public
def consents_to_show(brand: str) -> dict[str, Any]:
    """List the exact words of each consent, each to be shown beside an empty box."""
    return {"consents": consents.texts_to_show(_brand(brand), language())}


@blueprint.get("/me/consents")
@_refuses(401)
@_bearer
@blueprint.response(200, schemas.StandingConsentsSchema)
@fan_only
def my_consents() -> dict[str, Any]:
    """List my consents as they stand."""
    return _standing(current_fan())


@blueprint.put("/me/consents")
@_refuses(400, 401, 403, 413, 415, 422)
@_bearer
@blueprint.arguments(schemas.ChoicesSchema)
@blueprint.response(200, schemas.StandingConsentsSchema)
@fan_only
def choose_consents(body: dict[str, Any]) -> dict[str, Any]:
    """Give or withdraw consents; each answer is added to the record."""
    signed_in = current_fan()
    choices = [consents.Choice(**choice) for choice in body["consents"]]
    proof = _proof("my_space", origin=signed_in.session.origin)
    consents.record_consents(signed_in.brand_id, signed_in.fan.id, choices, proof, at=now())
    return _standing(signed_in)


def _standing(signed_in: sessions.SignedIn) -> dict[str, Any]:
    given = consents.current_consents(signed_in.brand_id, signed_in.fan.id)
    standing = []
    for shown in consents.texts_to_show(_brand_of(signed_in), language()):
        answer = given.get((shown["purpose"], shown["channel"]))
        standing.append(
            {
                **shown,
                "granted": answer.granted if answer else None,
                "at": answer.created_at if answer else None,
            }
        )
    return {"consents": standing}


@blueprint.get("/me")
@_refuses(401)
@_bearer
@blueprint.response(200, schemas.MeSchema)
@fan_only
def me() -> dict[str, Any]:
    """Say who I am."""
    return _me(current_fan())


@blueprint.patch("/me")
@_refuses(400, 401, 403, 413, 415, 422)
@_bearer
@blueprint.arguments(schemas.ChangeMeSchema)
@blueprint.response(200, schemas.MeSchema)
@fan_only
def change_me(body: dict[str, Any]) -> dict[str, Any]:
    """Change my name, my language, or one thing about me."""
    signed_in, at = current_fan(), now()
    fan = signed_in.fan
    if "display_name" in body:
        fan.display_name = " ".join(body["display_name"].split())
    if body.get("locale") in LOCALES:
        fan.locale = body["locale"]
    if "trait" in body:
        name = body["trait"]["name"]
        value = traits.read_trait(name, body["trait"]["value"], at.date())
        traits.declare(fan.brand_id, fan.id, name, value, source="declared", at=at)
    db.session.flush()
    return _me(signed_in)


def _me(signed_in: sessions.SignedIn) -> dict[str, Any]:
    fan = signed_in.fan
    return {
        "number": fan.number,
        "email": fan.email,
        "display_name": fan.display_name,
        "locale": fan.locale,
        "traits": traits.current_traits(fan.brand_id, fan.id),
    }


@blueprint.get("/me/data")
@_refuses(401, 429)
@_bearer
@blueprint.alt_response(
    200, success=True, description="Everything, by room.", schema={"type": "object"}
)
@limiter.limit(RIGHTS_PACE)
@fan_only
def my_data() -> Response:
    """Download everything the brand holds of me."""
    signed_in = current_fan()
    data = fan_rights.export_data(signed_in.brand_id, signed_in.fan.id)
    return Response(
        json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n",
        mimetype="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@blueprint.delete("/me")
@_refuses(400, 401, 403, 404, 409, 413, 415, 422, 429)
@_bearer
@blueprint.arguments(schemas.EraseSchema)
@blueprint.alt_response(200, schema=schemas.ErasedSchema, success=True)
@limiter.limit(RIGHTS_PACE)
@fan_only
def erase_me(body: dict[str, Any]) -> Response:
    """Erase me. Needs a sign-in of the last minutes, or a fresh code to my own address."""
    signed_in, at = current_fan(), now()
    if body["sign_in"] and body["code"]:
        service.confirm_address(signed_in.fan, body["sign_in"], body["code"], at=at)
    elif at - signed_in.session.created_at > RECENT:
        raise Refused("confirm_first")
    brand = _brand_of(signed_in)
    kept = fan_rights.erase(signed_in.brand_id, signed_in.fan.id, at=at)
    response = jsonify(kept=kept)
    forget(response, brand.slug)
    return response
