"""What identity holds of a fan, declared for the download and the erasure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, tuple_

from masterapp.db import db, now
from masterapp.fans.registry import erases, exports
from masterapp.fans.service import get_fan
from masterapp.identity.models import Identity, ProviderTrip, SignIn
from masterapp.identity.sessions import end_all_sessions, list_sessions, session_facts


@exports("identities")
def _export_identities(brand_id: UUID, fan_id: UUID) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        select(Identity)
        .where(Identity.brand_id == brand_id, Identity.fan_id == fan_id)
        .order_by(Identity.created_at, Identity.id)
    )
    return [
        {
            "provider": row.provider,
            "subject": row.subject,
            "verified_at": row.verified_at.isoformat() if row.verified_at else None,
        }
        for row in rows
    ]


@exports("sessions")
def _export_sessions(brand_id: UUID, fan_id: UUID) -> list[dict[str, Any]]:
    return [session_facts(session) for session in list_sessions(brand_id, fan_id, at=now())]


@erases("identities")
def _erase_identities(brand_id: UUID, fan_id: UUID) -> str | None:
    key = get_fan(brand_id, fan_id).email_key
    if key:
        db.session.execute(
            delete(SignIn).where(SignIn.brand_id == brand_id, SignIn.email_key == key)
        )
    db.session.execute(
        delete(ProviderTrip).where(
            ProviderTrip.brand_id == brand_id,
            or_(
                func.lower(ProviderTrip.email) == (key or ""),
                tuple_(ProviderTrip.provider, ProviderTrip.subject).in_(
                    select(Identity.provider, Identity.subject).where(
                        Identity.brand_id == brand_id, Identity.fan_id == fan_id
                    )
                ),
            ),
        )
    )
    db.session.execute(
        delete(Identity).where(Identity.brand_id == brand_id, Identity.fan_id == fan_id)
    )
    return None


@erases("sessions")
def _erase_sessions(brand_id: UUID, fan_id: UUID) -> str | None:
    end_all_sessions(brand_id, fan_id)
    return None
