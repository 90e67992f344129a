"""The brand's points of sale: added, changed, closed. A store that has seen coupons is closed, never deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from masterapp.audit import service as audit
from masterapp.brands.models import Store
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.texts import lazy_text as _l

LONGEST = {"code": 20, "name": 80, "address": 160, "postcode": 12, "city": 80}
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")

_BAD_CODE = _l("Use letters, digits and hyphens, such as LYON-01.")
_TAKEN = _l("Another store already has this code.")
_NO_NAME = _l("Give the store a name.")
_TOO_LONG = _l("Too long: at most %(most)s characters.")


def of_brand(brand_id: UUID) -> list[Store]:
    """Return the brand's stores by name, the open ones first."""
    rows = (
        select(Store)
        .where(Store.brand_id == brand_id)
        .order_by(Store.active.desc(), Store.name, Store.code)
    )
    return list(db.session.scalars(rows))


def find(brand_id: UUID, store_id: UUID) -> Store:
    """Return a store of the brand, or refuse with ``not_found``."""
    store = db.session.get(Store, (brand_id, store_id))
    if store is None:
        raise Refused("not_found")
    return store


def save(
    brand_id: UUID, store: Store | None, values: Mapping[str, Any], *, member_id: UUID
) -> Store:
    """Add a store, or change one."""
    new = _checked(values)
    adding = store is None
    if store is None:
        store = Store(brand_id=brand_id)
        db.session.add(store)
        before: dict[str, Any] = {}
    else:
        before = {name: getattr(store, name) for name in new}
    for name, value in new.items():
        setattr(store, name, value)
    try:
        db.session.flush()
    except IntegrityError:
        raise Refused("invalid", fields={"code": [str(_TAKEN)]}) from None
    changes = [
        {"path": name, "before": before.get(name), "after": value}
        for name, value in new.items()
        if before.get(name) != value
    ]
    if changes:
        audit.record(
            brand_id,
            "store_added" if adding else "store_changed",
            actor_kind="member",
            actor_id=member_id,
            object_kind="store",
            object_id=store.id,
            name=store.name,
            changes=changes,
        )
    return store


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    new: dict[str, Any] = {name: " ".join(str(values.get(name, "")).split()) for name in LONGEST}
    new["code"] = new["code"].upper()
    errors = {
        name: [str(_TOO_LONG) % {"most": most}]
        for name, most in LONGEST.items()
        if len(new[name]) > most
    }
    if not CODE.fullmatch(new["code"]):
        errors["code"] = [str(_BAD_CODE)]
    if not new["name"]:
        errors["name"] = [str(_NO_NAME)]
    if errors:
        raise Refused("invalid", fields=errors)
    return {**new, "active": bool(values.get("active"))}
