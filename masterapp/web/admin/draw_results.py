"""What a draw that was held says on the desk: every place, its number and who holds it, and the places left empty."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from masterapp.db import db
from masterapp.draws import lists
from masterapp.draws.models import Draw, DrawWinner
from masterapp.exact import canonical
from masterapp.fans.models import Fan
from masterapp.web.admin.winners import STATES
from masterapp.web.ui import local


@dataclass(frozen=True)
class Place:
    """One place of the result table."""

    prize: str
    alternate: bool
    rank: int
    ticket: int
    fan_id: Any
    #: None for a fan who was erased.
    fan_number: int | None
    label: str
    state: str
    tone: str


@dataclass(frozen=True)
class Results:
    """The places in the order in which they were drawn, and what stayed empty: (prize, alternate, rank)."""

    places: list[Place] = field(default_factory=list)
    unfilled: list[tuple[str, bool, int]] = field(default_factory=list)
    #: How many tickets of the list an auditor can have opened.
    sample: int = 0


def of(draw: Draw) -> Results | None:
    """Return the results, or None before the draw was held."""
    content = lists.document(draw, "certificate")
    if content is None:
        return None
    certificate = canonical.decode(content)
    labels = {prize["id"]: local(prize["label"]) for prize in draw.prizes}
    rows = db.session.execute(
        select(DrawWinner, Fan.number)
        .outerjoin(
            Fan,
            (Fan.brand_id == DrawWinner.brand_id)
            & (Fan.id == DrawWinner.fan_id)
            & Fan.erased_at.is_(None),
        )
        .where(DrawWinner.brand_id == draw.brand_id, DrawWinner.draw_id == draw.id)
        .order_by(DrawWinner.step)
    )
    return Results(
        places=[_place(winner, number, labels) for winner, number in rows],
        unfilled=[
            (labels.get(prize, prize), kind == "alternate", int(rank))
            for prize, kind, rank in certificate["unfilled"]
        ],
        sample=len(set(certificate["audit"]["tickets"])),
    )


def _place(winner: DrawWinner, number: int | None, labels: dict[str, str]) -> Place:
    words, tone, _icon = STATES.get(winner.state, (winner.state, "", ""))
    return Place(
        prize=labels.get(winner.prize, winner.prize),
        alternate=winner.kind == "alternate",
        rank=winner.rank,
        ticket=winner.ticket,
        fan_id=winner.fan_id,
        fan_number=number,
        label=winner.label,
        state=str(words),
        tone=tone,
    )
