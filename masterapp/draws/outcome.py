"""What became of a draw's places: who holds which prize now, what is published of it, and when all is done.

The rows say it; the stored certificate repeats the part that strangers check. Every change of a place is made under the
lock of its draw, so that the order of vacancies is one order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from masterapp.db import db, now
from masterapp.draws import lists, service
from masterapp.draws.models import HELD, Draw, DrawWinner
from masterapp.draws.protocol.commitment import read_commitment
from masterapp.draws.protocol.drawing import Drawing, Slot, slots_of
from masterapp.draws.protocol.vacancy import Reason, Standing, Vacancy, counters, standing
from masterapp.errors import Refused
from masterapp.exact import canonical
from masterapp.fairness.log import in_nfc

_KEEP = """
UPDATE draw_document SET content = %(content)s, changed_at = %(now)s
WHERE brand_id = %(brand)s AND draw_id = %(draw)s AND name = 'certificate'
"""


def places(draw: Draw) -> list[DrawWinner]:
    """Return every place that the draw filled, in the order in which they were drawn."""
    rows = select(DrawWinner).where(
        DrawWinner.brand_id == draw.brand_id, DrawWinner.draw_id == draw.id
    )
    return list(db.session.scalars(rows.order_by(DrawWinner.step)))


def held_of_brand(brand_id: UUID) -> list[tuple[Draw, dict[str, int]]]:
    """Return the brand's draws that were held, the newest first, each with how many places are in which state."""
    draws = select(Draw).where(Draw.brand_id == brand_id, Draw.state.in_(("drawn", "settled")))
    counts: dict[UUID, dict[str, int]] = {}
    rows = (
        select(DrawWinner.draw_id, DrawWinner.state, func.count())
        .where(DrawWinner.brand_id == brand_id)
        .group_by(DrawWinner.draw_id, DrawWinner.state)
    )
    for draw_id, state, many in db.session.execute(rows):
        counts.setdefault(draw_id, {})[state] = many
    newest = draws.order_by(Draw.drawn_at.desc()).limit(100)
    return [(draw, counts.get(draw.id, {})) for draw in db.session.scalars(newest)]


def locked(brand_id: UUID, draw_id: UUID, winner_id: UUID) -> tuple[Draw, DrawWinner]:
    """Return a draw and one of its places, both locked. Raises ``not_found``."""
    draw = service.find(brand_id, draw_id, lock=True)
    rows = select(DrawWinner).where(
        DrawWinner.brand_id == brand_id,
        DrawWinner.id == winner_id,
        DrawWinner.draw_id == draw_id,
    )
    winner = db.session.scalars(
        rows.with_for_update().execution_options(populate_existing=True)
    ).first()
    if winner is None:
        raise Refused("not_found")
    return draw, winner


def slot_of(winner: DrawWinner) -> Slot:
    """Return the protocol's name of a place."""
    return Slot(winner.prize, "winner" if winner.kind == "winner" else "alternate", winner.rank)


def vacancies(rows: Sequence[DrawWinner]) -> list[Vacancy]:
    """Return the vacancies among the places, in their order."""
    fallen = [(winner, winner.vacancy) for winner in rows if winner.vacancy]
    return [
        Vacancy(
            slot_of(winner),
            Reason(vacancy["reason"]),
            vacancy["evidence_sha256"],
            (vacancy["approvers"][0], vacancy["approvers"][1]),
            vacancy["ts"],
        )
        for winner, vacancy in sorted(fallen, key=lambda one: int(one[1]["number"]))
    ]


def standing_of(draw: Draw, rows: Sequence[DrawWinner]) -> Standing:
    """Return who holds each prize now and who stands by for it."""
    assert draw.commitment is not None
    prizes = read_commitment(draw.commitment).prizes
    filled = {slot_of(winner) for winner in rows}
    unfilled = [slot for slot in slots_of(prizes) if slot not in filled]
    return standing(prizes, Drawing([], unfilled), vacancies(rows))


def holders(draw: Draw, rows: Sequence[DrawWinner]) -> list[DrawWinner]:
    """Return the places that hold a prize now, in the order of the prizes."""
    by_slot = {slot_of(winner): winner for winner in rows}
    held = standing_of(draw, rows).holders
    return [by_slot[slot] for prize in draw.prizes for slot in held[prize["id"]]]


def unawarded(draw: Draw, rows: Sequence[DrawWinner]) -> dict[str, int]:
    """Return how many of each prize nobody can receive any more; only prizes of which there are some."""
    return {prize: many for prize, many in standing_of(draw, rows).unawarded.items() if many}


def published(draw: Draw) -> list[dict[str, Any]]:
    """Return the public list of winners: the prize, the label each chose or their ticket's number, and the place."""
    if draw.state not in HELD:
        return []
    titles = {prize["id"]: prize["label"] for prize in draw.prizes}
    return [
        {
            "prize": titles[winner.prize],
            "label": winner.label,
            "number": winner.ticket,
            "kind": winner.kind,
            "rank": winner.rank,
        }
        for winner in holders(draw, places(draw))
    ]


def renew_certificate(draw: Draw, rows: Sequence[DrawWinner]) -> None:
    """Write the certificate once more with what has changed since the draw: vacancies, their counts, and labels."""
    stored = lists.document(draw, "certificate")
    assert stored is not None
    fallen = vacancies(rows)
    changes = {
        "vacancies": [vacancy.document() for vacancy in fallen],
        "substitutions": counters(fallen),
        "labels": [
            {"slot": list(slot_of(winner)), "label": winner.label}
            for winner in holders(draw, rows)
            if winner.label
        ],
    }
    content = canonical.encode({**canonical.decode(stored), **in_nfc(changes)})
    names = {"brand": draw.brand_id, "draw": draw.id, "content": content, "now": now()}
    db.driver.execute(_KEEP, names)


def settle_if_done(draw: Draw, at: datetime, member_id: UUID | None) -> None:
    """Close the draw once every prize is delivered or has nobody left to go to. The draw is locked by the caller."""
    rows = places(draw)
    held = holders(draw, rows)
    if draw.state != "drawn" or any(winner.state != "delivered" for winner in held):
        return
    draw.state = "settled"
    data = {
        "draw_id": str(draw.id),
        "delivered": len(held),
        "unawarded": sum(unawarded(draw, rows).values()),
    }
    service.put_on_record(draw, "draw_settled", data, at, member_id)
