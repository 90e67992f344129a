"""The sum-Merkle tree: every node carries the number of tickets below it and a hash of both.

A node binds the sums of its two children as well as their hashes, so that a proof fixes the exact
ticket numbers of a leaf (eprint 2018/1139 shows what happens when only the total is bound). The
shape is that of RFC 9162: level by level, a last odd node is promoted unchanged.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from masterapp.draws.protocol.entries import LARGEST_TOTAL
from masterapp.exact.faults import ProtocolError


class Node(NamedTuple):
    """A number of tickets and a 32-byte hash."""

    sum: int
    hash: bytes


EMPTY = Node(0, sha256(b"").digest())
Path = Sequence[Node]


def leaf(record: bytes) -> Node:
    """The node of one packed record, whose weight is its last nine bytes but one."""
    return Node(int.from_bytes(record[48:56], "big"), sha256(b"\0" + record).digest())


def join(left: Node, right: Node) -> Node:
    """The parent of two nodes."""
    total = left.sum + right.sum
    if total > LARGEST_TOTAL:
        raise ProtocolError("sum_overflow", "the weights add up to 2^63 or more")
    body = b"\1%b%b%b%b" % (
        left.sum.to_bytes(8, "big"),
        left.hash,
        right.sum.to_bytes(8, "big"),
        right.hash,
    )
    return Node(total, sha256(body).digest())


def level_above(nodes: Sequence[Node]) -> list[Node]:
    """Pair the nodes of one level; a last odd one goes up as it is."""
    above = [join(nodes[at], nodes[at + 1]) for at in range(0, len(nodes) - 1, 2)]
    if len(nodes) % 2:
        above.append(nodes[-1])
    return above


def levels(nodes: Sequence[Node]) -> list[list[Node]]:
    """All levels of the tree over `nodes`, the given one first, the single top node last."""
    rows = [list(nodes) or [EMPTY]]
    while len(rows[-1]) > 1:
        rows.append(level_above(rows[-1]))
    return rows


def root_of(count: int, total: int, top: bytes) -> bytes:
    """The published root, which also fixes the number of entries and of tickets."""
    head = b"MVD1/root\0" + count.to_bytes(8, "big") + total.to_bytes(8, "big")
    return sha256(head + top).digest()


def path_of(rows: Sequence[Sequence[Node]], index: int) -> list[Node]:
    """The siblings of leaf `index` from the bottom up, in a tree whose levels are all at hand."""
    path = []
    for row in rows:
        sibling = index ^ 1
        if sibling < len(row):
            path.append(row[sibling])
        index >>= 1
    return path


def verify_leaf(
    record: bytes, index: int, count: int, path: Path, total: int, root: bytes
) -> range:
    """The tickets (from 0) of a leaf, once its path is shown to lead to the published root."""
    if not 0 <= index < count:
        raise ProtocolError("index", "the leaf lies outside the list")
    here, start, size, at, steps = leaf(record), 0, count, index, iter(path)
    while size > 1:
        if at ^ 1 < size:
            sibling = next(steps, None)
            if sibling is None or not 0 <= sibling.sum <= LARGEST_TOTAL:
                raise ProtocolError("path", "the path is too short or holds an impossible sum")
            if at & 1:
                start += sibling.sum
                here = join(sibling, here)
            else:
                here = join(here, sibling)
        at >>= 1
        size = (size + 1) >> 1
    if next(steps, None) is not None:
        raise ProtocolError("path", "the path is too long")
    if here.sum != total or root_of(count, total, here.hash) != root:
        raise ProtocolError("root", "the path does not lead to the published root")
    return range(start, start + leaf(record).sum)
