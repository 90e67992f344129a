"""The frozen list of a draw, read back: the published file, one fan's leaf with its proof, and what a drawing needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from masterapp.db import db
from masterapp.draws import entering
from masterapp.draws.models import Draw
from masterapp.draws.protocol.builder import BLOCK_LEAVES
from masterapp.draws.protocol.certificate import ticket_document
from masterapp.draws.protocol.entries import HEADER_SIZE, RECORD_SIZE, header
from masterapp.draws.protocol.stored import CELL_SIZE, STORED_LEAVES, prove
from masterapp.draws.protocol.tree import Node
from masterapp.errors import Refused

_SOME_BLOCKS = """
SELECT records FROM draw_block WHERE brand_id = %(brand)s AND draw_id = %(draw)s AND number >= %(first)s
ORDER BY number LIMIT %(many)s
"""
_BLOCK_OF_TAG = """
SELECT number, records FROM draw_block WHERE brand_id = %(brand)s AND draw_id = %(draw)s AND first_tag <= %(tag)s
ORDER BY first_tag DESC LIMIT 1
"""
_CELL = """
SELECT substring(content FROM %(at)s + 1 FOR %(size)s) FROM draw_document
WHERE brand_id = %(brand)s AND draw_id = %(draw)s AND name = 'tree'
"""
_DOCUMENT = """
SELECT content FROM draw_document WHERE brand_id = %(brand)s AND draw_id = %(draw)s AND name = %(name)s
"""
#: How many stored blocks make one of the protocol's.
_TOGETHER = BLOCK_LEAVES // STORED_LEAVES


@dataclass(frozen=True)
class Leaf:
    """One record in its place, with the proof that it is there."""

    index: int
    record: bytes
    path: list[Node]
    #: How many entries the list has.
    count: int

    @property
    def weight(self) -> int:
        """How many tickets it holds."""
        return int.from_bytes(self.record[48:56], "big")

    @property
    def kind(self) -> int:
        """Its class."""
        return self.record[56]

    @property
    def first_ticket(self) -> int:
        """Its first ticket, counted from 0: the sum of all that stand left of it."""
        start, at, size, steps = 0, self.index, self.count, iter(self.path)
        while size > 1:
            if at ^ 1 < size:
                step = next(steps)
                start += step.sum if at & 1 else 0
            at, size = at >> 1, (size + 1) >> 1
        return start


def _names(draw: Draw, **more: Any) -> dict[str, Any]:
    return {"brand": draw.brand_id, "draw": draw.id, **more}


def size_of(draw: Draw) -> int:
    """Return how many entries the list has. Raises ``draw_not_fixed``."""
    if draw.commitment is None:
        raise Refused("draw_not_fixed")
    return int(draw.commitment["entries"]["n"])


def blocks(draw: Draw) -> Iterator[bytes]:
    """Yield the list in the protocol's blocks of 65,536 records."""
    first, size = 0, BLOCK_LEAVES * RECORD_SIZE
    while block := stored(draw.brand_id, draw.id, first, _TOGETHER):
        yield block
        if len(block) < size:
            return
        first += _TOGETHER


def stored(brand_id: UUID, draw_id: UUID, first: int, many: int) -> bytes:
    """Return some stored blocks of a fixed list, one after the other."""
    names = {"brand": brand_id, "draw": draw_id, "first": first, "many": many}
    rows = db.driver.execute(_SOME_BLOCKS, names, binary=True).fetchall()
    return b"".join([row[0] for row in rows])


def file_size(draw: Draw) -> int:
    """Return how long ``entries.bin`` is."""
    return HEADER_SIZE + size_of(draw) * RECORD_SIZE


def file_of(draw: Draw) -> Iterator[bytes]:
    """Yield ``entries.bin``, a few megabytes at a time."""
    yield header(draw.id, size_of(draw))
    yield from blocks(draw)


def document(draw: Draw, name: str) -> bytes | None:
    """Return a stored document of the draw, or None."""
    row = db.driver.execute(_DOCUMENT, _names(draw, name=name), binary=True).fetchone()
    return bytes(row[0]) if row else None


def chunk_at(draw: Draw, index: int) -> bytes:
    """Return the stored block in which a place lies."""
    chunk = stored(draw.brand_id, draw.id, index // STORED_LEAVES, 1)
    if not chunk:
        raise Refused("draw_not_fixed")
    return chunk


def leaf_of(draw: Draw, tag: bytes) -> Leaf | None:
    """Return the leaf with this tag and its proof, or None when the list has none."""
    count = size_of(draw)
    row = db.driver.execute(_BLOCK_OF_TAG, _names(draw, tag=tag), binary=True).fetchone()
    if row is None:
        return None
    number, records = int(row[0]), bytes(row[1])
    tags = range(0, len(records), RECORD_SIZE)
    place = next((at for at in tags if records[at : at + 32] == tag), None)
    if place is None:
        return None
    index = number * STORED_LEAVES + place // RECORD_SIZE
    record = records[place : place + RECORD_SIZE]
    return Leaf(index, record, path_of(draw, index, records), count)


def path_of(draw: Draw, index: int, chunk: bytes, cells: bytes | None = None) -> list[Node]:
    """Return the proof of a place; *cells* saves reading the stored tree when many proofs are made."""

    def read(offset: int) -> bytes:
        if cells is not None:
            return cells[offset : offset + CELL_SIZE]
        names = _names(draw, at=offset, size=CELL_SIZE)
        row = db.driver.execute(_CELL, names, binary=True).fetchone()
        assert row is not None
        return bytes(row[0])

    return prove(index, size_of(draw), chunk, read)


def ticket_of(draw: Draw, fan_id: UUID) -> dict[str, Any]:
    """Return the private document with which a fan checks their own entry.

    Raises ``draw_not_fixed``, and ``not_found`` for somebody who is not in the list.
    """
    size_of(draw)
    entry = entering.mine(draw, fan_id)
    found = leaf_of(draw, bytes(entry.tag)) if entry and entry.salt else None
    if found is None:
        raise Refused("not_found")
    identity = entering.identity_now(draw.brand_id, fan_id)
    assert draw.commitment is not None
    return ticket_document(
        draw.commitment, found.index, found.record, found.path, bytes(entry.salt), identity
    )
