"""The fan's row: found or made when an identity is proved, and changed by the fan."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from masterapp.db import db
from masterapp.errors import Refused
from masterapp.fans.addresses import Address
from masterapp.fans.models import Fan


def find_by_email(brand_id: UUID, key: str) -> Fan | None:
    """Return the oldest living fan of the brand with this address."""
    return db.session.scalars(
        select(Fan)
        .where(Fan.brand_id == brand_id, Fan.email_key == key, Fan.erased_at.is_(None))
        .order_by(Fan.number)
        .limit(1)
    ).first()


def create(brand_id: UUID, address: Address, *, locale: str, source: dict[str, Any]) -> Fan:
    """Add a fan with this address. The caller's unique identity decides a race of two."""
    fan = Fan(
        brand_id=brand_id,
        email=address.email,
        email_key=address.key,
        email_domain=address.domain,
        locale=locale,
        source=source,
    )
    db.session.add(fan)
    db.session.flush()
    return fan


def get_fan(brand_id: UUID, fan_id: UUID) -> Fan:
    """Return a fan of the brand. Raises ``not_found``, also for one of another brand or an erased one."""
    fan = db.session.get(Fan, (brand_id, fan_id))
    if fan is None or fan.erased_at is not None:
        raise Refused("not_found")
    return fan
