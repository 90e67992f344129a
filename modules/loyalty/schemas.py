"""What a marketer configures in a loyalty page, and what a browser may send."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, validate, validates_schema
from marshmallow import fields as plain

from masterapp.sdk import _l, fields


class Tier(Schema):
    """One step of the ladder."""

    name = fields.text(
        _l("Name of the tier"), help=_l("Bronze, Gold, Legend…"), longest=30, required=True
    )
    threshold = fields.whole(
        _l("From how many points"),
        help=_l("Points ever earned; spending points never lowers a tier."),
        most=10_000_000,
        unit=_l("points"),
    )
    metal = fields.choice(
        _l("Medal"),
        [
            ("bronze", _l("Bronze")),
            ("silver", _l("Silver")),
            ("gold", _l("Gold")),
            ("brand", _l("The brand's colour")),
        ],
        help=_l("The look of the medal."),
    )
    perks = fields.text(
        _l("Advantages"),
        help=_l("What the fan gets at this tier, in a sentence."),
        longest=240,
        lines=2,
    )


class Way(Schema):
    """One thing that earns points."""

    label = fields.text(
        _l("What the fan does"), help=_l("For example “Answer a quiz”."), longest=80, required=True
    )
    points = fields.whole(
        _l("Points"), help=_l("What it brings."), most=100_000, default=10, unit=_l("points")
    )


class Mission(Schema):
    """One mission across games."""

    title = fields.text(
        _l("Title"), help=_l("“Three quizzes”, “A regular”…"), longest=60, required=True
    )
    description = fields.text(
        _l("What to do"), help=_l("One sentence for the fan."), longest=160, lines=2
    )
    kind = fields.choice(
        _l("What is counted"),
        [
            ("plays", _l("Games played")),
            ("variety", _l("Different kinds of games played")),
            ("days", _l("Different days with a game")),
            ("coupons", _l("Coupons taken")),
            ("redemptions", _l("Coupons used in a store")),
            ("prizes", _l("Prizes won")),
        ],
        help=_l("Counted by the system from what the fan has done."),
    )
    mechanic = fields.only_when(
        fields.mechanic(
            _l("Only this kind of game"),
            help=_l("Leave empty to count every kind."),
        ),
        kind=["plays"],
    )
    this_campaign = fields.only_when(
        fields.switch(
            _l("In this campaign only"),
            help=_l("Otherwise all campaigns count, past ones too."),
        ),
        kind=["plays", "variety"],
    )
    goal = fields.whole(
        _l("How many"), help=_l("The number to reach."), least=1, most=10_000, default=3
    )
    points = fields.whole(
        _l("Reward"),
        help=_l("Points, taken once."),
        least=1,
        most=100_000,
        default=50,
        unit=_l("points"),
    )


class LoyaltyConfig(Schema):
    """The configuration of one loyalty page."""

    title = fields.text(
        _l("Title"), help=_l("The name of the programme."), longest=60, required=True
    )
    intro = fields.text(
        _l("Introduction"),
        help=_l("One sentence on what points are good for."),
        longest=200,
        lines=2,
    )
    tiers = fields.rows(
        _l("Tiers"),
        Tier,
        help=_l("From the first step to the highest. Fans only ever go up."),
        most=8,
        group="tiers",
    )
    missions = fields.rows(
        _l("Missions"),
        Mission,
        help=_l("Each is worth points once. A new number to reach makes a new mission."),
        most=30,
        group="missions",
    )
    ways = fields.rows(
        _l("What earns points"),
        Way,
        help=_l("A list for the fan's information; each game's own settings give the points."),
        most=20,
        group="ways",
    )


class LoyaltyMove(Schema):
    """Take a mission's points, or celebrate a tier."""

    claim = plain.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={
            "title": _l("Mission"),
            "help": _l("Id of the finished mission whose points are taken."),
        },
    )
    celebrate = plain.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"title": _l("Tier"), "help": _l("True to celebrate the tier just reached.")},
    )

    @validates_schema
    def one_of_both(self, data: dict[str, Any], **options: Any) -> None:
        """A move is exactly one of the two."""
        if bool(data["claim"]) == data["celebrate"]:
            raise ValidationError(str(_l("Send either a mission or the celebration.")))
