"""What a draw promises, as the marketer fills it in: one schema that validates, gives defaults and draws the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, validates_schema

from masterapp.exact.drand import Chain
from masterapp.sdk import fields
from masterapp.texts import lazy_text as _l

MOST_PRIZES = 50
LARGEST_QUANTITY = 10_000
LARGEST_CAP = 1_000_000

SOURCES = (
    ("plays", _l("Every finished play gives tickets")),
    ("stakes", _l("Fans stake their points")),
    ("tier", _l("The crowd's counter unlocks it, plays give tickets")),
    ("second_chance", _l("Everybody who played and won nothing")),
)
CHANCES = (
    ("beacon", _l("Public beacon (level A)")),
    ("dice_beacon", _l("Dice before witnesses, then the public beacon (level A+)")),
    ("dice", _l("Dice before a bailiff (level B)")),
)
UNITS = (("fan", _l("Fan")), ("household", _l("Household")))
#: Where fans cannot be asked to pay or to buy, this many tickets are free.
FREE_TICKETS = 1

_NO_PRIZE = _l("Add at least one prize.")
_NO_PRICE = _l("Say how many points a ticket costs.")
_NO_THRESHOLD = _l("Say how many plays unlock this draw.")


class PrizeRow(Schema):
    """One prize of a draw, drawn in the order of the list."""

    label = fields.text(_l("Prize"), longest=80, required=True)
    qty = fields.whole(_l("Units"), least=1, most=LARGEST_QUANTITY, default=1)
    alternates = fields.whole(
        _l("Alternates"),
        help=_l("Drawn at once, in order: they step in when a winner does not answer."),
        most=LARGEST_QUANTITY,
        default=3,
    )
    value = fields.word(_l("Value"), help=_l("Of one prize; for your figures only."), longest=15)
    picture = fields.image(_l("Picture"))
    description = fields.text(_l("Description"), longest=300, lines=2)
    collection = fields.text(
        _l("How the winner gets it"), help=_l("Shown when they claim it."), longest=500, lines=2
    )
    posted = fields.switch(
        _l("Sent by post"),
        help=_l("The winner is asked for an address when they claim it, and not before."),
        default=True,
    )


class DrawForm(Schema):
    """A draw without its dates, which are read on the brand's clock."""

    title = fields.text(_l("Title"), longest=80, required=True)
    description = fields.text(_l("Description"), longest=300, lines=2)
    prizes = fields.rows(_l("Prizes"), PrizeRow, most=MOST_PRIZES, group="prizes")
    source = fields.choice(_l("Who is in"), list(SOURCES), group="tickets")
    per_play = fields.only_when(
        fields.whole(
            _l("Tickets per finished play"), least=1, most=1000, default=1, group="tickets"
        ),
        source=["plays", "tier"],
    )
    threshold = fields.only_when(
        fields.whole(
            _l("Plays that unlock it"),
            help=_l(
                "Counted over the whole campaign, by everybody. Below it the draw is not held."
            ),
            most=1_000_000_000,
            group="tickets",
        ),
        source=["tier"],
    )
    price = fields.only_when(
        fields.whole(
            _l("Points for a ticket"),
            help=_l("Staked points are spent when the list is fixed; one ticket is always free."),
            most=1_000_000,
            default=100,
            group="tickets",
        ),
        source=["stakes"],
    )
    most = fields.whole(
        _l("At most per fan"),
        help=_l("Tickets that one fan can hold. 0 sets no limit."),
        most=LARGEST_CAP,
        default=20,
        group="tickets",
    )
    condition_trait = fields.word(
        _l("Only fans who have told"),
        help=_l("The name of a trait, such as loyalty_card. Checked when the list is fixed."),
        longest=40,
        group="who",
    )
    condition_points = fields.whole(
        _l("Only fans who have earned at least"),
        help=_l("Points in all, over every campaign. 0 asks for none."),
        most=1_000_000_000,
        unit=_l("points"),
        group="who",
    )
    unit = fields.choice(_l("Prizes are counted by"), list(UNITS), default="household", group="who")
    most_per_unit = fields.whole(
        _l("Prizes at most for each"), least=1, most=100, default=1, group="who"
    )
    excludes = fields.switch(
        _l("Winners of this campaign's earlier draws cannot win again"), group="who"
    )
    chance = fields.choice(_l("Where the chance comes from"), list(CHANCES), group="fairness")
    sample = fields.whole(
        _l("Entries opened to an auditor"),
        help=_l("300 shows with 95 % certainty that fewer than 1 % of the tickets are invented."),
        most=100_000,
        default=300,
        group="fairness",
    )
    claim_days = fields.whole(
        _l("Days to claim a prize"), least=1, most=365, default=14, group="after"
    )
    destination = fields.text(
        _l("Prizes that nobody can receive"),
        help=_l("Where they go when there are no alternates left, as your rules say."),
        longest=300,
        default={
            "fr": "Remis à une association choisie par l’organisateur.",
            "en": "Given to a charity chosen by the organiser.",
        },
        group="after",
    )

    @validates_schema
    def _complete(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("prizes"):
            raise ValidationError({"prizes": [str(_NO_PRIZE)]})
        if data["source"] == "stakes" and not data["price"]:
            raise ValidationError({"price": [str(_NO_PRICE)]})
        if data["source"] == "tier" and not data["threshold"]:
            raise ValidationError({"threshold": [str(_NO_THRESHOLD)]})


FORM = DrawForm()
#: The fields of the form that are the draw's own columns; the others are its terms.
OWN = ("title", "description", "source", "prizes")


@dataclass(frozen=True)
class Terms:
    """A draw's terms as the room reads them."""

    per_play: int = 1
    most: int = 20
    price: int = 0
    threshold: int = 0
    condition_trait: str = ""
    condition_points: int = 0
    unit: str = "household"
    most_per_unit: int = 1
    excludes: bool = False
    chance: str = "beacon"
    sample: int = 300
    claim_days: int = 14

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Terms:
        """Read stored terms."""
        return cls(**{name: stored[name] for name in cls.__dataclass_fields__ if name in stored})

    @property
    def most_points(self) -> int | None:
        """How many points one fan can stake; None without a limit."""
        return max(0, self.most - FREE_TICKETS) * self.price if self.most else None

    def unit_of(self, fan_id: UUID, household: str | None) -> str:
        """Return what the fan's group stands for: the household, or the fan where none is known or meant."""
        return household if self.unit == "household" and household else str(fan_id)

    def entropy(self, chain: Chain, round_number: int) -> list[dict[str, Any]]:
        """Return the announced sources of chance."""
        beacon = {"type": "drand", "chain": chain.hash, "round": round_number}
        dice: dict[str, Any] = dict(DICE)
        named: dict[str, list[dict[str, Any]]] = {
            "beacon": [beacon],
            "dice_beacon": [dice, beacon],
            "dice": [dice],
        }
        return named[self.chance]


#: Forty dice with ten faces, 133 bits, rolled before a witness.
DICE = {"type": "dice", "spec": "40d10"}
#: What replaces a beacon that nobody can reach for three days, on the same list.
FALLBACK: dict[str, Any] = {"after_hours": 72, "entropy": [dict(DICE)]}


def prize_ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the prizes with the ids that the protocol knows them by: P1, P2, … in their order."""
    return [{**row, "id": f"P{number}"} for number, row in enumerate(rows, 1)]
