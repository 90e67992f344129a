"""What is kept of a large tree, so that a fan's proof costs one chunk of 1,024 records.

Nodes over 1,024 leaves and all the levels above them are kept as 40-byte cells (u64 sum, hash),
level after level: about 80 bytes per thousand entries. A cell can be read on its own, from memory,
from a file or from a column of the database.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from struct import Struct

from masterapp.draws.protocol.entries import RECORD_SIZE
from masterapp.draws.protocol.tree import Node, leaf, levels, path_of
from masterapp.exact.faults import ProtocolError

STORED_LEVEL = 10
STORED_LEAVES = 1 << STORED_LEVEL
CELL_SIZE = 40
_CELL = Struct(">Q32s")

ReadCell = Callable[[int], bytes]


@dataclass(frozen=True)
class StoredTree:
    """The upper levels of a tree over `count` leaves, as one string of cells."""

    count: int
    cells: bytes

    @classmethod
    def over(cls, count: int, nodes: Sequence[Node]) -> "StoredTree":
        """Join the nodes of the stored level up to the top and keep them all."""
        rows = levels(nodes)
        return cls(count, b"".join(_CELL.pack(*node) for row in rows for node in row))

    @property
    def top(self) -> Node:
        """The node over all leaves."""
        return Node(*_CELL.unpack(self.cells[-CELL_SIZE:]))

    def read(self, offset: int) -> bytes:
        """The cell at a byte offset."""
        return self.cells[offset : offset + CELL_SIZE]


def chunk_of(index: int, count: int) -> range:
    """The leaves whose records a proof of leaf `index` needs."""
    start = index & -STORED_LEAVES
    return range(start, min(start + STORED_LEAVES, count))


def prove(index: int, count: int, chunk: bytes, read: ReadCell) -> list[Node]:
    """The path of leaf `index`, from the records of its chunk and the stored cells.

    `read` is given the byte offset of a cell; at most one call per level of the tree.
    """
    leaves = chunk_of(index, count)
    if not 0 <= index < count or len(chunk) != len(leaves) * RECORD_SIZE:
        raise ProtocolError("chunk", "these are not the records of that leaf's chunk")
    rows = levels([leaf(chunk[at : at + RECORD_SIZE]) for at in range(0, len(chunk), RECORD_SIZE)])
    path = path_of(rows, index - leaves.start)
    offset, size, at = 0, -(-count // STORED_LEAVES), index >> STORED_LEVEL
    while size > 1:
        if at ^ 1 < size:
            path.append(Node(*_CELL.unpack(read(offset + (at ^ 1) * CELL_SIZE))))
        offset += size * CELL_SIZE
        at >>= 1
        size = (size + 1) >> 1
    return path
