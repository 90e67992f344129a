"""The brand's offers: what a coupon gives, made and changed by marketers, with what was given and used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from masterapp.audit.service import record
from masterapp.brands.models import Store
from masterapp.coupons.models import Coupon, ImportedCode, Offer, Redemption
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.texts import LOCALES
from masterapp.texts import lazy_text as _l

LONGEST = {"label": 80, "conditions": 1000, "till_note": 160}
#: name → (least, most) of the whole numbers.
RANGES = {
    "value_cents": (0, 100_000_00),
    "valid_days": (0, 3650),
    "per_fan": (0, 1000),
    "stock": (0, 100_000_000),
}
SOURCES = ("generated", "imported")

_NO_LABEL = _l("Say in a few words what the coupon gives.")
_TOO_LONG = _l("Too long: at most %(most)s characters.")
_RANGE = _l("Give a whole number from %(least)s to %(most)s.")
_MONEY = _l("Give an amount such as 10 or 7.50.")
_ORDER = _l("The end must come after the beginning.")
_GIVEN = _l("At least %(number)s coupons are already given: the stock cannot be smaller.")
_LINK = _l("Give the whole address, beginning with https://")
_SOURCE = _l("Choose where the codes come from.")


@dataclass(frozen=True)
class Counted:
    """An offer with its figures."""

    offer: Offer
    redeemed: int
    #: Listed codes that nobody has yet; None when codes are generated.
    free: int | None

    @property
    def left(self) -> int | None:
        """How many coupons can still be given; None without a limit."""
        limits = [self.free]
        if self.offer.stock is not None:
            limits.append(self.offer.stock - self.offer.issued)
        known = [limit for limit in limits if limit is not None]
        return max(0, min(known)) if known else None

    @property
    def rate(self) -> float:
        """The share of the given coupons that were used."""
        return self.redeemed / self.offer.issued if self.offer.issued else 0.0

    def state(self, at: datetime) -> str:
        """Return ``paused``, ``ended``, ``sold_out``, ``coming`` or ``open``."""
        offer = self.offer
        if not offer.active:
            return "paused"
        if offer.valid_until and offer.valid_until <= at:
            return "ended"
        if self.left == 0:
            return "sold_out"
        return "coming" if offer.valid_from and offer.valid_from > at else "open"


def of_brand(brand_id: UUID) -> list[Counted]:
    """Return the brand's offers with their figures, the newest first."""
    used = _counts(
        select(Coupon.offer_id, func.count())
        .join(
            Redemption,
            (Redemption.brand_id == Coupon.brand_id) & (Redemption.coupon_id == Coupon.id),
        )
        .where(Coupon.brand_id == brand_id, Redemption.undone_at.is_(None))
        .group_by(Coupon.offer_id)
    )
    free = _counts(
        select(ImportedCode.offer_id, func.count())
        .where(ImportedCode.brand_id == brand_id, ImportedCode.taken_at.is_(None))
        .group_by(ImportedCode.offer_id)
    )
    offers = db.session.scalars(
        select(Offer).where(Offer.brand_id == brand_id).order_by(Offer.id.desc())
    )
    return [
        Counted(
            offer,
            used.get(offer.id, 0),
            free.get(offer.id, 0) if offer.code_source == "imported" else None,
        )
        for offer in offers
    ]


def counted(brand_id: UUID, offer_id: UUID) -> Counted:
    """Return one offer of the brand with its figures, or refuse with ``not_found``."""
    found = next((one for one in of_brand(brand_id) if one.offer.id == offer_id), None)
    if found is None:
        raise Refused("not_found")
    return found


def used_by_store(brand_id: UUID, offer_id: UUID) -> list[tuple[str, int]]:
    """Return how many coupons of the offer each store has taken, the busiest first."""
    rows = db.session.execute(
        select(Store.name, func.count())
        .join(
            Redemption, (Redemption.brand_id == Store.brand_id) & (Redemption.store_id == Store.id)
        )
        .join(
            Coupon, (Coupon.brand_id == Redemption.brand_id) & (Coupon.id == Redemption.coupon_id)
        )
        .where(
            Store.brand_id == brand_id, Coupon.offer_id == offer_id, Redemption.undone_at.is_(None)
        )
        .group_by(Store.id, Store.name)
        .order_by(func.count().desc(), Store.name)
    )
    return [(name, number) for name, number in rows]


def save(
    brand_id: UUID,
    offer: Offer | None,
    values: Mapping[str, Any],
    *,
    member_id: UUID,
    key: UUID | None = None,
) -> Offer:
    """Make an offer (with the id *key*), or change one; coupons already given keep the dates they were given with."""
    adding = offer is None
    if offer is None:
        offer = Offer(brand_id=brand_id, id=key or new_id(), issued=0)
    new = _checked(brand_id, offer, values, adding=adding)
    before = {} if adding else {name: getattr(offer, name) for name in new}
    for name, value in new.items():
        setattr(offer, name, value)
    db.session.add(offer)
    try:
        db.session.flush()
    except IntegrityError:
        # Coupons were given while the form was open.
        refusal = str(_GIVEN) % {"number": new["stock"] + 1}
        raise Refused("invalid", fields={"stock": [refusal]}) from None
    changes = [
        {"path": name, "before": _plain(before.get(name)), "after": _plain(value)}
        for name, value in new.items()
        if before.get(name) != value
    ]
    if changes:
        record(
            brand_id,
            "offer_added" if adding else "offer_changed",
            actor_kind="member",
            actor_id=member_id,
            object_kind="offer",
            object_id=offer.id,
            name=offer.label,
            changes=changes,
        )
    return offer


def _checked(
    brand_id: UUID, offer: Offer, values: Mapping[str, Any], *, adding: bool
) -> dict[str, Any]:
    """Return the clean values, or refuse with ``invalid`` naming every field at once."""
    errors: dict[str, list[str]] = {}
    new: dict[str, Any] = {
        name: _texts(values.get(name) or {}, most, name, errors) for name, most in LONGEST.items()
    }
    if not new["label"] and "label" not in errors:
        errors["label"] = [str(_NO_LABEL)]
    for name, (least, most) in RANGES.items():
        number = values.get(name)
        new[name] = number
        if number is None and name == "stock":
            continue
        if not isinstance(number, int) or not least <= number <= most:
            money = name == "value_cents"
            errors[name] = [str(_MONEY) if money else str(_RANGE) % {"least": least, "most": most}]
    if not adding and isinstance(new["stock"], int) and new["stock"] < offer.issued:
        errors.setdefault("stock", [str(_GIVEN) % {"number": offer.issued}])
    new["valid_from"], new["valid_until"] = values.get("valid_from"), values.get("valid_until")
    if new["valid_from"] and new["valid_until"] and new["valid_until"] <= new["valid_from"]:
        errors["valid_until"] = [str(_ORDER)]
    new["shop_url"] = str(values.get("shop_url") or "").strip()
    if new["shop_url"] and not _is_link(new["shop_url"]):
        errors["shop_url"] = [str(_LINK)]
    new["store_ids"] = _own_stores(brand_id, values.get("store_ids") or ())
    new["active"] = bool(values.get("active"))
    if adding:
        new["code_source"] = values.get("code_source")
        if new["code_source"] not in SOURCES:
            errors["code_source"] = [str(_SOURCE)]
    if errors:
        raise Refused("invalid", fields=errors)
    return new


def _texts(
    texts: Mapping[str, str], most: int, name: str, errors: dict[str, list[str]]
) -> dict[str, str]:
    clean = {locale: str(texts.get(locale, "")).replace("\0", "").strip() for locale in LOCALES}
    if any(len(text) > most for text in clean.values()):
        errors[name] = [str(_TOO_LONG) % {"most": most}]
    return {locale: text for locale, text in clean.items() if text}


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = text.isprintable() and " " not in text and len(text) <= 500
    return parts.scheme == "https" and "." in (parts.hostname or "") and plain


def _own_stores(brand_id: UUID, chosen: Any) -> list[str]:
    """Keep the ids of the brand's own stores; every store chosen is the same as none."""
    own = [
        str(store_id)
        for store_id in db.session.scalars(
            select(Store.id).where(Store.brand_id == brand_id, Store.active).order_by(Store.id)
        )
    ]
    kept = [store_id for store_id in own if store_id in set(chosen)]
    return [] if len(kept) == len(own) else kept


def _counts(query: Any) -> dict[UUID, int]:
    return {row[0]: row[1] for row in db.session.execute(query)}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
