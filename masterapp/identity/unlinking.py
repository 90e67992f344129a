"""Somebody takes our permission back at their provider: the link goes, and a receipt proves that it went."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from masterapp.audit.service import record
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.identity.models import Identity, ProviderTrip
from masterapp.identity.providers import Provider
from masterapp.keys import keyed_hash

TIME_DIGITS = 8
PROOF_DIGITS = 16


def read_signed_request(text: str, provider: Provider) -> str:
    """Return the user that Facebook's ``signed_request`` is about. Raises ``forged`` unless Facebook signed it."""
    signature, _, payload = text.partition(".")
    expected = hmac.digest(provider.client_secret.encode(), payload.encode(), hashlib.sha256)
    try:
        if not hmac.compare_digest(_decode(signature), expected):
            raise Refused("forged")
        data: Any = json.loads(_decode(payload))
        algorithm, user = str(data["algorithm"]), str(data["user_id"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise Refused("forged") from None
    if algorithm.upper() != "HMAC-SHA256":
        raise Refused("forged")
    return user


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def unlink(brand_id: UUID, provider: Provider, subject: str) -> None:
    """Forget an identity and whatever a trip kept of it; the fan keeps the e-mail that they proved to us."""
    gone = db.session.scalars(
        delete(Identity)
        .where(
            Identity.brand_id == brand_id,
            Identity.provider == provider.name,
            Identity.subject == subject,
        )
        .returning(Identity.fan_id)
    ).all()
    db.session.execute(
        delete(ProviderTrip).where(
            ProviderTrip.brand_id == brand_id,
            ProviderTrip.provider == provider.name,
            ProviderTrip.subject == subject,
        )
    )
    for fan_id in gone:
        record(
            brand_id,
            "identity_unlinked",
            actor_kind="system",
            object_kind="fan",
            object_id=fan_id,
            provider=provider.name,
        )


def make_receipt(brand_id: UUID, *, at: datetime) -> str:
    """Return a code that proves later that we deleted something at this time; it holds nothing of the person."""
    moment = f"{int(at.timestamp()):0{TIME_DIGITS}x}"
    return moment + _proof(brand_id, moment)


def read_receipt(brand_id: UUID, receipt: str) -> datetime:
    """Return when the deletion of a receipt was done. Raises ``not_found`` for one that we did not give."""
    moment, proof = receipt[:TIME_DIGITS], receipt[TIME_DIGITS:]
    if not hmac.compare_digest(proof.encode(), _proof(brand_id, moment).encode()):
        raise Refused("not_found")
    return datetime.fromtimestamp(int(moment, 16), UTC)


def _proof(brand_id: UUID, moment: str) -> str:
    return keyed_hash("deletion receipt", brand_id.bytes, moment).hex()[:PROOF_DIGITS]
