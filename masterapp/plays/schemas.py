"""What the play API reads and answers."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

#: A client-made key: unique per tap, the same for its retries.
KEY = validate.Regexp(r"^[A-Za-z0-9_-]{8,64}$")


class MoveSchema(ma.Schema):
    """A move as the page sends it."""

    key = fields.String(
        required=True,
        validate=KEY,
        metadata={
            "description": "Made by the client, new for every tap and the same for its retries."
        },
    )
    version = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=2**31 - 1),
        metadata={"description": "The game's version that the page shows."},
    )
    move = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "What the fan did; each module documents its own."},
    )
    at = fields.String(
        load_default="",
        validate=validate.Length(max=64),
        metadata={"description": "The token of the store's poster (`?at=…`), where there is one."},
    )


class OpenPlaySchema(ma.Schema):
    """An attempt that can go on."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)


class PlaySchema(OpenPlaySchema):
    """An attempt after a move."""

    finished = fields.Boolean()
    score = fields.Integer(allow_none=True)


class PrizeSchema(ma.Schema):
    """A prize, in the fan's language."""

    label = fields.String(required=True)
    description = fields.String(required=True)
    collection = fields.String(required=True)
    picture = fields.String(allow_none=True)


class GrantSchema(ma.Schema):
    """A prize that the fan has won."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)
    play = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The number of the attempt that won it."},
    )
    prize = fields.Nested(PrizeSchema, required=True)


class GivenCouponSchema(ma.Schema):
    """A coupon that the fan holds."""

    id = fields.UUID(required=True)
    offer = fields.UUID(required=True)
    code = fields.String(required=True)
    label = fields.String(required=True)
    valid_from = fields.String(allow_none=True)
    valid_until = fields.String(allow_none=True)
    qr = fields.String(required=True)


class LeftSchema(ma.Schema):
    """Attempts left; null means unlimited."""

    now = fields.Integer(allow_none=True)
    day = fields.Integer(allow_none=True)
    period = fields.Integer(allow_none=True)
    campaign = fields.Integer(allow_none=True)
    again_at = fields.String(allow_none=True)


class EarnedSchema(ma.Schema):
    """Points: earned by this move, and the balance after it (null when this move earned none)."""

    earned = fields.Integer(required=True)
    balance = fields.Integer(allow_none=True)


class MoveAnswerSchema(ma.Schema):
    """The answer to a move; the same key gets the same answer again."""

    play = fields.Nested(PlaySchema, required=True)
    version = fields.Integer(required=True)
    view = fields.Dict(required=True)
    points = fields.Nested(EarnedSchema, required=True)
    grants = fields.List(fields.Nested(GrantSchema), required=True)
    coupons = fields.List(fields.Nested(GivenCouponSchema), required=True)
    left = fields.Nested(LeftSchema, required=True)


class GameSchema(ma.Schema):
    """A game."""

    id = fields.UUID(required=True)
    slug = fields.String(required=True)
    module = fields.String(required=True)
    title = fields.String(required=True)
    opens_at = fields.String(allow_none=True)
    closes_at = fields.String(allow_none=True)
    paused = fields.Boolean()


class LookSchema(ma.Schema):
    """What the page shows before the next move."""

    game = fields.Nested(GameSchema, required=True)
    version = fields.Integer(required=True)
    view = fields.Dict(required=True)
    play = fields.Nested(OpenPlaySchema, required=True, allow_none=True)
    left = fields.Nested(LeftSchema, required=True)
    grants = fields.List(fields.Nested(GrantSchema), required=True)
    coupons = fields.List(fields.Nested(GivenCouponSchema), required=True)
    points = fields.Nested(EarnedSchema, required=True)
