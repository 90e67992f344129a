"""Checks a game's published document as a stranger would: with nothing but the file and the specification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from masterapp.draws.protocol.commitment import human_code
from masterapp.exact.canonical import unhex
from masterapp.exact.drand import randomness_of
from masterapp.exact.faults import ProtocolError
from masterapp.fairness import beacon
from masterapp.fairness.demo_beacon import DEMO
from masterapp.prizes import sealing
from masterapp.prizes.opening import VERSION


@dataclass(frozen=True)
class Finding:
    """One thing that was checked, or that could not be."""

    seal: int
    holds: bool | None
    what: str


def check(document: Mapping[str, Any]) -> list[Finding]:
    """Return what holds and what does not; None stands for what this document cannot show."""
    if document.get("v") != VERSION or not isinstance(document.get("seals"), list):
        raise ProtocolError("document", f"this is not a document of the form {VERSION}")
    return [finding for seal in document["seals"] for finding in _of_seal(seal)]


def check_revealed(seal: Mapping[str, Any]) -> list[sealing.Moment]:
    """Rebuild one seal's whole schedule from its secret; raises ``ProtocolError`` when it is not the sealed one."""
    try:
        plan = sealing.read_plan(seal["plan"])
        randomness = randomness_of(unhex(seal["signature"], 48))
        secret, root = unhex(seal["secret"], 32), unhex(seal["root"], 32)
        openings = seal["wins"]
    except (KeyError, TypeError) as fault:
        raise ProtocolError("document", "a field of the seal is missing") from fault
    return sealing.check_revealed(plan, randomness, secret, root, openings)


def _of_seal(seal: Mapping[str, Any]) -> Iterator[Finding]:
    number = seal.get("number", 0)
    try:
        for holds, what in _steps(seal):
            yield Finding(number, holds, what)
    except ProtocolError as fault:
        yield Finding(number, False, str(fault))
    except (KeyError, TypeError, AttributeError, IndexError):
        yield Finding(number, False, "a field of the seal is missing or of another kind")


def _steps(seal: Mapping[str, Any]) -> Iterator[tuple[bool | None, str]]:
    plan = sealing.read_plan(seal["plan"])
    yield plan.hash().hex() == seal["plan_hash"], "the plan has the fingerprint that is given"
    yield human_code(plan.hash()) == seal["code"], f"the code of the plan is {seal['code']}"
    if seal["signature"] is None:
        yield None, "the beacon's round is not here yet"
        return
    chain = beacon.chain_of(plan.chain)
    genuine = beacon.verifies(unhex(seal["signature"], 48), plan.round, chain)
    yield genuine, f"the signature is the beacon's, of round {plan.round}"
    before = chain.time_of(plan.round) * 1000 <= min(prize.opens_ms for prize in plan.prizes)
    yield before, "no moment lies before the beacon's round"
    if chain == DEMO:
        yield None, "the beacon is the demo's own, which anybody can compute: this proves nothing"
    count, root = sum(prize.quantity for prize in plan.prizes), unhex(seal["root"], 32)
    yield count == seal["count"], f"{count} moments are planned and sealed"
    won = [sealing.check_opening(opening, count, root) for opening in seal["wins"]]
    yield True, f"{len(won)} wins open moments of the sealed tree"
    if seal["more_wins_after"] is not None:
        yield None, "further wins are published on further pages, which were not read"
    if seal["secret"] is None:
        yield None, "the secret is not published yet: the rest of the schedule is still hidden"
        yield _after_their_instants(seal, {}), "no win came before its moment"
        return
    moments = check_revealed(seal)
    yield True, "the published secret gives exactly the sealed schedule, wins included"
    instants = _returned(plan, unhex(seal["secret"], 32), moments, seal["returns"])
    yield _after_their_instants(seal, instants), "no win came before its moment"


def _returned(
    plan: sealing.Plan, secret: bytes, moments: list[sealing.Moment], returns: list[list[int]]
) -> dict[tuple[int, int], int]:
    """Return when each moment that nobody took came back: (number, how often) → instant."""
    instants = {}
    for j, generation, at in returns:
        again = sealing.roll_over(plan, secret, moments[j], generation, at)
        instants[(j, generation + 1)] = plan.prizes[0].closes_ms if again is None else again
    return instants


def _after_their_instants(seal: Mapping[str, Any], instants: Mapping[tuple[int, int], int]) -> bool:
    return all(
        win["won_ms"] >= instants.get((win["j"], win["generation"]), win["t_ms"])
        for win in seal["wins"]
    )
