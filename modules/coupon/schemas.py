"""What a marketer configures in a coupon, and what a browser may send."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow import fields as plain

from masterapp.sdk import _l, fields


class Shop(Schema):
    """One “I want it now” button."""

    label = fields.text(
        _l("Words on the button"),
        help=_l("For example “I want it now”."),
        longest=40,
        required=True,
    )
    link = fields.link(
        _l("Address"), help=_l("The page of the shop where the coupon can be used, with https://")
    )


class CouponConfig(Schema):
    """The configuration of one coupon."""

    title = fields.text(
        _l("Title"), help=_l("What the fan gets, in a few words."), longest=60, required=True
    )
    intro = fields.text(
        _l("Introduction"),
        help=_l("One or two sentences on what the coupon is good for."),
        longest=240,
        lines=3,
    )
    value = fields.text(
        _l("In large letters"),
        help=_l("The value as it stands on the coupon: “−20%”, “10 €”, “2 for 1”."),
        longest=12,
    )
    picture = fields.image(_l("Picture"), help=_l("The product, or the atmosphere of the offer."))
    conditions = fields.text(
        _l("Conditions"),
        help=_l(
            "Where and until when it is valid, from which amount, with what it cannot be combined."
        ),
        longest=1000,
        lines=4,
    )
    offer = fields.offer(
        _l("Offer"),
        help=_l("Where the codes come from: its stock, its validity and its stores apply."),
        group="offer",
    )
    claims = fields.whole(
        _l("Coupons per fan"),
        help=_l("How many one fan may take in this game."),
        least=1,
        most=50,
        default=1,
        group="offer",
    )
    button = fields.text(
        _l("Words on the main button"),
        help=_l("Leave empty for “Get my coupon”."),
        longest=40,
    )
    shops = fields.rows(
        _l("“I want it now” buttons"),
        Shop,
        help=_l("Links to the shop pages where the coupon can be used at once."),
        most=4,
        group="shops",
    )


class CouponMove(Schema):
    """The fan takes a coupon."""

    claim = plain.Boolean(
        required=True,
        truthy={True},
        falsy=set(),
        metadata={"title": _l("Take"), "help": _l("Always true: the fan takes one coupon.")},
    )
