"""Gives coupons to fans, in the caller's transaction: the database decides stock, limit per fan and validity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from masterapp import events
from masterapp.coupons import codes
from masterapp.db import db, new_id, now
from masterapp.errors import Refused
from masterapp.jobs import jobs

# The fan's row is locked, so that what this fan already holds cannot change before the coupon is written. It is the
# offer's row that many fans share, and it is locked last and for as short as possible.
_READ = """
SELECT offer.label, offer.active, offer.valid_from, offer.valid_until, offer.valid_days, offer.code_source,
       brand.time_zone
FROM offer
JOIN brand ON brand.id = offer.brand_id
JOIN fan ON fan.brand_id = offer.brand_id AND fan.id = %(fan)s
WHERE offer.brand_id = %(brand)s AND offer.id = %(offer)s
FOR NO KEY UPDATE OF fan
"""

_NEXT_LISTED = """
SELECT id, code FROM imported_code
WHERE brand_id = %(brand)s AND offer_id = %(offer)s AND taken_at IS NULL
ORDER BY id LIMIT 1
FOR UPDATE SKIP LOCKED
"""

_GIVE = """
WITH held AS (
  SELECT count(*) AS number FROM coupon
  WHERE brand_id = %(brand)s AND offer_id = %(offer)s AND fan_id = %(fan)s
), counted AS (
  UPDATE offer SET issued = issued + 1
  WHERE brand_id = %(brand)s AND id = %(offer)s
    AND (stock IS NULL OR issued < stock)
    AND (per_fan = 0 OR (SELECT number FROM held) < per_fan)
  RETURNING id
), taken AS (
  UPDATE imported_code SET taken_at = %(at)s
  WHERE brand_id = %(brand)s AND id = %(listed)s AND EXISTS (SELECT FROM counted)
), given AS (
  INSERT INTO coupon (brand_id, id, offer_id, fan_id, code, code_key, valid_from, valid_until,
                      play_id, grant_id, created_at)
  SELECT %(brand)s, %(id)s, id, %(fan)s, %(code)s, %(code_key)s, %(valid_from)s, %(valid_until)s,
         %(play)s, %(grant)s, %(at)s
  FROM counted
)
SELECT EXISTS (SELECT FROM counted),
       EXISTS (SELECT FROM offer WHERE brand_id = %(brand)s AND id = %(offer)s
               AND per_fan > 0 AND (SELECT number FROM held) >= per_fan)
"""


@dataclass(frozen=True)
class Issued:
    """A coupon that was just given: what the fan's page shows of it."""

    id: UUID
    offer_id: UUID
    code: str
    label: Mapping[str, Any]
    valid_from: datetime | None
    valid_until: datetime | None


def issue(
    brand_id: UUID,
    offer_id: UUID,
    fan_id: UUID,
    *,
    play_id: UUID | None = None,
    grant_id: UUID | None = None,
    at: datetime | None = None,
) -> Issued:
    """Give the fan one code of the offer and let the e-mail leave with the commit.

    Refuses with ``offer_not_open``, ``offer_ended``, ``offer_sold_out`` or ``offer_fan_limit``, having written nothing.
    """
    at = at or now()
    names = {"brand": brand_id, "offer": offer_id, "fan": fan_id}
    offer = db.driver.execute(_READ, names).fetchone()
    if offer is None:
        raise Refused("not_found")
    label, active, opens, ends, days, source, zone = offer
    if not active:
        raise Refused("offer_not_open")
    if ends is not None and ends <= at:
        raise Refused("offer_ended")
    listed, code = _listed_code(names) if source == "imported" else (None, codes.new_code())
    issued = Issued(new_id(), offer_id, code, label, opens, validity(at, opens, ends, days, zone))
    _give(names, issued, listed=listed, play=play_id, grant=grant_id, at=at)
    jobs.defer("send_coupon", brand_id=str(brand_id), coupon_id=str(issued.id))
    events.after_commit(events.coupon_issued, brand_id=brand_id, fan_id=fan_id, coupon_id=issued.id)
    return issued


def validity(
    at: datetime, opens: datetime | None, ends: datetime | None, days: int, zone: str
) -> datetime | None:
    """Return when a code given at *at* ends: after whole days of the brand's calendar, never after the offer."""
    if not days:
        return ends
    first = max(at, opens) if opens else at
    local = first.astimezone(ZoneInfo(zone))
    end = datetime.combine(local.date() + timedelta(days=days + 1), time(), ZoneInfo(zone))
    return min(end, ends) if ends else end


def _listed_code(names: Mapping[str, UUID]) -> tuple[UUID, str]:
    """Lock the next free code of the imported list; another fan who asks at this moment gets the one after it."""
    row = db.driver.execute(_NEXT_LISTED, names).fetchone()
    if row is None:
        raise Refused("offer_sold_out")
    return row[0], row[1]


def _give(names: Mapping[str, UUID], issued: Issued, *, at: datetime, **links: UUID | None) -> None:
    """Count the coupon against stock and limit and write it, in one statement that does both or neither."""
    row = db.driver.execute(
        _GIVE,
        {
            **names,
            **links,
            "at": at,
            "id": issued.id,
            "code": issued.code,
            "code_key": codes.fold(issued.code),
            "valid_from": issued.valid_from,
            "valid_until": issued.valid_until,
        },
    ).fetchone()
    assert row is not None
    counted, at_limit = row
    if not counted:
        raise Refused("offer_fan_limit" if at_limit else "offer_sold_out")
