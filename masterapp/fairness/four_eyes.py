"""What one person must not decide alone: proposed by somebody or by the clock, carried out when two members agree.

A room says in ``kinds`` what to do when a proposal of its own is accepted; that happens in the transaction of the
second yes, so that a proposal is never accepted and not carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from masterapp.audit import service as audit
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.fairness.models import Proposal, Voice

#: How many different members have to agree.
NEEDED = 2

#: The part of a payload that a person wrote about another one. The audit trail, which forgets nothing, leaves it out.
WORDS = "sentence"
#: kind → what happens when it is accepted: (proposal, the members who agreed, now).
kinds: dict[str, Callable[[Proposal, Sequence[UUID], datetime], None]] = {}


def propose(
    brand_id: UUID,
    kind: str,
    subject_id: UUID,
    payload: Mapping[str, Any],
    *,
    effects: Sequence[Any] = (),
    member_id: UUID | None,
    at: datetime,
) -> Proposal:
    """Propose something; the proposer's own yes counts. The same proposal made twice is one.

    Raises ``proposal_waiting`` while a different one of its kind waits for the same object.
    """
    assert kind in kinds, f"nobody carries out proposals of kind {kind!r}"
    row = {
        "brand_id": brand_id,
        "id": new_id(),
        "kind": kind,
        "subject_id": subject_id,
        "payload": dict(payload),
        "effects": list(effects),
        "state": "open",
        "made_by": member_id,
    }
    db.session.execute(insert(Proposal).values(row).on_conflict_do_nothing())
    proposal = waiting(brand_id, kind, subject_id)
    if proposal is None:
        raise Refused("conflict")
    if proposal.id != row["id"]:
        if proposal.payload != dict(payload) or proposal.made_by != member_id:
            raise Refused("proposal_waiting")
        return proposal
    _note(proposal, "proposed", member_id)
    if member_id is not None:
        _say(proposal, member_id, agrees=True, note="", at=at)
    return proposal


def waiting(brand_id: UUID, kind: str, subject_id: UUID) -> Proposal | None:
    """Return the proposal of this kind that waits for this object, if there is one."""
    rows = select(Proposal).where(
        Proposal.brand_id == brand_id,
        Proposal.kind == kind,
        Proposal.subject_id == subject_id,
        Proposal.state == "open",
    )
    return db.session.scalars(rows).first()


def open_proposals(brand_id: UUID, kind: str | None = None) -> list[Proposal]:
    """Return what waits for a decision, the oldest first."""
    rows = select(Proposal).where(Proposal.brand_id == brand_id, Proposal.state == "open")
    if kind:
        rows = rows.where(Proposal.kind == kind)
    return list(db.session.scalars(rows.order_by(Proposal.id)))


def voices(proposal: Proposal) -> list[Voice]:
    """Return who has said what."""
    rows = select(Voice).where(
        Voice.brand_id == proposal.brand_id, Voice.proposal_id == proposal.id
    )
    return list(db.session.scalars(rows.order_by(Voice.created_at, Voice.member_id)))


def decide(
    brand_id: UUID,
    proposal_id: UUID,
    *,
    member_id: UUID,
    agrees: bool,
    note: str = "",
    at: datetime,
) -> Proposal:
    """Let a member say yes or no. The second yes carries it out; one no ends it. Saying the same twice is once.

    Raises ``not_found`` for another brand's, ``proposal_decided`` when it is over, ``two_people`` when the
    member's own yes is all there is.
    """
    rows = select(Proposal).where(Proposal.brand_id == brand_id, Proposal.id == proposal_id)
    proposal = db.session.scalars(rows.with_for_update()).first()
    if proposal is None:
        raise Refused("not_found")
    said = {voice.member_id: voice.agrees for voice in voices(proposal)}
    if proposal.state != "open":
        if said.get(member_id) is agrees:
            return proposal
        raise Refused("proposal_decided")
    if agrees and said.get(member_id):
        raise Refused("two_people")
    _say(proposal, member_id, agrees=agrees, note=note[:500], at=at)
    return proposal


def _say(proposal: Proposal, member_id: UUID, *, agrees: bool, note: str, at: datetime) -> None:
    values = {
        "brand_id": proposal.brand_id,
        "proposal_id": proposal.id,
        "member_id": member_id,
        "agrees": agrees,
        "note": note,
    }
    saying = insert(Voice).values(values)
    db.session.execute(
        saying.on_conflict_do_update(
            index_elements=["brand_id", "proposal_id", "member_id"],
            set_={"agrees": saying.excluded.agrees, "note": saying.excluded.note},
        )
    )
    if not agrees:
        proposal.state, proposal.decided_at = "refused", at
        _note(proposal, "refused", member_id)
    else:
        agreed = [voice.member_id for voice in voices(proposal) if voice.agrees]
        if len(agreed) >= NEEDED:
            proposal.state, proposal.decided_at = "accepted", at
            kinds[proposal.kind](proposal, agreed[:NEEDED], at)
            _note(proposal, "accepted", member_id)
    db.session.flush()


def _note(proposal: Proposal, what: str, member_id: UUID | None) -> None:
    audit.record(
        proposal.brand_id,
        f"proposal_{what}",
        actor_kind="member" if member_id else "system",
        actor_id=member_id,
        object_kind=proposal.kind,
        object_id=proposal.subject_id,
        proposal=str(proposal.id),
        payload={name: said for name, said in proposal.payload.items() if name != WORDS},
    )
