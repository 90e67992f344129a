"""The certificate: one JSON document from which anybody can check a draw without the list."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from masterapp.draws.protocol.commitment import (
    Document,
    commit_hash,
    human_code,
    read_commitment,
)
from masterapp.draws.protocol.drawing import Drawing, Step, audit_sample, draw
from masterapp.draws.protocol.entropy import Source, check_announced, check_revealed, seed_of
from masterapp.draws.protocol.tree import Node
from masterapp.draws.protocol.vacancy import Vacancy, counters
from masterapp.exact.faults import ProtocolError

VERSION = "MVD1-CERTIFICATE-1"

PathAt = Callable[[int], Sequence[Node]]


def run(
    commitment: Document,
    revealed: Sequence[Source],
    starts: Sequence[int],
    record_at: Callable[[int], bytes],
    prior_groups: Collection[bytes] = frozenset(),
) -> Drawing:
    """Draw what a commitment promises, once its entropy is revealed (or its fallback's)."""
    terms = read_commitment(commitment)
    if len(starts) != terms.count + 1 or starts[-1] != terms.total:
        raise ProtocolError("list", "this is not the committed list")
    if prior_groups and not terms.exclude_winners_of:
        raise ProtocolError("prior", "the commitment names no earlier draw")
    _level(commitment, revealed)
    seed = seed_of(commit_hash(commitment), revealed)
    return draw(seed, terms.prizes, terms.max_per_group, starts, record_at, prior_groups)


def assemble(
    commitment: Document,
    revealed: Sequence[Source],
    drawing: Drawing,
    path_at: PathAt,
    prior_groups: Collection[bytes] = frozenset(),
    vacancies: Sequence[Vacancy] = (),
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The certificate of a drawing; `more` adds what is for people (log, timestamps, labels)."""
    terms = read_commitment(commitment)
    fingerprint = commit_hash(commitment)
    seed = seed_of(fingerprint, revealed)
    sample = audit_sample(seed, terms.total, terms.audit_size)
    certificate = {
        "v": VERSION,
        "commitment": commitment,
        "commit_hash": fingerprint.hex(),
        "code": human_code(fingerprint),
        "entropy": [dict(source) for source in revealed],
        "seed": seed.hex(),
        "level": _level(commitment, revealed),
        "prior_groups": sorted(group.hex() for group in prior_groups),
        "draws": [step_document(step, path_at(step.leaf)) for step in drawing.steps],
        "unfilled": [list(slot) for slot in drawing.unfilled],
        "audit": {"sample": len(sample), "tickets": [str(ticket + 1) for ticket in sample]},
        "vacancies": [vacancy.document() for vacancy in vacancies],
        "substitutions": counters(vacancies),
    }
    if more and (taken := certificate.keys() & more.keys()):
        raise ProtocolError("shape", f"{sorted(taken)[0]} belongs to the protocol")
    return certificate | dict(more or {})


def step_document(step: Step, path: Sequence[Node]) -> dict[str, Any]:
    """One step of the drawing with the proof of its leaf; tickets are shown counting from 1."""
    return {
        "i": step.place,
        "live": str(step.live),
        "u": str(step.number),
        "ticket": str(step.ticket + 1),
        "leaf": step.leaf,
        "record": step.record.hex(),
        "path": path_document(path),
        "status": list(step.status),
    }


def path_document(path: Sequence[Node]) -> list[list[str]]:
    """A proof as it is written in JSON."""
    return [[str(node.sum), node.hash.hex()] for node in path]


def ticket_document(
    commitment: Document,
    leaf: int,
    record: bytes,
    path: Sequence[Node],
    salt: bytes,
    identity: Mapping[str, str],
) -> dict[str, Any]:
    """What one entrant is given to check his own entry; private, since it names him."""
    return {
        "v": "MVD1-TICKET-1",
        "commitment": commitment,
        "leaf": leaf,
        "record": record.hex(),
        "path": path_document(path),
        "salt": salt.hex(),
        "identity": dict(identity),
    }


def _level(commitment: Document, revealed: Sequence[Source]) -> str:
    """The assurance level of what was revealed: the announced sources, else all of the fallback."""
    terms = read_commitment(commitment)
    try:
        check_revealed(terms.entropy, revealed)
        return check_announced(terms.entropy)
    except ProtocolError:
        if not terms.fallback:
            raise
    check_revealed(terms.fallback, revealed)
    return check_announced(terms.fallback)
