"""The fan's side: the coupons one holds, what their QR says, and their part in a download of one's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from masterapp.coupons import qr
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.fans.registry import erases, exports
from masterapp.texts import translate as _

_MINE = """
SELECT coupon.id, coupon.code, coupon.valid_from, coupon.valid_until, coupon.created_at,
       offer.label, offer.conditions, offer.value_cents, offer.shop_url, offer.code_source,
       brand.slug AS brand_slug, used.created_at AS used_at, store.name AS used_store,
       ARRAY(SELECT name FROM store WHERE brand_id = %(brand)s AND offer.store_ids ? id::text
             ORDER BY name) AS stores
FROM coupon
JOIN offer ON offer.brand_id = coupon.brand_id AND offer.id = coupon.offer_id
JOIN brand ON brand.id = coupon.brand_id
LEFT JOIN redemption used
  ON used.brand_id = coupon.brand_id AND used.coupon_id = coupon.id AND used.undone_at IS NULL
LEFT JOIN store ON store.brand_id = used.brand_id AND store.id = used.store_id
WHERE coupon.brand_id = %(brand)s AND coupon.fan_id = %(fan)s
  AND (%(coupon)s::uuid IS NULL OR coupon.id = %(coupon)s)
ORDER BY used.created_at IS NOT NULL, coupon.valid_until NULLS LAST, coupon.id DESC
"""


@dataclass(frozen=True)
class Carried:
    """A coupon as its fan carries it."""

    id: UUID
    code: str
    valid_from: datetime | None
    valid_until: datetime | None
    created_at: datetime
    label: dict[str, Any]
    conditions: dict[str, Any]
    value_cents: int
    shop_url: str
    code_source: str
    brand_slug: str
    used_at: datetime | None
    used_store: str | None
    stores: list[str]

    def state(self, at: datetime) -> str:
        """Return ``used``, ``expired``, ``not_yet`` or ``valid``."""
        if self.used_at:
            return "used"
        if self.valid_until and self.valid_until <= at:
            return "expired"
        return "not_yet" if self.valid_from and self.valid_from > at else "valid"

    @property
    def qr_content(self) -> str:
        """What the coupon's QR says."""
        return qr.content(self.brand_slug, self.code, self.code_source)


def carried(brand_id: UUID, fan_id: UUID) -> list[Carried]:
    """Return the fan's coupons: unused ones first, and of these the one that ends first."""
    return _read(brand_id, fan_id, None)


def one_carried(brand_id: UUID, fan_id: UUID, coupon_id: UUID) -> Carried:
    """Return one of the fan's own coupons; anybody else's is not found."""
    found = _read(brand_id, fan_id, coupon_id)
    if not found:
        raise Refused("not_found")
    return found[0]


def _read(brand_id: UUID, fan_id: UUID, coupon_id: UUID | None) -> list[Carried]:
    names = {"brand": brand_id, "fan": fan_id, "coupon": coupon_id}
    with db.driver.cursor(row_factory=class_row(Carried)) as cursor:
        return cursor.execute(_MINE, names).fetchall()


@exports("coupons")
def _export_coupons(brand_id: UUID, fan_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "code": coupon.code,
            "label": coupon.label,
            "given_at": coupon.created_at.isoformat(),
            "valid_until": coupon.valid_until.isoformat() if coupon.valid_until else None,
            "used_at": coupon.used_at.isoformat() if coupon.used_at else None,
            "used_store": coupon.used_store,
        }
        for coupon in carried(brand_id, fan_id)
    ]


@erases("coupons")
def _keep_used_coupons(brand_id: UUID, fan_id: UUID) -> str | None:
    """A coupon bears no name; those used stay for the stores' accounts, those unused can no longer be shown."""
    held = carried(brand_id, fan_id)
    db.driver.execute(
        "UPDATE coupon SET valid_until = now() "
        "WHERE brand_id = %(brand)s AND fan_id = %(fan)s AND (valid_until IS NULL OR valid_until > now()) "
        "AND NOT EXISTS (SELECT FROM redemption WHERE redemption.brand_id = coupon.brand_id "
        "AND redemption.coupon_id = coupon.id AND redemption.undone_at IS NULL)",
        {"brand": brand_id, "fan": fan_id},
    )
    if not any(coupon.used_at for coupon in held):
        return None
    return _("The coupons you used, without your name: the stores' accounts need them.")
