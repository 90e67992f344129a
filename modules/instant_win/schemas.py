"""What a marketer configures in an instant win, and what a browser may send."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, validate
from marshmallow import fields as plain

from masterapp.sdk import _l, fields


class Segment(Schema):
    """One segment of the wheel."""

    label = fields.text(
        _l("Words on the segment"),
        help=_l("Two or three words. Use a prize's exact name to give it its own segment."),
        longest=28,
        required=True,
    )
    wins = fields.switch(
        _l("A winning segment"),
        help=_l("The wheel stops on a winning segment exactly when a prize is won."),
    )


class Block(Schema):
    """One block of the stadium."""

    label = fields.text(
        _l("Name of the block"),
        help=_l("As the fans call it: “North”, “Kop”, “Family stand”…"),
        longest=24,
        required=True,
    )


class InstantWinConfig(Schema):
    """The configuration of one instant win."""

    skin = fields.choice(
        _l("How it looks"),
        [
            ("scratch", _l("A card to scratch")),
            ("wheel", _l("A wheel to spin")),
            ("seat", _l("A seat to find in the stadium")),
        ],
        help=_l("The chances to win are the same whatever the look."),
        group="look",
    )
    title = fields.text(
        _l("Title"),
        help=_l("Shown on the card, above the wheel or the stadium."),
        longest=60,
        required=True,
    )
    intro = fields.text(
        _l("Invitation"), help=_l("One sentence that says what can be won."), longest=160, lines=2
    )
    won = fields.text(
        _l("Words for the winner"),
        help=_l("Shown under the prize. Leave empty for “Congratulations!”"),
        longest=200,
        lines=2,
        group="result",
    )
    lost = fields.text(
        _l("Words when there is no prize"),
        help=_l("Kind and short. Leave empty for “Not this time.”"),
        longest=200,
        lines=2,
        group="result",
    )
    consolation = fields.whole(
        _l("Consolation points"),
        help=_l("Points for an attempt without a prize; 0 gives none."),
        most=10_000,
        default=5,
        unit=_l("points"),
        group="result",
    )
    picture = fields.only_when(
        fields.image(
            _l("Picture"),
            help=_l("On the card, or in the middle of the wheel: a crest, a product, a player."),
            group="look",
        ),
        skin=["scratch", "wheel"],
    )
    cover = fields.only_when(
        fields.text(
            _l("Words on the foil"),
            help=_l("Printed on the part to scratch. Leave empty for “Scratch here”."),
            longest=40,
            group="scratch",
        ),
        skin=["scratch"],
    )
    segments = fields.only_when(
        fields.rows(
            _l("Segments of the wheel"),
            Segment,
            help=_l(
                "Four to twelve, clockwise from the top. Their number says nothing of the odds."
            ),
            most=12,
            group="wheel",
        ),
        skin=["wheel"],
    )
    blocks = fields.only_when(
        fields.rows(
            _l("Blocks of the stadium"),
            Block,
            help=_l("Four to twelve, clockwise from the top of the plan."),
            most=12,
            group="seat",
        ),
        skin=["seat"],
    )
    seat_rows = fields.only_when(
        fields.whole(
            _l("Rows in a block"),
            help=_l("The rows are numbered from the pitch upwards."),
            least=2,
            most=40,
            default=8,
            group="seat",
        ),
        skin=["seat"],
    )
    seats_per_row = fields.only_when(
        fields.whole(
            _l("Seats in a row"),
            help=_l("The seats are numbered from left to right, seen from the pitch."),
            least=2,
            most=40,
            default=12,
            group="seat",
        ),
        skin=["seat"],
    )


def _place(title: Any, hint: Any) -> plain.Integer:
    return plain.Integer(
        strict=True,
        required=True,
        validate=validate.Range(min=1, max=40),
        metadata={"title": title, "help": hint},
    )


class SeatChoice(Schema):
    """The seat a fan chose, each number counted from 1."""

    block = _place(_l("Block"), _l("Number of the block on the plan."))
    row = _place(_l("Row"), _l("Number of the row."))
    seat = _place(_l("Seat"), _l("Number of the seat in its row."))


class InstantWinMove(Schema):
    """One attempt."""

    play = plain.Boolean(
        required=True,
        truthy={True},
        falsy=set(),
        metadata={"title": _l("Play"), "help": _l("Always true: the fan tries their luck.")},
    )
    choice = plain.Nested(
        SeatChoice,
        load_default=None,
        allow_none=True,
        metadata={"title": _l("Seat"), "help": _l("Only in the stadium: the seat the fan chose.")},
    )
