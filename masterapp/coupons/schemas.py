"""What the coupon API takes and gives."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

#: Client-made text that names one tap, so that sending it again does nothing new.
KEY = validate.Regexp(r"^[A-Za-z0-9_-]{8,64}\Z")
#: A reason is words: at least three characters, none of them invisible.
REASON = validate.Regexp(r"^(?=.*\S.*\S.*\S)[^\x00-\x1f\x7f\ud800-\udfff]{3,200}\Z")
WORDS = (
    "valid",
    "redeemed",
    "already_used",
    "expired",
    "not_yet",
    "wrong_store",
    "unknown",
    "mistyped",
)


def _text(description: str, **options: Any) -> fields.String:
    return fields.String(metadata={"description": description}, **options)


class TillQuestionSchema(Schema):
    """A code at the till of one store."""

    code = _text(
        "As scanned or typed: the code, or the address of the coupon's page.",
        required=True,
        validate=validate.Length(1, 300),
    )
    store = fields.UUID(required=True)


class TillUseSchema(TillQuestionSchema):
    """The use of a code."""

    key = _text("Made by the client, the same for every retry.", required=True, validate=KEY)


class TillUndoSchema(Schema):
    """Why a use is taken back."""

    reason = _text("In words.", required=True, validate=REASON)


class TillStoreSchema(Schema):
    """Which store's list is asked for."""

    store = fields.UUID(required=True)


class TillRedemptionSchema(Schema):
    """One use of a coupon."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    code = fields.String(required=True)
    label = fields.String(required=True)
    undone = fields.Boolean(required=True)
    undo_until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Until when the caller can undo it; null when they cannot."},
    )


class TillVerdictSchema(Schema):
    """What the till is told about a code."""

    verdict = fields.String(required=True, validate=validate.OneOf(WORDS))
    title = _text("The verdict in a few words.", required=True)
    message = _text(
        "When, where and why, in the member's language and the brand's time.", required=True
    )
    code = fields.String(required=True, allow_none=True)
    label = fields.String(required=True)
    conditions = fields.String(required=True)
    till_note = _text("What to do at the till.", required=True)
    value_cents = fields.Integer(required=True)
    redemption = fields.Nested(TillRedemptionSchema, required=True, allow_none=True)


class TillRecentSchema(Schema):
    """The latest uses in a store, newest first."""

    redemptions = fields.List(fields.Nested(TillRedemptionSchema), required=True)


class MyCouponSchema(Schema):
    """A coupon in the fan's own list."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    label = fields.String(required=True)
    conditions = fields.String(required=True)
    value_cents = fields.Integer(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["valid", "not_yet", "expired", "used"])
    )
    valid_from = fields.AwareDateTime(required=True, allow_none=True)
    valid_until = fields.AwareDateTime(required=True, allow_none=True)
    used_at = fields.AwareDateTime(required=True, allow_none=True)
    used_store = fields.String(required=True, allow_none=True)
    stores = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Names of the stores where it is good; empty means all of them."},
    )
    shop_url = fields.String(required=True)
    qr = _text("Path of the QR picture.", required=True)


class MyCouponsSchema(Schema):
    """The fan's coupons: those that can be used first."""

    coupons = fields.List(fields.Nested(MyCouponSchema), required=True)
