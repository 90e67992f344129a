"""Signing in with another provider, on full pages only: out, back, and the proof of an e-mail the first time."""

from __future__ import annotations

from uuid import UUID

import structlog
from flask import current_app, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from masterapp.brands.access import public
from masterapp.brands.models import Brand
from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.fans.models import Fan
from masterapp.identity import providers, service, sessions, trips
from masterapp.identity.current import keep_signed_in
from masterapp.identity.models import ProviderTrip
from masterapp.identity.providers import Provider
from masterapp.limits import limiter
from masterapp.texts import language
from masterapp.web.fan import frame, visitor

log = structlog.get_logger(__name__)

COOKIE = "mapp_trip"
COOKIE_SECONDS = 30 * 60
PACE = "30 per minute"

Answer = str | Response | tuple[str, int]


def _check_setting(state: BlueprintSetupState) -> None:
    """A wrong setting stops the boot."""
    providers.load(state.app.config["SETTINGS"].sign_in_providers)


frame.blueprint.record_once(_check_setting)


def links(brand: Brand, back_to: str) -> list[dict[str, str]]:
    """Return the ways to sign in that the brand has switched on. X forbids to show anything of it in a frame."""
    framed = request.path.startswith("/embed/")
    return [
        {
            "name": provider.label,
            "icon": provider.icon,
            "url": url_for(
                "fan.begin_trip", brand_slug=brand.slug, provider=provider.name, next=back_to
            ),
        }
        for provider in providers.providers_of(brand.slug).values()
        if not (framed and provider.kind == "x")
    ]


visitor.other_ways.append(links)


def _provider(name: str) -> Provider:
    provider = providers.providers_of(g.brand.slug).get(name)
    if provider is None:
        raise Refused("not_found")
    return provider


def _secret() -> str:
    return request.cookies.get(COOKIE, "")


@frame.blueprint.get("/sign-in/<provider>")
@limiter.limit(PACE)
@public
def begin_trip(provider: str) -> Answer:
    """Send the fan to the provider."""
    wanted, back_to = _provider(provider), visitor.safe_return(request.args.get("next"))
    departure = trips.begin(g.brand, wanted, back_to, at=now())
    response = redirect(departure.url)
    response.set_cookie(
        COOKIE,
        departure.secret,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].secure,
        path=url_for("fan.sign_in"),
    )
    return response


@frame.blueprint.get("/sign-in/<provider>/callback")
@limiter.limit(PACE)
@public
def end_trip(provider: str) -> Answer:
    """Take the fan back: signed in when the identity is known, else asked to prove an e-mail."""
    wanted = _provider(provider)
    if request.args.get("error"):
        log.info("provider_declined", provider=wanted.name)
        raise Refused("provider_declined", provider=wanted.label)
    trip, fan = trips.come_back(
        g.brand,
        wanted,
        _secret(),
        request.args.get("state", ""),
        request.args.get("code", ""),
        at=now(),
    )
    if fan is not None:
        return _signed_in(fan, trip, new=False)
    if trip.email:
        return _send_code(wanted, trip, trip.email)
    return _email_page(wanted, trip)


@frame.blueprint.get("/sign-in/<provider>/email")
@public
def other_email(provider: str) -> Answer:
    """Ask for the address to prove."""
    wanted = _provider(provider)
    return _email_page(wanted, trips.waiting_trip(g.brand, wanted, _secret(), at=now()))


@frame.blueprint.post("/sign-in/<provider>/email")
@limiter.limit(PACE)
@public
def prove_email(provider: str) -> Answer:
    """Send the code, for the first time or again."""
    wanted = _provider(provider)
    trip = trips.waiting_trip(g.brand, wanted, _secret(), at=now())
    return _send_code(wanted, trip, request.form.get("email", "").strip())


@frame.blueprint.post("/sign-in/<provider>/proof")
@limiter.limit(PACE)
@public
def end_proof(provider: str) -> Answer:
    """Check the code: from now on the provider's identity opens this fan's space."""
    wanted = _provider(provider)
    trip = trips.waiting_trip(g.brand, wanted, _secret(), at=now())
    sign_in_id = visitor.read_id(request.form.get("sign_in"))
    code = "".join(request.form.get("code", "").split())
    source = {"page": "sign_in", "provider": wanted.name}
    try:
        proved = service.prove_code(g.brand, sign_in_id, code, source=source, at=now())
    except Refused as refusal:
        email = request.form.get("email", "")
        return _code_page(wanted, email, sign_in_id, refusal.message), refusal.status
    return _signed_in(proved.fan, trip, new=proved.new)


def _signed_in(fan: Fan, trip: ProviderTrip, *, new: bool) -> Response:
    where = url_for("fan.welcome", next=trip.return_to) if new else trip.return_to
    opened = sessions.open_session(fan, "hosted", at=now(), user_agent=request.user_agent.string)
    db.session.delete(trip)
    response = redirect(where, 303)
    response.delete_cookie(COOKIE, path=url_for("fan.sign_in"), httponly=True, samesite="Lax")
    keep_signed_in(response, g.brand, opened)
    return response


def _send_code(provider: Provider, trip: ProviderTrip, email: str) -> Answer:
    try:
        asked = trips.ask_for_proof(g.brand, trip, email, locale=language(), at=now())
    except Refused as refusal:
        db.keep_on_refusal()
        error = next((said[0] for said in refusal.fields.values() if said), refusal.message)
        return _email_page(provider, trip, email, error), refusal.status
    return _code_page(provider, email, asked.sign_in)


def _email_page(provider: Provider, trip: ProviderTrip, email: str = "", error: str = "") -> str:
    return render_template(
        "fan/social_email.html",
        provider=provider,
        trip=trip,
        email=email or trip.email or "",
        error=error,
    )


def _code_page(provider: Provider, email: str, sign_in_id: UUID, error: str = "") -> str:
    return render_template(
        "fan/social_code.html", provider=provider, email=email, sign_in=sign_in_id, error=error
    )
