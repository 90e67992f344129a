"""Winners from the letter to the delivered prize: claimed or given up by the fan, checked and sent by the desk.

Each verb looks at the place under its draw's lock, so that a double tap, a retry and somebody else's decision at the
same instant leave one result. Alternates stand by and hear nothing until they step in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from masterapp.audit import service as audit
from masterapp.db import db
from masterapp.draws import outcome, service, vacancies
from masterapp.draws.claims import Claim
from masterapp.draws.models import Draw, DrawWinner
from masterapp.draws.protocol.vacancy import Reason
from masterapp.errors import Refused
from masterapp.fairness import four_eyes
from masterapp.fans import households
from masterapp.fans.models import Fan
from masterapp.jobs import jobs
from masterapp.texts import lazy_text as _l

#: The public list of winners, for the page of a draw.
published = outcome.published
LONGEST_NOTE = 500
_NO_CHECK = _l("Write who checked the identity, and how.")
_TOO_LONG = _l("Too long: at most %(most)s characters.")


@dataclass(frozen=True)
class Step:
    """One step of the desk: from which states it leads where, and how the audit trail calls it."""

    starts: tuple[str, ...]
    ends: str
    action: str


STEPS = {
    "check": Step(("claimed",), "checked", "winner_checked"),
    "send": Step(("checked",), "sent", "winner_sent"),
    "deliver": Step(("checked", "sent"), "delivered", "winner_delivered"),
    "uncheck": Step(("checked",), "claimed", "winner_step_undone"),
    "unsend": Step(("sent",), "checked", "winner_step_undone"),
}


def prize_of(draw: Draw, winner: DrawWinner) -> dict[str, Any]:
    """Return the prize that a place stands for, as the draw's terms describe it."""
    found: dict[str, Any] = next(one for one in draw.prizes if one["id"] == winner.prize)
    return found


def is_posted(prize: dict[str, Any]) -> bool:
    """Whether a prize is sent by post, so that its winner's address is asked for."""
    return bool(prize.get("posted", True))


def tell(brand_id: UUID, draw_id: UUID, at: datetime) -> None:
    """Tell the winners of a draw that was held. Those who were told are left alone, so twice is once."""
    draw = service.find(brand_id, draw_id, lock=True)
    if draw.state != "drawn":
        return
    waiting = [
        winner
        for winner in outcome.places(draw)
        if winner.kind == "winner" and winner.state == "standing_by"
    ]
    vacancies.notify(draw, waiting, at)
    db.session.flush()
    outcome.settle_if_done(draw, at, None)


def remind(brand_id: UUID, draw_id: UUID, at: datetime) -> None:
    """Remind whoever has not answered: at half time and two days before the end, once each."""
    draw = service.find(brand_id, draw_id, lock=True)
    for winner in _unanswered(draw):
        assert winner.notified_at is not None
        assert winner.deadline_at is not None
        half = winner.notified_at + (winner.deadline_at - winner.notified_at) / 2
        last = winner.deadline_at - vacancies.LAST_CALL
        due = (half <= at) + (winner.notified_at < last <= at)
        if at >= winner.deadline_at or winner.reminders >= due or gave_up(winner):
            continue
        winner.reminders = due
        jobs.defer(
            "send_win_letter",
            brand_id=str(brand_id),
            winner_id=str(winner.id),
            reminder=due,
        )
    db.session.flush()


def close_claims(brand_id: UUID, draw_id: UUID, at: datetime) -> None:
    """Propose that places fall vacant whose holder has let the deadline pass; two members decide."""
    draw = service.find(brand_id, draw_id, lock=True)
    for winner in _unanswered(draw):
        if vacancies.is_late(winner, at) and not vacancies.refused_before(winner, Reason.NO_REPLY):
            vacancies.propose_by_clock(draw, winner, Reason.NO_REPLY, at)


def _unanswered(draw: Draw) -> list[DrawWinner]:
    if draw.state != "drawn":
        return []
    return [winner for winner in outcome.places(draw) if winner.state == "notified"]


def of_fan(brand_id: UUID, fan_id: UUID) -> list[tuple[DrawWinner, Draw]]:
    """Return what a fan has won in draws, newest first; standing by is told to nobody."""
    rows = (
        select(DrawWinner, Draw)
        .join(Draw, (Draw.brand_id == DrawWinner.brand_id) & (Draw.id == DrawWinner.draw_id))
        .where(
            DrawWinner.brand_id == brand_id,
            DrawWinner.fan_id == fan_id,
            DrawWinner.notified_at.is_not(None),
        )
        .order_by(DrawWinner.notified_at.desc(), DrawWinner.id)
    )
    return [(winner, draw) for winner, draw in db.session.execute(rows)]


def own(brand_id: UUID, fan_id: UUID, winner_id: UUID) -> tuple[DrawWinner, Draw]:
    """Return one win of the fan. Raises ``not_found``, also for somebody else's and for who only stands by."""
    for winner, draw in of_fan(brand_id, fan_id):
        if winner.id == winner_id:
            return winner, draw
    raise Refused("not_found")


def gave_up(winner: DrawWinner) -> bool:
    """Whether the winner has given the prize up, which two members still have to see."""
    found = four_eyes.waiting(winner.brand_id, vacancies.KIND, winner.id)
    return found is not None and found.payload["reason"] == Reason.DECLINED


def may_claim(winner: DrawWinner, at: datetime) -> bool:
    """Whether the place can be claimed: in time, or late when the members let the winner keep it."""
    if winner.state != "notified" or gave_up(winner):
        return False
    return not vacancies.is_late(winner, at) or vacancies.refused_before(winner, Reason.NO_REPLY)


def claim(brand_id: UUID, fan_id: UUID, winner_id: UUID, told: Claim, at: datetime) -> DrawWinner:
    """Claim a prize. Again before the desk has checked it corrects what was told; later it changes nothing.

    Raises ``not_found`` for somebody else's, ``claim_over`` after the deadline and for a place given up or vacant.
    """
    seen, draw = own(brand_id, fan_id, winner_id)
    # The fan's row is locked first, as an erasure does: two orders would wait for each other.
    if told.address is not None and seen.state in ("notified", "claimed"):
        households.join(brand_id, fan_id, told.address)
    draw, winner = outcome.locked(brand_id, draw.id, winner_id)
    if winner.state in ("checked", "sent", "delivered"):
        return winner
    if winner.state != "claimed":
        if not may_claim(winner, at):
            raise Refused("claim_over")
        winner.state, winner.claimed_at = "claimed", at
        _note(winner, "winner_claimed", actor_kind="fan", actor_id=fan_id)
    if winner.label != told.label:
        jobs.defer("renew_certificate", brand_id=str(brand_id), draw_id=str(draw.id))
    winner.address, winner.label = told.kept, told.label
    db.session.flush()
    return winner


def decline(brand_id: UUID, fan_id: UUID, winner_id: UUID, at: datetime) -> None:
    """Give a prize up before claiming it: two members see it, then the next alternate steps in. Twice is once."""
    _seen, draw = own(brand_id, fan_id, winner_id)
    draw, winner = outcome.locked(brand_id, draw.id, winner_id)
    if gave_up(winner):
        return
    if winner.state != "notified":
        raise Refused("claim_over")
    if four_eyes.waiting(brand_id, vacancies.KIND, winner.id) is not None:
        raise Refused("proposal_waiting")
    vacancies.propose_by_clock(draw, winner, Reason.DECLINED, at)
    _note(winner, "winner_declined", actor_kind="fan", actor_id=fan_id)


def forget(brand_id: UUID, fan_id: UUID, at: datetime) -> None:
    """Follow an erasure: no label and address is left, and a prize that has not left is proposed as given up."""
    for seen, _draw in of_fan(brand_id, fan_id):
        draw, winner = outcome.locked(brand_id, seen.draw_id, seen.id)
        if winner.label:
            jobs.defer("renew_certificate", brand_id=str(brand_id), draw_id=str(draw.id))
        winner.label, winner.address, winner.notes = "", None, {}
        if draw.state == "drawn" and winner.state in ("notified", "claimed", "checked"):
            vacancies.propose_by_clock(draw, winner, Reason.DECLINED, at)
    db.session.flush()


def renew_certificate(brand_id: UUID, draw_id: UUID) -> None:
    """Write the labels that winners chose into the certificate."""
    draw = service.find(brand_id, draw_id, lock=True)
    if draw.state in ("drawn", "settled"):
        outcome.renew_certificate(draw, outcome.places(draw))


def take_step(
    brand_id: UUID,
    draw_id: UUID,
    winner_id: UUID,
    name: str,
    *,
    note: str = "",
    member_id: UUID,
    at: datetime,
) -> DrawWinner:
    """Carry a place one step on, or back after a mis-tap. The same step twice is once.

    Raises ``conflict`` from any other state and ``proposal_waiting`` while a vacancy of the place waits.
    """
    draw, winner = outcome.locked(brand_id, draw_id, winner_id)
    if name not in STEPS:
        raise Refused("malformed")
    step, note = STEPS[name], " ".join(note.split())
    if winner.state == step.ends:
        return winner
    if winner.state not in step.starts or draw.state != "drawn":
        raise Refused("conflict")
    if four_eyes.waiting(brand_id, vacancies.KIND, winner.id) is not None:
        raise Refused("proposal_waiting")
    if name == "check" and len(note) < 3:
        raise Refused("invalid", fields={"note": [str(_NO_CHECK)]})
    if len(note) > LONGEST_NOTE:
        raise Refused("invalid", fields={"note": [str(_TOO_LONG) % {"most": LONGEST_NOTE}]})
    _move(winner, step.ends, at)
    if note:
        winner.notes = {**winner.notes, name: note}
    db.session.flush()
    _note(winner, step.action, actor_kind="member", actor_id=member_id, state=step.ends)
    outcome.settle_if_done(draw, at, member_id)
    return winner


def _move(winner: DrawWinner, state: str, at: datetime) -> None:
    reached = {"checked": "checked_at", "sent": "sent_at", "delivered": "delivered_at"}
    if winner.state in ("checked", "sent") and state in ("claimed", "checked"):
        setattr(winner, reached[winner.state], None)
    else:
        setattr(winner, reached[state], at)
    winner.state = state
    if state == "delivered":
        winner.address = None


def same_household(draw: Draw) -> dict[UUID, list[DrawWinner]]:
    """Return, for each holder of a prize, the other holders of this draw who live in the same household."""
    held = outcome.holders(draw, outcome.places(draw))
    rows = select(Fan.id, Fan.household).where(
        Fan.brand_id == draw.brand_id,
        Fan.id.in_([winner.fan_id for winner in held]),
        Fan.household.is_not(None),
    )
    homes = {row.id: row.household for row in db.session.execute(rows)}
    return {
        winner.id: others
        for winner in held
        if (home := homes.get(winner.fan_id))
        and (others := [one for one in held if one is not winner and homes.get(one.fan_id) == home])
    }


def _note(winner: DrawWinner, action: str, *, actor_kind: str, actor_id: UUID, **data: Any) -> None:
    audit.record(
        winner.brand_id,
        action,
        actor_kind=actor_kind,
        actor_id=actor_id,
        object_kind="draw",
        object_id=winner.draw_id,
        place=list(outcome.slot_of(winner)),
        **data,
    )
