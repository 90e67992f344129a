"""A place falls vacant only for a reason of the closed list, seen by two people; the next alternate then steps in.

The evidence stays with the proposal. The certificate carries its hash alone, salted so that nobody finds it by trying.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy import select

from masterapp.brands.models import Brand
from masterapp.campaigns.quota import zone
from masterapp.db import db
from masterapp.draws import outcome, service
from masterapp.draws.models import Draw, DrawWinner
from masterapp.draws.protocol.vacancy import Reason
from masterapp.draws.terms import Terms
from masterapp.errors import Refused
from masterapp.exact.times import written
from masterapp.fairness import four_eyes
from masterapp.fairness.models import Proposal
from masterapp.fans.models import Fan
from masterapp.jobs import jobs
from masterapp.keys import keyed_hash
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _

KIND = "vacancy"
REASONS = {
    Reason.NO_REPLY: _l("No answer before the deadline"),
    Reason.DECLINED: _l("Gave the prize up"),
    Reason.INELIGIBLE_AGE: _l("Not of the age that the rules ask for"),
    Reason.INELIGIBLE_COUNTRY: _l("Not from a country of the rules"),
    Reason.STAFF_OR_HOUSEHOLD: _l("Works for us, or lives with somebody who does"),
    Reason.COMPETITOR: _l("Works for a competitor"),
    Reason.DUPLICATE_ACCOUNT: _l("Took part under several accounts"),
    Reason.IDENTITY_MISMATCH: _l("The identity could not be confirmed"),
    Reason.RULES_FRAUD: _l("Broke the rules"),
}
#: A prize that has left is not taken back by a vacancy.
MAY_FALL = ("standing_by", "notified", "claimed", "checked")
SHORTEST, LONGEST = 10, 2000
#: The last reminder leaves this long before the end.
LAST_CALL = timedelta(days=2)

_NO_REASON = _l("Choose one of the reasons.")
_NO_EVIDENCE = _l("Say in a sentence or two what shows it.")
_TOO_LONG = _l("Too long: at most %(most)s characters.")
_NOT_YET = _l("There is time to answer until the deadline: it has not passed yet.")


def deadline(brand: Brand, at: datetime, days: int) -> datetime:
    """Return when the time to claim ends: at midnight after the last of so many days, on the brand's clock."""
    clock = zone(brand.time_zone)
    last = at.astimezone(clock).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), clock).astimezone(UTC)


def notify(draw: Draw, winners: Sequence[DrawWinner], at: datetime) -> None:
    """Tell these places that they hold a prize: a letter leaves, and reminders and the deadline are planned."""
    if not winners:
        return
    brand = db.session.get_one(Brand, draw.brand_id)
    ends = deadline(brand, at, Terms.of(draw.terms).claim_days)
    gone = _erased(draw, winners)
    for winner in winners:
        winner.state, winner.notified_at, winner.deadline_at = "notified", at, ends
        if winner.fan_id not in gone:
            names = {"brand_id": str(draw.brand_id), "winner_id": str(winner.id)}
            jobs.defer("send_win_letter", reminder=0, **names)
    db.session.flush()
    for winner in winners:
        if winner.fan_id in gone:
            propose_by_clock(draw, winner, Reason.DECLINED, at)
    names = {"brand_id": str(draw.brand_id), "draw_id": str(draw.id)}
    for moment in (at + (ends - at) / 2, ends - LAST_CALL):
        if moment > at:
            jobs.defer("remind_winners", at=moment, **names)
    jobs.defer("close_claims", at=ends, **names)


def _erased(draw: Draw, winners: Sequence[DrawWinner]) -> set[UUID]:
    rows = select(Fan.id).where(
        Fan.brand_id == draw.brand_id,
        Fan.id.in_([winner.fan_id for winner in winners]),
        Fan.erased_at.is_not(None),
    )
    return set(db.session.scalars(rows))


def propose(
    draw_id: UUID, winner: DrawWinner, reason: str, evidence: str, *, member_id: UUID, at: datetime
) -> Proposal:
    """Let a member propose that a place falls vacant. Raises ``invalid``, ``conflict`` and ``proposal_waiting``."""
    draw, winner = outcome.locked(winner.brand_id, draw_id, winner.id)
    evidence = evidence.strip()
    errors: dict[str, list[str]] = {}
    if reason not in list(Reason):
        errors["reason"] = [str(_NO_REASON)]
    elif reason == Reason.NO_REPLY and not is_late(winner, at):
        errors["reason"] = [str(_NOT_YET)]
    if len(evidence) < SHORTEST:
        errors["evidence"] = [str(_NO_EVIDENCE)]
    elif len(evidence) > LONGEST:
        errors["evidence"] = [str(_TOO_LONG) % {"most": LONGEST}]
    if errors:
        raise Refused("invalid", fields=errors)
    if draw.state != "drawn" or winner.state not in MAY_FALL:
        raise Refused("conflict")
    return _propose(draw, winner, Reason(reason), evidence, member_id, at)


def propose_by_clock(draw: Draw, winner: DrawWinner, reason: Reason, at: datetime) -> None:
    """Propose what nobody has to find out: no answer, a prize given up, a fan who is gone. Two members then decide.

    The draw is locked by the caller. Where a proposal waits already nothing is added.
    """
    if four_eyes.waiting(draw.brand_id, KIND, winner.id) is not None:
        return
    brand = db.session.get_one(Brand, draw.brand_id)
    with force_locale(brand.locales[0]):
        facts = {
            "notified": written(int((winner.notified_at or at).timestamp())),
            "deadline": written(int((winner.deadline_at or at).timestamp())),
            "at": written(int(at.timestamp())),
        }
        if reason is Reason.NO_REPLY:
            told = _("Notified %(notified)s; no claim before %(deadline)s.", **facts)
        else:
            told = _("Given up on the winner’s own page, or by leaving for good, %(at)s.", **facts)
        _propose(draw, winner, reason, told, None, at)


def _propose(
    draw: Draw,
    winner: DrawWinner,
    reason: Reason,
    evidence: str,
    member_id: UUID | None,
    at: datetime,
) -> Proposal:
    payload = {
        "draw_id": str(draw.id),
        "reason": reason.value,
        "evidence": evidence,
        "salt": keyed_hash("vacancy evidence", winner.id.bytes).hex(),
        # What is carried out is what was seen: a winner who has moved on since is looked at again.
        "state": winner.state,
    }
    return four_eyes.propose(
        draw.brand_id,
        KIND,
        winner.id,
        payload,
        effects=[str(REASONS[reason]), evidence],
        member_id=member_id,
        at=at,
    )


def is_late(winner: DrawWinner, at: datetime) -> bool:
    """Whether the time to claim is over and nobody has claimed."""
    return (
        winner.state == "notified" and winner.deadline_at is not None and winner.deadline_at <= at
    )


def evidence_hash(payload: dict[str, Any]) -> str:
    """Return the hash of the evidence that the certificate carries."""
    return hashlib.sha256(f"{payload['salt']}\n{payload['evidence']}".encode()).hexdigest()


def refused_before(winner: DrawWinner, reason: Reason) -> bool:
    """Whether members have refused such a vacancy already: then the clock does not propose it again."""
    rows = select(Proposal.payload).where(
        Proposal.brand_id == winner.brand_id,
        Proposal.kind == KIND,
        Proposal.subject_id == winner.id,
        Proposal.state == "refused",
    )
    return any(payload["reason"] == reason for payload in db.session.scalars(rows))


def carry_out(proposal: Proposal, agreed: Sequence[UUID], at: datetime) -> None:
    """Declare the place vacant and let the next alternate step in, unless it has moved on since it was proposed."""
    payload = proposal.payload
    draw, winner = outcome.locked(proposal.brand_id, UUID(payload["draw_id"]), proposal.subject_id)
    if draw.state != "drawn" or winner.state != payload["state"]:
        raise Refused("conflict")
    rows = outcome.places(draw)
    before = {one.id for one in outcome.holders(draw, rows)}
    winner.vacancy = {
        "number": sum(1 for one in rows if one.vacancy) + 1,
        "reason": payload["reason"],
        "evidence_sha256": evidence_hash(payload),
        "approvers": [f"member:{member_id}" for member_id in agreed],
        "ts": written(int(at.timestamp())),
    }
    winner.state, winner.deadline_at = "vacant", None
    winner.label, winner.address = "", None
    db.session.flush()
    stepped_in = [one for one in outcome.holders(draw, rows) if one.id not in before]
    notify(draw, stepped_in, at)
    outcome.renew_certificate(draw, rows)
    data = {
        "draw_id": str(draw.id),
        "slot": list(outcome.slot_of(winner)),
        "reason": payload["reason"],
        "evidence_sha256": winner.vacancy["evidence_sha256"],
        "stepped_in": [list(outcome.slot_of(one)) for one in stepped_in],
    }
    service.put_on_record(draw, "draw_vacancy", data, at, agreed[-1])
    outcome.settle_if_done(draw, at, agreed[-1])


four_eyes.kinds[KIND] = carry_out
