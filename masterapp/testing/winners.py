"""Winners for tests: a draw that was held and told, claims as a fan fills them in, and two members who agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Flask

from masterapp.db import db
from masterapp.draws import claims, service, vacancies, winners
from masterapp.draws.models import DrawWinner
from masterapp.fairness import four_eyes
from masterapp.testing import draws as kit
from masterapp.testing.draws import Clock
from masterapp.testing.factories import Player, rows

WEIGHTS = {"ada": 5, "bob": 1, "chloe": 3, "david": 20, "emma": 9}
#: A claim as it is posted.
FORM = {
    "first_name": "Camille",
    "last_name": "Durand",
    "line": "12 bis av. des Frères-Lumière",
    "more": "Apt 3",
    "postcode": "69008",
    "city": "Lyon",
    "country": "FR",
    "style": "full",
    "true": "1",
}


def hold_and_tell(
    app: Flask,
    brand_id: UUID,
    game_id: UUID,
    clock: Clock,
    *,
    weights: Mapping[str, int] = WEIGHTS,
    **values: Any,
) -> tuple[UUID, dict[UUID, Player]]:
    """Hold a draw of two prizes' worth of winners, tell them, and return it with its fans by id."""
    values.setdefault("prizes", [{"label": {"fr": "Maillot"}, "qty": 2, "alternates": 2}])
    draw_id = kit.make_draw(app, brand_id, game_id, at=clock(), **values)
    fans = kit.enter_many(app, brand_id, draw_id, weights)
    kit.fix(app, brand_id, draw_id, clock)
    kit.hold(app, brand_id, draw_id, clock)
    with app.app_context(), db.transaction():
        winners.tell(brand_id, draw_id, clock())
    return draw_id, {fan.id: fan for fan in fans.values()}


def place(
    app: Flask, brand_id: UUID, draw_id: UUID, kind: str = "winner", rank: int = 1
) -> DrawWinner:
    """Return a place of the first prize as it is now, detached from any session."""
    found = places(app, brand_id, draw_id)
    return next(one for one in found if (one.prize, one.kind, one.rank) == ("P1", kind, rank))


def places(app: Flask, brand_id: UUID, draw_id: UUID) -> list[DrawWinner]:
    """Return all places, detached from any session."""
    from masterapp.draws import outcome

    with app.app_context():
        found = outcome.places(service.find(brand_id, draw_id))
        db.session.expunge_all()
        return found


def claim(app: Flask, winner: DrawWinner, clock: Clock, **values: str) -> None:
    """Claim a place as its fan does."""
    with app.app_context(), db.transaction():
        told = claims.read({**FORM, **values}, sent=True)
        winners.claim(winner.brand_id, winner.fan_id, winner.id, told, clock())


def step(
    app: Flask, winner: DrawWinner, clock: Clock, name: str, member_id: UUID, note: str = ""
) -> None:
    """Carry a place one step on."""
    note = note or ("Passport seen by Jo" if name == "check" else "")
    with app.app_context(), db.transaction():
        winners.take_step(
            winner.brand_id,
            winner.draw_id,
            winner.id,
            name,
            note=note,
            member_id=member_id,
            at=clock(),
        )


def propose(
    app: Flask, winner: DrawWinner, clock: Clock, reason: str, member_id: UUID, evidence: str = ""
) -> UUID:
    """Propose that a place falls vacant, and return the proposal."""
    evidence = evidence or "Seen on the list of our staff."
    with app.app_context(), db.transaction():
        made = vacancies.propose(
            winner.draw_id, winner, reason, evidence, member_id=member_id, at=clock()
        )
        return made.id


def decide(
    app: Flask,
    brand_id: UUID,
    proposal_id: UUID,
    clock: Clock,
    member_id: UUID,
    agrees: bool = True,
) -> None:
    """Let a member decide."""
    with app.app_context(), db.transaction():
        four_eyes.decide(brand_id, proposal_id, member_id=member_id, agrees=agrees, at=clock())


def waiting(app: Flask, winner: DrawWinner) -> Any:
    """Return (id, reason, made_by) of the vacancy that waits for a place, or None."""
    found = rows(
        app,
        "SELECT id, payload ->> 'reason', made_by FROM proposal"
        " WHERE subject_id = %s AND state = 'open'",
        winner.id,
    )
    return found[0] if found else None
