"""The review between closing and commitment: who is in, who is left out and why; every decision is on the public log.

Leaving somebody out takes two people; asking for a check if they win, and putting them back in, takes one. Once the
list is fixed nothing can be decided any more: the statement that writes a decision asks whether the draw is still open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from psycopg.rows import namedtuple_row
from sqlalchemy import select

from masterapp.brands.team import has_second_maker
from masterapp.db import db
from masterapp.draws import entering, service
from masterapp.draws.models import Draw
from masterapp.draws.terms import Terms
from masterapp.draws.wording import REASONS
from masterapp.errors import Refused
from masterapp.fairness import four_eyes
from masterapp.fairness.models import Proposal
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _

KIND = "draw_exclusion"
ELIGIBLE, EXCLUDED, TO_VERIFY = 0, 3, 4
PAGE = 50
LONGEST_SENTENCE = 300

_NO_REASON = _l("Choose the reason.")
_NO_SENTENCE = _l("Say in one sentence what you saw, in at most %(most)s characters.")

_LISTED = """
SELECT entry.fan_id, fan.number, fan.display_name, fan.email, entry.tickets, entry.free, entry.staked, entry.verdict,
    entry.tag, entry.created_at, entry.changed_at
FROM draw_entry AS entry
LEFT JOIN fan ON fan.brand_id = entry.brand_id AND fan.id = entry.fan_id AND fan.erased_at IS NULL
WHERE entry.brand_id = %(brand)s AND entry.draw_id = %(draw)s
  AND (%(kind)s::int IS NULL OR entry.verdict = %(kind)s::int)
  AND (%(like)s::text IS NULL OR fan.email ILIKE %(like)s::text OR fan.display_name ILIKE %(like)s::text
       OR fan.number = %(number)s::bigint)
ORDER BY entry.tickets + entry.free + entry.staked / greatest(%(price)s::bigint, 1) DESC, entry.tag
LIMIT %(many)s OFFSET %(first)s
"""

_DECIDE = """
UPDATE draw_entry AS mine SET verdict = %(to)s, seq = mine.seq + 1, changed_at = %(now)s
FROM draw, (SELECT verdict FROM draw_entry
    WHERE brand_id = %(brand)s AND draw_id = %(draw)s AND fan_id = %(fan)s FOR UPDATE) AS before
WHERE mine.brand_id = %(brand)s AND mine.draw_id = %(draw)s AND mine.fan_id = %(fan)s
  AND before.verdict = ANY(%(from)s) AND mine.verdict = before.verdict
  AND draw.brand_id = mine.brand_id AND draw.id = mine.draw_id AND draw.state = 'open'
RETURNING before.verdict, mine.tag
"""


@dataclass(frozen=True)
class Listed:
    """One entry as the review shows it."""

    fan_id: UUID
    #: None for a fan who was erased.
    number: int | None
    name: str
    email: str
    tickets: int
    verdict: int
    tag: str
    changed_at: datetime


def entries(
    draw: Draw, words: str = "", kind: int | None = None, first: int = 0
) -> tuple[list[Listed], bool]:
    """Return entries, those with the most tickets first, and whether there are more of them."""
    terms, words = Terms.of(draw.terms), words.strip()[:120]
    escaped = words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    digits = words.isascii() and words.isdigit() and len(words) < 18
    names = {
        "brand": draw.brand_id,
        "draw": draw.id,
        "kind": kind,
        "like": f"%{escaped}%" if words else None,
        "number": int(words) if digits else None,
        "price": terms.price,
        "many": PAGE + 1,
        "first": max(0, first),
    }
    cursor = db.driver.cursor(row_factory=namedtuple_row)
    rows = cursor.execute(_LISTED, names).fetchall()
    return [_listed(row, terms) for row in rows[:PAGE]], len(rows) > PAGE


def _listed(row: Any, terms: Terms) -> Listed:
    return Listed(
        fan_id=row.fan_id,
        number=row.number,
        name=row.display_name or "",
        email=row.email or "",
        tickets=entering.weight_of(row, terms),
        verdict=row.verdict,
        tag=bytes(row.tag).hex(),
        changed_at=row.changed_at,
    )


def propose_exclusion(
    draw: Draw, fan_id: UUID, *, reason: str, sentence: str, member_id: UUID, at: datetime
) -> Proposal:
    """Propose to leave an entry out of the draw; a second member's yes does it. The same twice is one."""
    sentence = " ".join(sentence.split())
    errors = {}
    if reason not in REASONS:
        errors["reason"] = [str(_NO_REASON)]
    if not 3 <= len(sentence) <= LONGEST_SENTENCE:
        errors["sentence"] = [str(_NO_SENTENCE) % {"most": LONGEST_SENTENCE}]
    if errors:
        raise Refused("invalid", fields=errors)
    entry = entering.mine(draw, fan_id)
    if entry is None:
        raise Refused("not_found")
    if draw.state != "open":
        raise Refused("draw_is_fixed")
    if entry.verdict not in (ELIGIBLE, TO_VERIFY):
        raise Refused("conflict")
    if not has_second_maker(draw.brand_id):
        raise Refused("second_person_missing")
    payload = {
        "draw_id": str(draw.id),
        "fan_id": str(fan_id),
        "reason": reason,
        "sentence": sentence,
    }
    number = entering.identity_now(draw.brand_id, fan_id)["member"]
    effects = [
        _("Fan no. %(number)s is left out of the draw, as class 3 of the list.", number=number),
        f"{REASONS[reason]} — {sentence}",
    ]
    return four_eyes.propose(
        draw.brand_id,
        KIND,
        subject_of(draw.id, fan_id),
        payload,
        effects=effects,
        member_id=member_id,
        at=at,
    )


def subject_of(draw_id: UUID, fan_id: UUID) -> UUID:
    """Return what stands for one entry where one id is asked for."""
    return uuid5(draw_id, fan_id.hex)


def waiting(draw: Draw) -> dict[UUID, Proposal]:
    """Return the exclusions that wait for a second person, by fan."""
    return {
        UUID(proposal.payload["fan_id"]): proposal
        for proposal in four_eyes.open_proposals(draw.brand_id, KIND)
        if proposal.payload["draw_id"] == str(draw.id)
    }


def find_proposal(draw: Draw, proposal_id: UUID) -> Proposal | None:
    """Return a proposal about an entry of this draw, decided or not."""
    found = db.session.get(Proposal, (draw.brand_id, proposal_id))
    about = found is not None and found.kind == KIND
    return found if about and found and found.payload["draw_id"] == str(draw.id) else None


def why_excluded(draw: Draw, fan_id: UUID) -> tuple[str, str] | None:
    """Return the reason in words and the sentence with which an entry was left out, or None."""
    found = [one for one in proposed(draw.brand_id, draw.id, fan_id) if one.state == "accepted"]
    if not found:
        return None
    said = max(found, key=lambda one: one.decided_at or one.created_at).payload
    return str(REASONS[said["reason"]]), said["sentence"]


def proposed(brand_id: UUID, draw_id: UUID, fan_id: UUID) -> list[Proposal]:
    """Return the proposals to leave a fan's entry out of a draw, decided or not."""
    rows = select(Proposal).where(
        Proposal.brand_id == brand_id,
        Proposal.kind == KIND,
        Proposal.subject_id == subject_of(draw_id, fan_id),
    )
    return list(db.session.scalars(rows.order_by(Proposal.created_at)))


def forget(brand_id: UUID, draw_id: UUID, fan_id: UUID) -> None:
    """Take away what people wrote about a fan who is erased; that there was a decision, and its reason, stays."""
    for proposal in proposed(brand_id, draw_id, fan_id):
        proposal.payload = {**proposal.payload, four_eyes.WORDS: ""}
        proposal.effects = []
        for voice in four_eyes.voices(proposal):
            voice.note = ""


def _exclude(proposal: Proposal, members: Sequence[UUID], at: datetime) -> None:
    draw = service.find(proposal.brand_id, UUID(proposal.payload["draw_id"]))
    decide(
        draw,
        UUID(proposal.payload["fan_id"]),
        EXCLUDED,
        before=(ELIGIBLE, TO_VERIFY),
        reason=proposal.payload["reason"],
        at=at,
        member_id=members[-1],
    )


four_eyes.kinds[KIND] = _exclude


def ask_to_verify(draw: Draw, fan_id: UUID, *, at: datetime, member_id: UUID) -> None:
    """Keep an entry in the draw, but verify who it is if it wins."""
    decide(draw, fan_id, TO_VERIFY, before=(ELIGIBLE,), reason="verify", at=at, member_id=member_id)


def put_back(draw: Draw, fan_id: UUID, *, at: datetime, member_id: UUID) -> None:
    """Take back what was decided of an entry: it is in the draw like any other."""
    before = (EXCLUDED, TO_VERIFY)
    decide(draw, fan_id, ELIGIBLE, before=before, reason="undone", at=at, member_id=member_id)


def decide(
    draw: Draw,
    fan_id: UUID,
    to: int,
    *,
    before: Sequence[int],
    reason: str,
    at: datetime,
    member_id: UUID,
) -> None:
    """Change the class of an entry whose class is one of *before*, and put it on record. Twice is once."""
    names = {
        "brand": draw.brand_id,
        "draw": draw.id,
        "fan": fan_id,
        "to": to,
        "from": list(before),
        "now": at,
    }
    row = db.driver.execute(_DECIDE, names).fetchone()
    if row is None:
        db.session.refresh(draw)
        entry = entering.mine(draw, fan_id)
        if entry is None:
            raise Refused("not_found")
        if draw.state != "open":
            raise Refused("draw_is_fixed")
        if entry.verdict == to:
            return
        raise Refused("conflict")
    data = {
        "draw_id": str(draw.id),
        "tag": bytes(row[1]).hex(),
        "from": row[0],
        "to": to,
        "reason": reason,
    }
    service.put_on_record(draw, "draw_class_changed", data, at, member_id)
