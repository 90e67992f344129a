"""The commitment: everything a draw depends on, fixed before its entropy exists."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from masterapp.draws.protocol.drawing import Prize
from masterapp.draws.protocol.entries import LARGEST_TOTAL
from masterapp.draws.protocol.entropy import Source, check_announced
from masterapp.exact import canonical
from masterapp.exact.canonical import LARGEST_INTEGER, decimal, unhex
from masterapp.exact.faults import ProtocolError
from masterapp.exact.times import moment

VERSION = "MVD1"
MOST_PLACES = 2**20
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Terms:
    """What the protocol itself reads in a commitment; the rest is for people."""

    draw_id: UUID
    count: int
    total: int
    root: bytes
    prizes: tuple[Prize, ...]
    max_per_group: int
    entropy: tuple[Source, ...]
    fallback: tuple[Source, ...]
    audit_size: int
    exclude_winners_of: tuple[str, ...]
    draw_at: int | None


def read_commitment(document: Document) -> Terms:
    """Check a commitment and return its terms; refuses what the specification does not allow."""
    if document.get("v") != VERSION:
        raise ProtocolError("version", "this is not an MVD1 commitment")
    entries = _mapping(document, "entries")
    total = decimal(entries.get("W"))
    if total > LARGEST_TOTAL:
        raise ProtocolError("sum_overflow", "the weights add up to 2^63 or more")
    entropy = _sources(document)
    check_announced(entropy)
    fallback = _sources(_mapping(document, "fallback")) if "fallback" in document else ()
    if fallback:
        check_announced(fallback)
    audit = _mapping(document, "audit") if "audit" in document else {"sample": 0}
    return Terms(
        draw_id=uuid_of(document.get("draw_id")),
        count=whole(entries, "n", 0),
        total=total,
        root=unhex(entries.get("root"), 32),
        prizes=prizes_of(document),
        max_per_group=max_per_group_of(document),
        entropy=entropy,
        fallback=fallback,
        audit_size=whole(audit, "sample", 0, MOST_PLACES),
        exclude_winners_of=tuple(
            str(uuid_of(one)) for one in _list(document, "exclude_winners_of")
        ),
        draw_at=moment(document["draw_at"]) if "draw_at" in document else None,
    )


def commit_hash(document: Document) -> bytes:
    """The fingerprint of a commitment."""
    return hashlib.sha256(b"MVD1/commit\0" + canonical.encode(document)).digest()


def human_code(fingerprint: bytes) -> str:
    """The first 100 bits of a fingerprint as five groups of four characters people can compare."""
    bits = int.from_bytes(fingerprint, "big") >> (8 * len(fingerprint) - 100)
    letters = [_CROCKFORD[bits >> shift & 31] for shift in range(95, -1, -5)]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, 20, 4))


def max_per_group_of(document: Document) -> int:
    """How many places one group can take."""
    return whole(document, "max_per_group", 1) if "max_per_group" in document else 1


def prizes_of(document: Document) -> tuple[Prize, ...]:
    """The prizes of a commitment, in their order."""
    prizes = []
    for one in _list(document, "prizes"):
        if not isinstance(one, Mapping) or not isinstance(one.get("id"), str) or not one["id"]:
            raise ProtocolError("prizes", "every prize has an id")
        alternates = whole(one, "alternates", 0) if "alternates" in one else 0
        prizes.append(Prize(one["id"], whole(one, "qty", 1), alternates))
    if not prizes or len({prize.id for prize in prizes}) != len(prizes):
        raise ProtocolError("prizes", "a draw has prizes, each with an id of its own")
    if sum(prize.quantity + prize.alternates for prize in prizes) > MOST_PLACES:
        raise ProtocolError("prizes", f"a draw has at most {MOST_PLACES} places")
    return tuple(prizes)


def _sources(document: Document) -> tuple[Source, ...]:
    sources = tuple(_list(document, "entropy"))
    if not all(isinstance(source, Mapping) for source in sources):
        raise ProtocolError("entropy_shape", "every source of chance is an object")
    return sources


def _mapping(document: Document, key: str) -> Document:
    value = document.get(key)
    if not isinstance(value, Mapping):
        raise ProtocolError("shape", f"{key} is not an object")
    return value


def _list(document: Document, key: str) -> list[Any]:
    value = document.get(key, [])
    if not isinstance(value, list | tuple):
        raise ProtocolError("shape", f"{key} is not a list")
    return list(value)


def whole(document: Document, key: str, least: int, most: int = LARGEST_INTEGER) -> int:
    """A field that is a whole number between two bounds, and not true or false."""
    value = document.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ProtocolError("shape", f"{key} is not a whole number from {least} to {most}")
    return value


def uuid_of(text: object) -> UUID:
    """Read an identifier written in its one form: lowercase, with hyphens."""
    try:
        found = UUID(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or str(found) != text:
        raise ProtocolError("uuid", f"not a UUID in lowercase: {text!r}")
    return found
