"""The coupon API: what staff ask at the till, and what fans carry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from masterapp.brands.access import allow, current_badge, fan_only
from masterapp.coupons import qr, redemption, wallet, wording
from masterapp.coupons.redemption import RecentUse, Staff, Verdict
from masterapp.coupons.schemas import (
    MyCouponsSchema,
    TillQuestionSchema,
    TillRecentSchema,
    TillStoreSchema,
    TillUndoSchema,
    TillUseSchema,
    TillVerdictSchema,
)
from masterapp.db import now
from masterapp.identity.current import current_fan
from masterapp.validation import Blueprint, ProblemSchema, described, read_body

blueprint = Blueprint(
    "coupons", __name__, description="Coupons: at the till, and in the fan's hands."
)

#: Who stands at a till.
TILL = ("owner", "store_manager", "cashier")

#: One instance for all requests: building a schema costs more than loading a use.
USE = TillUseSchema()

_STAFF_REFUSALS = {
    400: "The body is not JSON in UTF-8.",
    401: "No member is signed in.",
    403: "The role or the store says no.",
    404: "No such code or use in this brand.",
    409: "The coupon's state, its dates or another use says no.",
    413: "The body is too large.",
    415: "The body is not marked as JSON.",
    422: "A field needs a correction.",
}
_FAN_REFUSALS = {401: "No living session.", 404: "No such coupon of this fan."}


def _documented(refusals: dict[int, str], security: list[dict[str, list[str]]]) -> Any:
    def describe(view: Any) -> Any:
        for status, words in refusals.items():
            view = blueprint.alt_response(status, schema=ProblemSchema, description=words)(view)
        return blueprint.doc(security=security)(view)

    return describe


_for_staff = _documented(_STAFF_REFUSALS, [])
_for_fans = _documented(_FAN_REFUSALS, [{"bearer": []}])


@blueprint.post("/staff/coupons/verdict")
@_for_staff
@blueprint.arguments(TillQuestionSchema)
@blueprint.response(200, TillVerdictSchema)
@allow(*TILL)
def verdict(body: dict[str, Any]) -> dict[str, Any]:
    """Ask whether a code is good in this store now."""
    staff, at = Staff.of(current_badge()), now()
    return _told(redemption.verdict(staff, body["store"], body["code"], at), staff, body["store"])


@blueprint.post("/staff/redemptions")
@described(blueprint, TillVerdictSchema, _STAFF_REFUSALS, body=TillUseSchema)
@allow(*TILL)
def redeem() -> Response:
    """Use a code in this store, once; the same key again gives the same answer."""
    staff, body = Staff.of(current_badge()), read_body(USE)
    store = body["store"]
    found = redemption.redeem(staff, store, body["code"], body["key"], now())
    return jsonify(_told(found, staff, store))


@blueprint.post("/staff/redemptions/<uuid:redemption_id>/undo")
@_for_staff
@blueprint.arguments(TillUndoSchema)
@blueprint.response(204)
@allow(*TILL)
def undo(body: dict[str, Any], redemption_id: UUID) -> None:
    """Take a use back within five minutes."""
    reason = body["reason"].strip()
    redemption.undo(Staff.of(current_badge()), redemption_id, reason, now())


@blueprint.get("/staff/redemptions")
@_for_staff
@blueprint.arguments(TillStoreSchema, location="query")
@blueprint.response(200, TillRecentSchema)
@allow(*TILL)
def recent(query: dict[str, Any]) -> dict[str, Any]:
    """List the last five uses in a store."""
    staff = Staff.of(current_badge())
    uses = redemption.recent(staff, query["store"])
    return {"redemptions": [_line(use, staff) for use in uses]}


@blueprint.get("/me/coupons")
@_for_fans
@blueprint.response(200, MyCouponsSchema)
@fan_only
def my_coupons() -> dict[str, Any]:
    """List the fan's coupons."""
    fan, at = current_fan().fan, now()
    return {
        "coupons": [
            {
                **vars(coupon),
                "label": wording.spoken(coupon.label),
                "conditions": wording.spoken(coupon.conditions),
                "state": coupon.state(at),
                "qr": f"/api/v1/me/coupons/{coupon.id}/qr.svg",
            }
            for coupon in wallet.carried(fan.brand_id, fan.id)
        ]
    }


@blueprint.get("/me/coupons/<uuid:coupon_id>/qr.svg")
@_for_fans
@blueprint.response(200, {"type": "string"}, content_type="image/svg+xml")
@fan_only
def my_qr(coupon_id: UUID) -> Response:
    """Draw the QR of one of the fan's coupons."""
    fan = current_fan().fan
    coupon = wallet.one_carried(fan.brand_id, fan.id, coupon_id)
    return Response(qr.svg(coupon.qr_content), mimetype="image/svg+xml")


def _told(found: Verdict, staff: Staff, store: UUID) -> dict[str, Any]:
    """Return a verdict as the till shows it; only a use of this very store can be undone from here."""
    coupon, at = found.coupon, now()
    used_here = coupon is not None and coupon.used_store_id == store
    return {
        "verdict": found.word,
        "title": wording.title(found.word),
        "message": wording.message(found, at),
        "code": coupon.code if coupon else None,
        "label": wording.spoken(coupon.label) if coupon else "",
        "conditions": wording.spoken(coupon.conditions) if coupon else "",
        "till_note": wording.spoken(coupon.till_note) if coupon else "",
        "value_cents": coupon.value_cents if coupon else 0,
        "redemption": _line(redemption.use_of(coupon), staff) if coupon and used_here else None,
    }


def _line(use: RecentUse, staff: Staff) -> dict[str, Any]:
    ends = redemption.undo_until(use.created_at)
    may_undo = not use.undone_at and ends > now() and redemption.may_undo(staff, use.member_id)
    return {
        "id": use.id,
        "at": use.created_at,
        "code": use.code,
        "label": wording.spoken(use.label),
        "undone": use.undone_at is not None,
        "undo_until": ends if may_undo else None,
    }
