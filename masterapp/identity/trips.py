"""The round trip of a fan to a sign-in provider: begun by one browser, ended once, in that same browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update

from masterapp.brands.models import Brand
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.fans import service as fans
from masterapp.fans.models import Fan
from masterapp.identity import service
from masterapp.identity.models import ProviderTrip
from masterapp.identity.protocols import Person, Round, authorize_url, fetch_person
from masterapp.identity.providers import Provider

TRIP_LIFE = timedelta(minutes=10)
#: After the return there is an e-mail to prove, which takes longer than a click.
PROOF_LIFE = timedelta(minutes=30)


@dataclass(frozen=True)
class Departure:
    """Where to send the browser, and the secret that it keeps in a cookie for the way back."""

    url: str
    secret: str


def _round(secret: str, brand: Brand, provider: Provider) -> Round:
    """Derive what ties the way out to the way back, so that the database keeps none of it."""

    def derive(purpose: str) -> str:
        made = hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    base: str = current_app.config["SETTINGS"].base_url
    return Round(
        state=derive("state"),
        nonce=derive("nonce"),
        verifier=derive("verifier"),
        redirect_uri=f"{base}/play/{brand.slug}/sign-in/{provider.name}/callback",
    )


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def begin(brand: Brand, provider: Provider, return_to: str, *, at: datetime) -> Departure:
    """Send a browser to the provider."""
    secret = secrets.token_urlsafe(32)
    trip = _round(secret, brand, provider)
    db.session.add(
        ProviderTrip(
            brand_id=brand.id,
            provider=provider.name,
            state_hash=_hash(trip.state),
            secret_hash=_hash(secret),
            return_to=return_to,
            expires_at=at + TRIP_LIFE,
            created_at=at,
        )
    )
    db.session.flush()
    return Departure(authorize_url(provider, trip), secret)


def come_back(
    brand: Brand, provider: Provider, secret: str, state: str, code: str, *, at: datetime
) -> tuple[ProviderTrip, Fan | None]:
    """Accept a return once; returns the trip, and the fan when this identity is known.

    Raises ``trip_over`` unless this browser began this trip, to this provider, for this brand, and has not returned.
    """
    returned = db.session.scalars(
        update(ProviderTrip)
        .where(
            ProviderTrip.brand_id == brand.id,
            ProviderTrip.provider == provider.name,
            ProviderTrip.state_hash == _hash(state),
            ProviderTrip.secret_hash == _hash(secret),
            ProviderTrip.expires_at > at,
        )
        .values(state_hash=None, expires_at=at + PROOF_LIFE)
        .returning(ProviderTrip)
    ).first()
    if returned is None:
        raise Refused("trip_over")
    db.keep_on_refusal()  # Whatever the provider answers now, this way back is used.
    person: Person = fetch_person(provider, _round(secret, brand, provider), code)
    known = service.find_identity(brand.id, provider.name, person.subject)
    if known is not None:
        fan = fans.get_fan(brand.id, known.fan_id)
        service.note_sign_in(fan, new=False, at=at)
        return returned, fan
    returned.subject, returned.email, returned.name = person.subject, person.email, person.name
    db.session.flush()
    return returned, None


def waiting_trip(brand: Brand, provider: Provider, secret: str, *, at: datetime) -> ProviderTrip:
    """Return the trip of this browser whose identity waits for the proof of an e-mail. Raises ``trip_over``."""
    found = db.session.scalars(
        select(ProviderTrip).where(
            ProviderTrip.brand_id == brand.id,
            ProviderTrip.provider == provider.name,
            ProviderTrip.secret_hash == _hash(secret),
            ProviderTrip.state_hash.is_(None),
            ProviderTrip.subject.is_not(None),
            ProviderTrip.expires_at > at,
        )
    ).first()
    if found is None:
        raise Refused("trip_over")
    return found


def ask_for_proof(
    brand: Brand, trip: ProviderTrip, email: str, *, locale: str, at: datetime
) -> service.Asked:
    """Send a code to an address; who proves it gets this identity."""
    assert trip.subject is not None
    joining = service.Joining(trip.provider, trip.subject)
    return service.request_code(brand, email, locale=locale, joining=joining, at=at)
