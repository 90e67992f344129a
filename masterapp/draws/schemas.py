"""What the draws API reads and answers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate, validates_schema

from masterapp.texts import lazy_text as _l

#: A client-made key: unique per tap, the same for its retries.
KEY = validate.Regexp(r"^[A-Za-z0-9_-]{8,64}$")
MOST_POINTS = 1_000_000_000

_ONE_OF_TWO = _l("Take the free ticket or stake points: one of the two.")


def _key() -> fields.String:
    return fields.String(
        required=True,
        validate=KEY,
        metadata={
            "description": "Made by the client, new for every tap and the same for its retries."
        },
    )


class EntrySchema(ma.Schema):
    """A tap that enters a draw: the free ticket, or points staked."""

    key = _key()
    free = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        metadata={"description": "The free ticket; taking it twice is once."},
    )
    stake = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(min=0, max=MOST_POINTS),
        metadata={"description": "Points to stake: a multiple of the price of a ticket."},
    )

    @validates_schema
    def _one_of_two(self, data: dict[str, Any], **_: Any) -> None:
        if data["free"] == bool(data["stake"]):
            raise ma.ValidationError({"free": [str(_ONE_OF_TWO)]})


class WithdrawSchema(ma.Schema):
    """A tap that leaves a draw."""

    key = _key()


class DrawPrizeSchema(ma.Schema):
    """A prize of a draw, in the fan's language."""

    id = fields.String(required=True)
    label = fields.String(required=True)
    description = fields.String(required=True)
    picture = fields.String(required=True, allow_none=True)
    quantity = fields.Integer(required=True)
    alternates = fields.Integer(required=True)


class PlaceSchema(ma.Schema):
    """A place that the draw filled. Numbers of tickets are decimal strings, counted from 1."""

    prize = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("winner", "alternate")))
    rank = fields.Integer(required=True)
    ticket = fields.String(required=True)
    label = fields.String(required=True, metadata={"description": "The winner's chosen name."})
    vacant = fields.Boolean(required=True)


class ResultSchema(ma.Schema):
    """What was drawn."""

    level = fields.String(required=True)
    seed = fields.String(required=True)
    places = fields.List(fields.Nested(PlaceSchema), required=True)
    unfilled = fields.Integer(required=True)


class OutcomeSchema(ma.Schema):
    """What the draw gave the fan."""

    prize = fields.String(required=True)
    kind = fields.String(required=True)
    rank = fields.Integer(required=True)
    ticket = fields.String(required=True)
    state = fields.String(required=True)


class MineSchema(ma.Schema):
    """The fan's entry."""

    tickets = fields.String(required=True, metadata={"description": "How many; a decimal string."})
    of_plays = fields.Integer(required=True)
    free = fields.Integer(required=True)
    staked = fields.Integer(required=True, metadata={"description": "Points."})
    entry_class = fields.Integer(
        required=True, data_key="class", metadata={"description": "docs/fairness.md, section 2."}
    )
    seq = fields.Integer(required=True)
    first = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The first of the fan's numbers, once the list is fixed."},
    )
    last = fields.String(required=True, allow_none=True)
    outcome = fields.Nested(OutcomeSchema, required=True, allow_none=True)


class DrawLineSchema(ma.Schema):
    """A draw in a list."""

    id = fields.UUID(required=True)
    campaign = fields.UUID(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    source = fields.String(required=True)
    phase = fields.String(
        required=True,
        metadata={
            "description": "open, closed, late, fixed, due, waiting, drawn, cancelled or lapsed."
        },
    )
    closes_at = fields.AwareDateTime(required=True, allow_none=True)
    commits_at = fields.AwareDateTime(required=True, allow_none=True)
    draws_at = fields.AwareDateTime(required=True, allow_none=True)
    price = fields.Integer(required=True, metadata={"description": "Points for a ticket, or 0."})
    most = fields.Integer(required=True, metadata={"description": "Tickets per fan; 0: no limit."})
    code = fields.String(required=True)
    page = fields.String(required=True, metadata={"description": "The public page."})
    mine = fields.Nested(MineSchema, required=True, allow_none=True)


class DrawSchema(DrawLineSchema):
    """A draw, whole."""

    prizes = fields.List(fields.Nested(DrawPrizeSchema), required=True)
    entrants = fields.Integer(required=True)
    tickets = fields.String(required=True)
    commit_hash = fields.String(required=True)
    round = fields.Integer(required=True, allow_none=True)
    level = fields.String(required=True)
    result = fields.Nested(ResultSchema, required=True, allow_none=True)
    balance = fields.Integer(required=True, metadata={"description": "The fan's points."})


class DrawsSchema(ma.Schema):
    """The draws of a brand."""

    draws = fields.List(fields.Nested(DrawLineSchema), required=True)


class ReceiptSchema(ma.Schema):
    """A signed receipt (docs/fairness.md, section 8): private, since the salt opens the tag."""

    v = fields.String(required=True)
    draw_id = fields.String(required=True)
    seq = fields.Integer(required=True)
    tag = fields.String(required=True)
    salt = fields.String(required=True)
    weight = fields.String(required=True)
    entry_class = fields.Integer(required=True, data_key="class")
    ts = fields.String(required=True)
    log_head = fields.String(required=True)
    key = fields.String(required=True)
    signature = fields.String(required=True)


class TicketSchema(ma.Schema):
    """The private document with which a fan checks their own entry (docs/fairness.md, section 8)."""

    v = fields.String(required=True)
    commitment = fields.Dict(required=True)
    leaf = fields.Integer(required=True)
    record = fields.String(required=True)
    path = fields.List(fields.List(fields.String()), required=True)
    salt = fields.String(required=True)
    identity = fields.Dict(required=True)
