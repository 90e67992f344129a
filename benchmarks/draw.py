"""Draws at full size and rehearsals: ``python -m benchmarks.draw [ENTRIES]``, 10 million by default.

Figures go to var/bench.json under ``draw`` and ``rehearsal``; the list of entries is a file of 57 bytes each.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import BinaryIO
from uuid import UUID

from benchmarks import results
from masterapp.draws.protocol.builder import BLOCK_LEAVES, BuiltTree, build, starts_of
from masterapp.draws.protocol.drawing import Prize, draw
from masterapp.draws.protocol.entries import (
    HEADER_SIZE,
    RECORD_SIZE,
    read_blocks,
    read_header,
    write_entries,
)
from masterapp.draws.protocol.stored import chunk_of, prove
from masterapp.draws.protocol.tree import verify_leaf
from masterapp.fairness.beacon import verifies
from masterapp.insight.crowd import Audience
from masterapp.insight.rehearsal import Campaign, RehearsedPrize, rehearse

ENTRIES = 10_000_000
PROCESSES = 2
DRAW_ID = UUID(int=1)
SEED = hashlib.sha256(b"benchmark").digest()
ROUNDS = Path(__file__).parents[1] / "tests" / "vectors" / "drand-quicknet.json"


def made_up(count: int) -> Iterator[bytes]:
    """Entries with ascending tags, a group each and weights from 1 to 1,000, in blocks."""
    tail, ends = bytes(28), [bytes(12) + (n + 1).to_bytes(8, "big") + b"\0" for n in range(1000)]
    for first in range(0, count, BLOCK_LEAVES):
        places = range(first, min(first + BLOCK_LEAVES, count))
        names = [n.to_bytes(4, "big") for n in places]
        pairs = zip(names, places, strict=True)
        yield b"".join([name + tail + name + ends[n * 7919 % 1000] for name, n in pairs])


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def record_of(file: BinaryIO, index: int, count: int = 1) -> bytes:
    """Some records of the file, from a place on."""
    file.seek(HEADER_SIZE + index * RECORD_SIZE)
    return file.read(count * RECORD_SIZE)


def measured_tree(file: BinaryIO, count: int) -> BuiltTree:
    """Build the tree of the file and keep the time and the memory it took."""
    file.seek(0)
    read_header(file)
    began = time.perf_counter()
    built = build(DRAW_ID, count, read_blocks(file, count, BLOCK_LEAVES), PROCESSES)
    taken = time.perf_counter() - began
    # Of the children only the largest is known; all of them together hold at most so much.
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    results.keep(
        "draw",
        {
            "entries": count,
            "tree_s": round(taken, 2),
            "peak_mb": (own + PROCESSES * largest) // 1024,
            "stored_kb": len(built.stored.cells) // 1024,
        },
    )
    return built


def measure_drawing(file: BinaryIO, built: BuiltTree) -> None:
    """Read the weights again, as on the day of the draw, and draw a thousand and ten thousand."""
    file.seek(0)
    read_header(file)
    blocks = read_blocks(file, built.count, BLOCK_LEAVES)
    reading = seconds(lambda: starts_of(blocks))

    def drawing(winners: int) -> float:
        prizes = [Prize("P", winners)]
        record_at = lambda index: record_of(file, index)  # noqa: E731
        return seconds(lambda: draw(SEED, prizes, 1, built.starts, record_at))

    results.keep(
        "draw",
        {
            "weights_s": round(reading, 2),
            "draw_1000_s": round(drawing(1_000), 3),
            "draw_10000_s": round(drawing(10_000), 3),
        },
    )


def measure_proofs(file: BinaryIO, built: BuiltTree) -> None:
    """Prove leaves all over the list from stored cells and one chunk of the file; check them all."""
    times = []
    for number in range(200):
        index = number * 7_919_317 % built.count
        leaves = chunk_of(index, built.count)
        began = time.perf_counter()
        chunk = record_of(file, leaves.start, len(leaves))
        path = prove(index, built.count, chunk, built.stored.read)
        times.append(time.perf_counter() - began)
        record = record_of(file, index)
        verify_leaf(record, index, built.count, path, built.total, built.root)
    results.keep(
        "draw",
        {
            "proof_ms": round(1000 * median(times), 2),
            "proof_p99_ms": round(1000 * sorted(times)[197], 2),
        },
    )


def measure_beacon() -> None:
    """Verify a published round many times."""
    known = json.loads(ROUNDS.read_text())["rounds"][1]
    signature, number = bytes.fromhex(known["signature"]), known["round"]
    times = [seconds(lambda: verifies(signature, number)) for _ in range(50)]
    results.keep("draw", {"beacon_ms": round(1000 * median(times), 2)})


def measure_rehearsal() -> None:
    """Rehearse a month with a hundred thousand fans."""
    audience = Audience(fans=100_000, plays_per_fan=6, per_day=1)
    prizes = (
        RehearsedPrize("trip", 1, 300_000, last_day=28),
        RehearsedPrize("voucher", 300, 2_000),
        RehearsedPrize("card", 5_000, 500),
        RehearsedPrize("coffee", 20_000, 100, odds=20),
    )
    campaign = Campaign(30, audience, prizes, jitter=8, wins_per_fan=2)
    taken = seconds(lambda: rehearse(campaign))
    results.keep("rehearsal", {"fans": audience.fans, "days": 30, "seconds": round(taken, 2)})


def main() -> None:
    """Measure everything and print it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with tempfile.TemporaryFile() as file:
        write_entries(file, DRAW_ID, count, made_up(count))
        built = measured_tree(file, count)
        measure_drawing(file, built)
        measure_proofs(file, built)
    measure_beacon()
    measure_rehearsal()


if __name__ == "__main__":
    main()
