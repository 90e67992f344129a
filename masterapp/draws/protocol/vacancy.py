"""After the draw: a place falls vacant only for a reason of the closed list, seen by two people."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from masterapp.draws.protocol.drawing import Drawing, Prize, Slot, slots_of
from masterapp.exact.canonical import unhex
from masterapp.exact.faults import ProtocolError
from masterapp.exact.times import moment


class Reason(StrEnum):
    """Why somebody who was drawn does not keep the prize; there is no other reason."""

    NO_REPLY = "NO_REPLY"
    DECLINED = "DECLINED"
    INELIGIBLE_AGE = "INELIGIBLE_AGE"
    INELIGIBLE_COUNTRY = "INELIGIBLE_COUNTRY"
    STAFF_OR_HOUSEHOLD = "STAFF_OR_HOUSEHOLD"
    COMPETITOR = "COMPETITOR"
    DUPLICATE_ACCOUNT = "DUPLICATE_ACCOUNT"
    IDENTITY_MISMATCH = "IDENTITY_MISMATCH"
    RULES_FRAUD = "RULES_FRAUD"


@dataclass(frozen=True)
class Vacancy:
    """One place declared vacant."""

    slot: Slot
    reason: Reason
    evidence_sha256: str
    approvers: tuple[str, str]
    ts: str

    def __post_init__(self) -> None:
        unhex(self.evidence_sha256, 32)
        moment(self.ts)
        if len(set(self.approvers)) != 2 or not all(self.approvers):
            raise ProtocolError("approvers", "a vacancy is approved by two different people")

    def document(self) -> dict[str, object]:
        """The vacancy as it stands in the certificate."""
        return {
            "slot": list(self.slot),
            "reason": self.reason.value,
            "evidence_sha256": self.evidence_sha256,
            "approvers": list(self.approvers),
            "ts": self.ts,
        }


@dataclass(frozen=True)
class Standing:
    """Who holds a prize now, who stands by, and how many units nobody can receive any more."""

    holders: dict[str, list[Slot]]
    waiting: dict[str, list[Slot]]
    unawarded: dict[str, int]


def counters(vacancies: Sequence[Vacancy]) -> dict[str, int]:
    """The public count of vacancies by reason, zeros included."""
    return {
        reason.value: sum(vacancy.reason == reason for vacancy in vacancies) for reason in Reason
    }


def standing(prizes: Sequence[Prize], drawing: Drawing, vacancies: Sequence[Vacancy]) -> Standing:
    """Apply the vacancies in their order: each frees a place for the prize's next alternate."""
    unfilled = set(drawing.unfilled)
    filled = [slot for slot in slots_of(prizes) if slot not in unfilled]
    holders: dict[str, list[Slot]] = {prize.id: [] for prize in prizes}
    waiting: dict[str, list[Slot]] = {prize.id: [] for prize in prizes}
    for slot in filled:
        (holders if slot.kind == "winner" else waiting)[slot.prize].append(slot)
    for vacancy in vacancies:
        slot = vacancy.slot
        if slot in waiting.get(slot.prize, ()):
            waiting[slot.prize].remove(slot)
        elif slot in holders.get(slot.prize, ()):
            place = holders[slot.prize].index(slot)
            holders[slot.prize][place : place + 1] = waiting[slot.prize][:1]
            del waiting[slot.prize][:1]
        else:
            raise ProtocolError("slot", "that place is not held by anybody")
    unawarded = {prize.id: prize.quantity - len(holders[prize.id]) for prize in prizes}
    return Standing(holders, waiting, unawarded)
