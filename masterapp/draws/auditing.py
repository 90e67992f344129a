"""Opening the sample to an auditor: who stands behind the tickets that the certificate names, with what opens each tag.

An auditor recomputes every tag from salt and identity, and asks the fan: invented entries have nobody to ask.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import namedtuple_row

from masterapp.db import db
from masterapp.draws import lists, service
from masterapp.draws.entering import identity_of
from masterapp.draws.models import Draw
from masterapp.draws.protocol.builder import starts_of
from masterapp.draws.protocol.entries import RECORD_SIZE, entry_tag
from masterapp.draws.protocol.stored import STORED_LEAVES
from masterapp.errors import Refused
from masterapp.exact import canonical

_BEHIND = """
SELECT entry.tag, entry.salt, fan.number, fan.email, fan.email_key FROM draw_entry AS entry
LEFT JOIN fan ON fan.brand_id = entry.brand_id AND fan.id = entry.fan_id AND fan.erased_at IS NULL
WHERE entry.brand_id = %(brand)s AND entry.draw_id = %(draw)s AND entry.tag = ANY(%(tags)s)
"""


@dataclass(frozen=True)
class Opened:
    """A ticket of the sample and who holds it; a fan who was erased stays unknown."""

    #: Counted from 1, as in the certificate.
    ticket: int
    leaf: int
    weight: int
    tag: str
    number: int | None
    email: str
    salt: str
    #: What the tag binds, as JSON; empty when the fan's facts have changed since.
    identity: str


def sample(draw: Draw) -> list[Opened]:
    """Return the entries behind the certificate's sample. Raises ``draw_not_held``."""
    content = lists.document(draw, "certificate")
    if content is None:
        raise Refused("draw_not_held")
    # The sample is drawn with replacement: a ticket that came twice is opened once.
    tickets = sorted({int(one) for one in canonical.decode(content)["audit"]["tickets"]})
    starts = starts_of(lists.blocks(draw))
    places = [bisect_right(starts, ticket - 1) - 1 for ticket in tickets]
    records = dict(_records(draw, sorted(set(places))))
    behind = _behind(draw, [record[:32] for record in records.values()])
    return [
        _opened(draw, ticket, place, records[place], behind.get(records[place][:32]))
        for ticket, place in zip(tickets, places, strict=True)
    ]


def _records(draw: Draw, places: list[int]) -> Iterator[tuple[int, bytes]]:
    number, chunk = -1, b""
    for place in places:
        if place // STORED_LEAVES != number:
            number, chunk = place // STORED_LEAVES, lists.chunk_at(draw, place)
        start = place % STORED_LEAVES * RECORD_SIZE
        yield place, chunk[start : start + RECORD_SIZE]


def _behind(draw: Draw, tags: list[bytes]) -> Mapping[bytes, Any]:
    cursor = db.driver.cursor(row_factory=namedtuple_row)
    names = {"brand": draw.brand_id, "draw": draw.id, "tags": tags}
    found: list[Any] = cursor.execute(_BEHIND, names).fetchall()
    return {bytes(row.tag): row for row in found}


def _opened(draw: Draw, ticket: int, place: int, record: bytes, row: Any) -> Opened:
    known = row is not None and row.number is not None and row.salt is not None
    return Opened(
        ticket=ticket,
        leaf=place,
        weight=int.from_bytes(record[48:56], "big"),
        tag=record[:32].hex(),
        number=row.number if known else None,
        email=(row.email or "") if known else "",
        salt=bytes(row.salt).hex() if known else "",
        identity=_identity(draw.id, record[:32], row) if known else "",
    )


def _identity(draw_id: UUID, tag: bytes, row: Any) -> str:
    for email in (row.email_key, None):
        identity = identity_of(row.number, email)
        if entry_tag(draw_id, bytes(row.salt), identity) == tag:
            return json.dumps(identity, ensure_ascii=False, sort_keys=True)
    return ""


def open_sample(draw: Draw, *, at: datetime, member_id: UUID) -> list[Opened]:
    """Open the sample, and put on the public log that it was opened."""
    opened = sample(draw)
    data = {"draw_id": str(draw.id), "tickets": len(opened)}
    service.put_on_record(draw, "audit_opened", data, at, member_id)
    return opened
