"""A fan's rights: a download of everything the brand holds of them, and an erasure that leaves no personal datum."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from masterapp.audit.service import record
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.fans.models import Consent, ConsentText, Trait
from masterapp.fans.registry import ERASERS, EXPORTERS, erases, exports
from masterapp.fans.service import get_fan
from masterapp.keys import keyed_hash
from masterapp.texts import translate as _


def export_data(brand_id: UUID, fan_id: UUID) -> dict[str, Any]:
    """Return everything the rooms hold of the fan, as plain JSON."""
    get_fan(brand_id, fan_id)
    return {name: exporter(brand_id, fan_id) for name, exporter in sorted(EXPORTERS.items())}


def erase(
    brand_id: UUID, fan_id: UUID, *, at: datetime, member_id: UUID | None = None
) -> list[str]:
    """Forget the fan, once: at their own wish, or by the member who helps them.

    Returns sentences about what must be kept and why, in the language of the request.
    """
    fan = get_fan(brand_id, fan_id)
    db.session.refresh(fan, with_for_update=True)
    if fan.erased_at is not None:
        raise Refused("not_found")
    kept = [sentence for eraser in ERASERS.values() if (sentence := eraser(brand_id, fan_id))]
    if fan.email_key:
        fan.erased_key = keyed_hash("erased fan", fan.email_key)
    fan.email = fan.email_key = fan.email_domain = None
    fan.display_name = ""
    fan.source = {}
    fan.last_seen_at = None
    fan.erased_at = at
    record(
        brand_id,
        "fan_erased",
        actor_kind="member" if member_id else "fan",
        actor_id=member_id or fan_id,
        object_kind="fan",
        object_id=fan_id,
        kept=kept,
    )
    db.session.flush()
    return kept


@exports("fan")
def _export_fan(brand_id: UUID, fan_id: UUID) -> dict[str, Any]:
    fan = get_fan(brand_id, fan_id)
    return {
        "number": fan.number,
        "email": fan.email,
        "display_name": fan.display_name,
        "locale": fan.locale,
        "source": fan.source,
        "first_seen_at": fan.created_at.isoformat(),
        "last_seen_at": fan.last_seen_at.isoformat() if fan.last_seen_at else None,
    }


@exports("traits")
def _export_traits(brand_id: UUID, fan_id: UUID) -> list[dict[str, Any]]:
    traits = db.session.scalars(
        select(Trait)
        .where(Trait.brand_id == brand_id, Trait.fan_id == fan_id)
        .order_by(Trait.created_at, Trait.id)
    )
    return [
        {
            "name": trait.name,
            "value": trait.value,
            "source": trait.source,
            "since": trait.created_at.isoformat(),
            "replaced_at": trait.replaced_at.isoformat() if trait.replaced_at else None,
        }
        for trait in traits
    ]


@exports("consents")
def _export_consents(brand_id: UUID, fan_id: UUID) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Consent, ConsentText.text)
        .join(
            ConsentText,
            (ConsentText.brand_id == Consent.brand_id) & (ConsentText.id == Consent.text_id),
        )
        .where(Consent.brand_id == brand_id, Consent.fan_id == fan_id)
        .order_by(Consent.created_at, Consent.id)
    )
    return [
        {
            "purpose": consent.purpose,
            "channel": consent.channel,
            "granted": consent.granted,
            "text": words,
            "method": consent.method,
            "origin": consent.origin,
            "network": consent.address_prefix,
            "at": consent.created_at.isoformat(),
        }
        for consent, words in rows
    ]


@erases("traits")
def _erase_traits(brand_id: UUID, fan_id: UUID) -> str | None:
    db.session.execute(delete(Trait).where(Trait.brand_id == brand_id, Trait.fan_id == fan_id))
    return None


@erases("consents")
def _keep_consents(brand_id: UUID, fan_id: UUID) -> str | None:
    found = db.session.scalar(
        select(Consent.id).where(Consent.brand_id == brand_id, Consent.fan_id == fan_id).limit(1)
    )
    if found is None:
        return None
    return _(
        "The record of your consents, without your name or address: the law asks the brand to be able to prove them."
    )
