"""The till's questions: is this code good here and now, use it exactly once, and undo that within five minutes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from masterapp import events
from masterapp.audit.service import record
from masterapp.brands.access import STORE_ROLES, Badge
from masterapp.brands.models import Member
from masterapp.coupons import codes
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.prepared import Prepared
from masterapp.prizes.handing import HANDED, WAITS_AGAIN
from masterapp.sql import Clause, compose

UNDO_MINUTES = 5

#: A verdict that is not ``valid``, and the refusal of a use that meets it.
REFUSALS = {
    "already_used": "coupon_used",
    "expired": "coupon_expired",
    "not_yet": "coupon_not_yet",
    "wrong_store": "coupon_wrong_store",
    "unknown": "coupon_unknown",
    "mistyped": "coupon_mistyped",
}

_COUPON = """
  SELECT coupon.id, coupon.grant_id, coupon.code, coupon.valid_from, coupon.valid_until,
         offer.label, offer.conditions, offer.till_note, offer.value_cents, offer.store_ids,
         brand.time_zone AS zone
  FROM coupon
  JOIN brand ON brand.id = coupon.brand_id
  JOIN offer ON offer.brand_id = coupon.brand_id AND offer.id = coupon.offer_id
  WHERE coupon.brand_id = %(brand)s AND coupon.code_key = %(code_key)s
"""

_LOOK = Prepared(f"""
WITH held AS ({_COUPON})
SELECT held.*, used.id AS use_id, used.created_at AS used_at, used.store_id AS used_store_id,
       store.name AS used_store, used.member_id AS used_by,
       (SELECT string_agg(name, ', ' ORDER BY name) FROM store
        WHERE brand_id = %(brand)s AND held.store_ids ? id::text) AS store_names
FROM held
LEFT JOIN redemption used
  ON used.brand_id = %(brand)s AND used.coupon_id = held.id AND used.undone_at IS NULL
LEFT JOIN store ON store.brand_id = used.brand_id AND store.id = used.store_id
""")  # noqa: S608 - made of constants.

# A store of the brand in which this member works: the same condition for every question of the till.
_WORKPLACE = """
  SELECT store.id FROM store
  WHERE store.brand_id = %(brand)s AND store.id = %(store)s AND store.active
    AND (%(everywhere)s OR EXISTS (
      SELECT FROM member_store
      WHERE member_store.brand_id = %(brand)s AND member_store.store_id = store.id
        AND member_store.member_id = %(member)s
    ))
"""

_IS_WORKPLACE = Prepared(_WORKPLACE)

# One statement finds the coupon, judges it and writes its use. Of two tills that ask at the same moment one inserts;
# the other waits for it at the unique index, inserts nothing, and then asks why.
_USED = Clause(
    "used",
    """
  INSERT INTO redemption (brand_id, id, coupon_id, store_id, member_id, key, created_at)
  SELECT %(brand)s, %(id)s, held.id, till.id, %(member)s, %(key)s, %(at)s
  FROM held CROSS JOIN till
  WHERE (held.valid_from IS NULL OR held.valid_from <= %(at)s)
    AND (held.valid_until IS NULL OR held.valid_until > %(at)s)
    AND (held.store_ids = '[]' OR held.store_ids ? %(store_text)s)
  ON CONFLICT DO NOTHING
  RETURNING redemption.id, redemption.created_at, redemption.store_id, redemption.member_id
""",
)
_USE = Prepared(
    compose(
        [Clause("held", _COUPON), Clause("till", _WORKPLACE), _USED, HANDED],
        """
SELECT held.*, used.id AS use_id, used.created_at AS used_at, used.store_id AS used_store_id,
       NULL::text AS used_store, used.member_id AS used_by, NULL::text AS store_names
FROM held JOIN used ON true
""",
    )
)

_SAME_KEY = Prepared("""
SELECT redemption.id, redemption.created_at, coupon.code_key
FROM redemption
JOIN coupon ON coupon.brand_id = redemption.brand_id AND coupon.id = redemption.coupon_id
WHERE redemption.brand_id = %(brand)s AND redemption.store_id = %(store)s AND redemption.key = %(key)s
""")

_UNDONE = Clause(
    "undone",
    """
UPDATE redemption SET undone_at = %(at)s, undone_by = %(member)s, undo_reason = %(reason)s
WHERE brand_id = %(brand)s AND id = %(id)s AND undone_at IS NULL AND created_at > %(since)s
  AND (member_id = %(member)s OR %(manages)s)
  AND (%(everywhere)s OR store_id IN (
    SELECT store_id FROM member_store WHERE brand_id = %(brand)s AND member_id = %(member)s
  ))
RETURNING coupon_id, store_id, created_at
""",
)
_UNDO = compose([_UNDONE, WAITS_AGAIN], "SELECT coupon_id, store_id FROM undone")

_STATE_OF_USE = """
SELECT undone_at, created_at FROM redemption
WHERE brand_id = %(brand)s AND id = %(id)s
  AND (%(everywhere)s OR store_id IN (
    SELECT store_id FROM member_store WHERE brand_id = %(brand)s AND member_id = %(member)s
  ))
"""

_RECENT = """
SELECT redemption.id, redemption.created_at, redemption.undone_at, redemption.member_id,
       coupon.code, offer.label
FROM redemption
JOIN coupon ON coupon.brand_id = redemption.brand_id AND coupon.id = redemption.coupon_id
JOIN offer ON offer.brand_id = coupon.brand_id AND offer.id = coupon.offer_id
WHERE redemption.brand_id = %(brand)s AND redemption.store_id = %(store)s
ORDER BY redemption.created_at DESC LIMIT %(number)s
"""


@dataclass(frozen=True)
class Staff:
    """Who stands at the till."""

    brand_id: UUID
    member_id: UUID
    role: str

    @classmethod
    def of(cls, badge: Badge | Member) -> Staff:
        """Return the signed-in member as the till knows them."""
        return cls(badge.brand_id, badge.id, badge.role)

    @property
    def names(self) -> dict[str, Any]:
        """The values that the till's statements need of a person."""
        return {
            "brand": self.brand_id,
            "member": self.member_id,
            "everywhere": self.role not in STORE_ROLES,
        }


@dataclass(frozen=True)
class Held:
    """A coupon as the till sees it, with its present use if there is one."""

    id: UUID
    grant_id: UUID | None
    code: str
    valid_from: datetime | None
    valid_until: datetime | None
    label: dict[str, Any]
    conditions: dict[str, Any]
    till_note: dict[str, Any]
    value_cents: int
    store_ids: list[str]
    zone: str
    use_id: UUID | None = None
    used_at: datetime | None = None
    used_store_id: UUID | None = None
    used_store: str | None = None
    used_by: UUID | None = None
    store_names: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What the till is told: one word (``valid``, ``redeemed`` or a key of ``REFUSALS``) and the coupon, if any."""

    word: str
    coupon: Held | None = None


@dataclass(frozen=True)
class RecentUse:
    """One line of a store's latest uses."""

    id: UUID
    created_at: datetime
    undone_at: datetime | None
    member_id: UUID
    code: str
    label: dict[str, Any]


def undo_until(used_at: datetime) -> datetime:
    """Return until when a use of that moment can be undone."""
    return used_at + timedelta(minutes=UNDO_MINUTES)


def may_undo(staff: Staff, user_id: UUID) -> bool:
    """Whether a person may undo what a colleague of the same stores, or they themselves, did."""
    return staff.role != "cashier" or staff.member_id == user_id


def use_of(coupon: Held) -> RecentUse:
    """Return the present use of a coupon that has one."""
    assert coupon.use_id
    assert coupon.used_at
    assert coupon.used_by
    return RecentUse(coupon.use_id, coupon.used_at, None, coupon.used_by, coupon.code, coupon.label)


def verdict(staff: Staff, store_id: UUID, code: str, at: datetime) -> Verdict:
    """Judge a scanned or typed code for one store. Another brand's code is unknown, like any other stranger."""
    check_workplace(staff, store_id)
    key = codes.fold(codes.from_scan(code))
    coupon = _look(staff.brand_id, key)
    if coupon is None:
        looks_like_ours = len(key) == codes.LENGTH and not codes.is_well_formed(key)
        return Verdict("mistyped" if looks_like_ours else "unknown")
    return Verdict(judge(coupon, store_id, at), coupon)


def check_workplace(staff: Staff, store_id: UUID) -> None:
    """Refuse with ``store_not_yours`` unless this is an open store of the brand in which the person works."""
    names = {**staff.names, "store": store_id}
    if db.row(_IS_WORKPLACE, names) is None:
        raise Refused("store_not_yours")


def judge(coupon: Held, store_id: UUID, at: datetime) -> str:
    """Return the one word that matters most to the person at the till."""
    if coupon.used_at:
        return "already_used"
    if coupon.valid_until and coupon.valid_until <= at:
        return "expired"
    if coupon.store_ids and str(store_id) not in coupon.store_ids:
        return "wrong_store"
    if coupon.valid_from and coupon.valid_from > at:
        return "not_yet"
    return "valid"


def redeem(staff: Staff, store_id: UUID, code: str, key: str, at: datetime) -> Verdict:
    """Use a coupon, exactly once whatever happens at the same time; the same *key* again gives the same answer.

    Refuses with the code that belongs to the verdict (``REFUSALS``), ``store_not_yours`` or ``key_reused``.
    """
    names = {
        **staff.names,
        "id": new_id(),
        "code_key": codes.fold(codes.from_scan(code)),
        "store": store_id,
        "store_text": str(store_id),
        "key": key,
        "at": at,
    }
    coupon = _held(_USE, names)
    if coupon is None:
        check_workplace(staff, store_id)
        return _same_answer(names) or _refuse(verdict(staff, store_id, code, at))
    events.after_commit(
        events.coupon_redeemed,
        brand_id=staff.brand_id,
        coupon_id=coupon.id,
        store_id=store_id,
        member_id=staff.member_id,
    )
    return Verdict("redeemed", coupon)


def undo(staff: Staff, redemption_id: UUID, reason: str, at: datetime) -> None:
    """Take a use back within five minutes: one's own, or any in one's stores when one manages them."""
    names = {
        **staff.names,
        "id": redemption_id,
        "manages": staff.role != "cashier",
        "reason": reason,
        "at": at,
        "since": at - timedelta(minutes=UNDO_MINUTES),
    }
    row = db.driver.execute(_UNDO, names).fetchone()
    if row is None:
        raise _why_not_undone(names)
    record(
        staff.brand_id,
        "redemption_undone",
        actor_kind="member",
        actor_id=staff.member_id,
        object_kind="redemption",
        object_id=redemption_id,
        coupon_id=str(row[0]),
        store_id=str(row[1]),
        reason=reason,
    )


def recent(staff: Staff, store_id: UUID, number: int = 5) -> list[RecentUse]:
    """Return the latest uses in a store, undone ones included, newest first."""
    check_workplace(staff, store_id)
    names = {"brand": staff.brand_id, "store": store_id, "number": number}
    with db.driver.cursor(row_factory=class_row(RecentUse)) as cursor:
        return cursor.execute(_RECENT, names).fetchall()


def _look(brand_id: UUID, code_key: str) -> Held | None:
    return _held(_LOOK, {"brand": brand_id, "code_key": code_key})


def _held(statement: Prepared, names: dict[str, Any]) -> Held | None:
    row = db.row(statement, names)
    return Held(**row._asdict()) if row else None


def _same_answer(names: dict[str, Any]) -> Verdict | None:
    """Return the first answer when this key was already used for this coupon."""
    row = db.row(_SAME_KEY, names)
    if row is None:
        return None
    use_id, used_at, code_key = row
    coupon = _look(names["brand"], code_key)
    if code_key != names["code_key"] or coupon is None:
        raise Refused("key_reused")
    return Verdict("redeemed", replace(coupon, use_id=use_id, used_at=used_at))


def _refuse(found: Verdict) -> Verdict:
    """Raise the refusal of a verdict, which carries what the till shows."""
    coupon = found.coupon
    if found.word == "valid":
        # The use that stood in the way was undone between our two looks: the next try succeeds.
        raise Refused("conflict")
    facts: dict[str, Any] = {}
    if coupon and coupon.used_at:
        facts = {"at": coupon.used_at.isoformat(), "store": coupon.used_store}
    raise Refused(REFUSALS[found.word], verdict=found.word, **facts)


def _why_not_undone(names: dict[str, Any]) -> Refused:
    row = db.driver.execute(_STATE_OF_USE, names).fetchone()
    if row is None:
        return Refused("not_found")
    undone_at, used_at = row
    if undone_at:
        return Refused("undo_done")
    if used_at <= names["since"]:
        return Refused("undo_too_late", minutes=UNDO_MINUTES)
    return Refused("undo_not_yours")
