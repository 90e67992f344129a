"""Building the tree of a large draw: blocks of 2^16 leaves, on several processes, in little memory.

A block is hashed by a worker down to its nodes above 1,024 leaves; the parent joins those, adds up
the weights and checks the order. What is kept for later is in `stored.py`.
"""

import hashlib
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, pairwise
from multiprocessing import get_context
from operator import add
from struct import Struct
from typing import NamedTuple
from uuid import UUID

from masterapp.draws.protocol.entries import (
    LARGEST_TOTAL,
    RECORD_SIZE,
    WEIGHTLESS,
    EntryClass,
    header,
)
from masterapp.draws.protocol.stored import STORED_LEVEL, StoredTree
from masterapp.draws.protocol.tree import Node, root_of
from masterapp.exact.faults import ProtocolError

BLOCK_LEAVES = 1 << 16
_RECORD = Struct(">32s16sQB")
_NODE = Struct(">BQ32sQ32s")


class BlockDigest(NamedTuple):
    """What the parent needs to know of a block: small enough to travel between processes."""

    first: bytes
    last: bytes
    weights: bytes
    classes: dict[int, int]
    nodes: list[Node]


@dataclass(frozen=True)
class BuiltTree:
    """The tree of a whole draw: what is published, and what proofs and the drawing need."""

    count: int
    total: int
    root: bytes
    file_sha256: str
    classes: dict[str, int]
    starts: "array[int]"
    stored: StoredTree


def build(draw_id: UUID, count: int, blocks: Iterable[bytes], processes: int = 1) -> BuiltTree:
    """Build the tree of `count` packed records given in blocks of BLOCK_LEAVES (last one shorter).

    The records must ascend strictly by tag. `starts` has one place more than there are leaves:
    the tickets of leaf i are those from starts[i] up to starts[i + 1].
    """
    digest = hashlib.sha256(header(draw_id, count))
    starts = array("Q", [0])
    classes: Counter[int] = Counter()
    nodes: list[Node] = []
    last = b""
    for found in _digests(_watched(blocks, digest.update), processes):
        if found.first <= last:
            raise ProtocolError("order", "the tags do not ascend strictly")
        last = found.last
        weights = array("Q", found.weights)
        if starts[-1] + sum(weights) > LARGEST_TOTAL:
            raise ProtocolError("sum_overflow", "the weights add up to 2^63 or more")
        offset = starts.pop()
        starts.extend(accumulate(weights, initial=offset))
        classes.update(found.classes)
        nodes.extend(found.nodes)
    if len(starts) != count + 1:
        raise ProtocolError("count", f"{count} entries were announced, {len(starts) - 1} came")
    stored = StoredTree.over(count, nodes)
    return BuiltTree(
        count=count,
        total=starts[-1],
        root=root_of(count, starts[-1], stored.top.hash),
        file_sha256=digest.hexdigest(),
        classes={str(int(kind)): classes[kind] for kind in EntryClass},
        starts=starts,
        stored=stored,
    )


def starts_of(blocks: Iterable[bytes]) -> "array[int]":
    """The first ticket of every leaf, and the total at the end, from the records alone."""
    starts = array("Q", [0])
    for block in blocks:
        weights = (weight for _tag, _group, weight, _class in _RECORD.iter_unpack(block))
        starts.extend(accumulate(weights, initial=starts.pop()))
    return starts


def digest_block(block: bytes) -> BlockDigest:
    """Check and hash one block of records; runs in a worker process."""
    if len(block) % RECORD_SIZE or not block:
        raise ProtocolError("record_shape", f"a record has {RECORD_SIZE} bytes")
    tags, _groups, weights, classes = zip(*_RECORD.iter_unpack(block), strict=True)
    if any(first >= second for first, second in pairwise(tags)):
        raise ProtocolError("order", "the tags do not ascend strictly")
    pairs = Counter(zip(classes, map(bool, weights), strict=True))
    for kind, weighs in pairs:
        if kind > max(EntryClass):
            raise ProtocolError("class_unknown", f"no entry class {kind}")
        if weighs and kind in WEIGHTLESS:
            raise ProtocolError("class_weight", "entries of classes 1 to 3 weigh nothing")
    if sum(weights) > LARGEST_TOTAL:
        raise ProtocolError("sum_overflow", "the weights add up to 2^63 or more")
    counts: Counter[int] = Counter()
    for (kind, _weighs), times in pairs.items():
        counts[kind] += times
    return BlockDigest(
        tags[0], tags[-1], array("Q", weights).tobytes(), dict(counts), climb(block, weights)
    )


def climb(block: bytes, weights: Iterable[int]) -> list[Node]:
    """The nodes of a run of records at the stored level, each over at most 1,024 leaves."""
    sums = list(weights)
    hashes = [
        sha256(b"\0" + block[at : at + RECORD_SIZE]).digest()
        for at in range(0, len(block), RECORD_SIZE)
    ]
    pack = _NODE.pack
    for _level in range(STORED_LEVEL):
        if len(sums) == 1:
            break
        spare = (sums[-1], hashes[-1]) if len(sums) % 2 else None
        lefts, rights = sums[::2], sums[1::2]
        hashes = [
            sha256(pack(1, *node)).digest()
            for node in zip(lefts, hashes[::2], rights, hashes[1::2], strict=False)
        ]
        sums = list(map(add, lefts, rights))
        if spare:
            sums.append(spare[0])
            hashes.append(spare[1])
    return list(map(Node, sums, hashes))


def _watched(blocks: Iterable[bytes], look: Callable[[bytes], None]) -> Iterator[bytes]:
    """Pass the blocks on, after checking that only the last one is short and looking at each."""
    short = False
    for block in blocks:
        if short or len(block) > BLOCK_LEAVES * RECORD_SIZE:
            raise ProtocolError("block", "every block but the last has exactly 65,536 records")
        short = len(block) < BLOCK_LEAVES * RECORD_SIZE
        look(block)
        yield block


def _digests(blocks: Iterator[bytes], processes: int) -> Iterator[BlockDigest]:
    """Digest the blocks in order, a few ahead of the reader so that memory stays bounded."""
    if processes < 2:
        yield from map(digest_block, blocks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[BlockDigest]] = deque()
        for block in blocks:
            waiting.append(pool.submit(digest_block, block))
            if len(waiting) > 2 * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
