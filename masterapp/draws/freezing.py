"""Fixing the list of a draw: entries are closed, weighed, put in order, hashed into a tree and committed to.

It runs as a job, in two transactions: the first forbids any change, the second writes the list and the commitment.
Killed between or inside them, it begins again where it was; run twice, it finds the work done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from psycopg import Connection, Copy
from psycopg.errors import NumericValueOutOfRange

from masterapp.db import db, now
from masterapp.draws import promise, second_chance, service, stakes
from masterapp.draws.models import Draw
from masterapp.draws.protocol.builder import BLOCK_LEAVES, BuiltTree, build
from masterapp.draws.protocol.entries import RECORD_SIZE
from masterapp.draws.protocol.stored import STORED_LEAVES
from masterapp.draws.terms import Terms
from masterapp.eligibility.road import EXCLUDED
from masterapp.exact.faults import ProtocolError
from masterapp.fairness import beacon
from masterapp.jobs import jobs

log = structlog.get_logger(__name__)

#: Lists longer than this are hashed on two processes; starting one costs more than a shorter list.
WORTH_A_PROCESS = 200_000
LONGEST_WAIT = 120.0
#: How long the job waits before it looks again at what only time or a person can mend.
LOOK_AGAIN = timedelta(minutes=10)

#: The class of an entry by the rules, at the moment the list is fixed (docs/fairness.md, section 2).
_CLASS = f"""
CASE WHEN entry.verdict IN (1, 3) THEN entry.verdict
     WHEN %(asks_lists)s AND entry.fan_id IN {EXCLUDED} THEN 2
     WHEN %(trait)s <> '' AND entry.fan_id NOT IN (
        SELECT trait.fan_id FROM trait WHERE trait.brand_id = %(brand)s AND trait.name = %(trait)s
           AND trait.replaced_at IS NULL AND trait.value NOT IN ('', 'no', 'false')) THEN 2
     WHEN %(earned)s > 0 AND entry.fan_id NOT IN (
        SELECT balance.fan_id FROM balance WHERE balance.brand_id = %(brand)s AND balance.earned >= %(earned)s) THEN 2
     ELSE entry.verdict END
"""  # noqa: S608 - constants of ours only.

#: Every record of the list in order, 57 bytes each. The first two bytes of a tag are as good as dice: records that
#: share them travel together, some hundred in a row of the answer, which costs much less than one row each.
_RECORDS = f"""
SELECT string_agg(record, ''::bytea ORDER BY tag)
FROM (
    SELECT tag, tag || grouping
        || int8send(CASE WHEN class IN (0, 4) THEN least(%(most)s::bigint, tickets + free + staked / %(price)s)
                         ELSE 0 END)
        || set_byte('\\x00'::bytea, 0, class) AS record
    FROM (SELECT entry.*, ({_CLASS})::integer AS class FROM draw_entry AS entry
          WHERE entry.brand_id = %(brand)s AND entry.draw_id = %(draw)s) AS judged
) AS packed
GROUP BY substring(tag FOR 2) ORDER BY substring(tag FOR 2)
"""  # noqa: S608 - constants of ours only.

#: What fans staked whose entries count for nothing by the rules.
_LOST_STAKES = f"""
SELECT entry.fan_id, entry.staked FROM draw_entry AS entry
WHERE entry.brand_id = %(brand)s AND entry.draw_id = %(draw)s AND entry.staked > 0 AND ({_CLASS}) IN (2, 3)
"""  # noqa: S608 - constants of ours only.

_READERS = """
SELECT virtualtransaction FROM pg_locks
WHERE relation = 'draw'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND pid <> pg_backend_pid() AND granted
"""

#: Finished plays of the campaign until the draw closed: what unlocks a tier.
_PLAYS = """
SELECT count(*) FROM play JOIN game ON game.brand_id = play.brand_id AND game.id = play.game_id
WHERE play.brand_id = %(brand)s AND game.campaign_id = %(campaign)s AND play.finished_at < %(until)s
"""


def fix(brand_id: UUID, draw_id: UUID, clock: Callable[[], datetime] | None = None) -> None:
    """Commit to the list of a draw whose time has come by *clock*; do nothing when it has not, or when it is done."""
    clock = clock or now
    draw = service.find(brand_id, draw_id)
    if draw.state not in ("open", "committing"):
        return
    if draw.state == "open":
        assert draw.commits_at is not None
        if clock() < draw.commits_at or _clock_is_wrong(draw, clock()):
            return
    with db.transaction():
        go_on = _close(brand_id, draw_id, clock())
    if go_on:
        wait_for_writers()
        _commit(brand_id, draw_id, clock)


def _clock_is_wrong(draw: Draw, at: datetime) -> bool:
    """Whether a round that should be to come is out: then our clock is wrong, and nothing is fixed until it is."""
    assert draw.draws_at is not None
    round_number = promise.round_of(draw)
    if Terms.of(draw.terms).chance == "dice" or at >= draw.draws_at:
        return False
    wrong = beacon.is_out_already(round_number, at=at)
    if wrong or draw.trouble:
        with db.transaction():
            locked = service.find(draw.brand_id, draw.id, lock=True)
            locked.trouble = "clock" if wrong else ""
    if wrong:
        log.error("clock_is_late", draw_id=str(draw.id), round=round_number)
        with db.transaction():
            jobs.defer(
                "commit_draw",
                at=at + LOOK_AGAIN,
                brand_id=str(draw.brand_id),
                draw_id=str(draw.id),
            )
    return wrong


def _close(brand_id: UUID, draw_id: UUID, at: datetime) -> bool:
    """Forbid any change of the list, unless the crowd has not unlocked the draw; True when the list is to be fixed."""
    draw = service.find(brand_id, draw_id, lock=True)
    if draw.state == "committing":
        return True
    if draw.state != "open" or draw.commits_at is None or at < draw.commits_at:
        return False
    if draw.source == "tier":
        threshold, reached = Terms.of(draw.terms).threshold, plays_so_far(draw, at)
        if reached < threshold:
            draw.state = "lapsed"
            data = {"draw_id": str(draw.id), "threshold": threshold, "reached": reached}
            service.put_on_record(draw, "draw_lapsed", data, at, None)
            return False
    draw.state, draw.trouble = "committing", ""
    db.session.flush()
    if draw.source == "second_chance":
        second_chance.fill(draw, at)
    return True


def plays_so_far(draw: Draw, at: datetime) -> int:
    """Return the crowd's counter of a tier: finished plays of the campaign until the draw closes."""
    until = min(at, draw.closes_at) if draw.closes_at else at
    names = {"brand": draw.brand_id, "campaign": draw.campaign_id, "until": until}
    row = db.driver.execute(_PLAYS, names).fetchone()
    return int(row[0]) if row else 0


def wait_for_writers() -> None:
    """Wait until every transaction that may have seen the draw open has ended.

    Whoever reads the table of draws holds a lock on it until the end of their transaction; those who begin now see
    that it is closed. Nobody is held up: the wait is ours alone.
    """
    with db.transaction():
        before = {row[0] for row in db.driver.execute(_READERS).fetchall()}
    deadline = time.monotonic() + LONGEST_WAIT
    while before:
        with db.transaction():
            before &= {row[0] for row in db.driver.execute(_READERS).fetchall()}
        if before and time.monotonic() > deadline:
            raise TimeoutError("a transaction that read the table of draws does not end")
        if before:
            time.sleep(0.05)


def _commit(brand_id: UUID, draw_id: UUID, clock: Callable[[], datetime]) -> None:
    """Write the list, the tree and the commitment in one transaction."""
    try:
        with db.transaction():
            draw = service.find(brand_id, draw_id, lock=True)
            if draw.state != "committing":
                return
            tree = _store_list(draw)
            stakes.give_back_to(draw, dict(_lost_stakes(draw)), at=clock())
            promise.make(draw, tree, clock())
    except (ProtocolError, NumericValueOutOfRange) as fault:
        log.error("list_cannot_be_fixed", draw_id=str(draw_id), reason=str(fault))
        with db.transaction():
            service.find(brand_id, draw_id, lock=True).trouble = "weights"


def _lost_stakes(draw: Draw) -> list[tuple[UUID, int]]:
    rows = db.driver.execute(_LOST_STAKES, _names(draw)).fetchall()
    return [(fan, staked) for fan, staked in rows]


def _names(draw: Draw) -> dict[str, Any]:
    terms = Terms.of(draw.terms)
    lists = "SELECT EXISTS (SELECT FROM exclusion WHERE brand_id = %(brand)s)"
    asks = db.driver.execute(lists, {"brand": draw.brand_id}).fetchone()
    return {
        "brand": draw.brand_id,
        "draw": draw.id,
        "asks_lists": bool(asks and asks[0]),
        "trait": terms.condition_trait,
        "earned": terms.condition_points,
        "most": terms.most or None,
        # A draw without stakes divides nothing by something.
        "price": terms.price or 1,
    }


def _store_list(draw: Draw) -> BuiltTree:
    """Read the entries in the order of their tags, and build the tree while the blocks are being written."""
    names = _names(draw)
    with db.engine.connect() as connection:
        reader: Any = connection.connection.driver_connection
        reader.rollback()
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        reader.execute("SET LOCAL work_mem = '64MB'")
        counted = reader.execute(
            "SELECT count(*) FROM draw_entry WHERE brand_id = %(brand)s AND draw_id = %(draw)s",
            {"brand": draw.brand_id, "draw": draw.id},
        ).fetchone()
        count = int(counted[0])
        processes = 2 if count > WORTH_A_PROCESS else 1
        with db.driver.cursor().copy(
            "COPY draw_block (brand_id, draw_id, number, first_tag, records) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.set_types(["uuid", "uuid", "int4", "bytea", "bytea"])
            blocks = _written(draw, _blocks(reader, names), copy)
            return build(draw.id, count, blocks, processes)


def _blocks(reader: Connection[Any], names: dict[str, Any]) -> Iterator[bytes]:
    """The protocol's blocks of 65,536 records, while the database goes on reading."""
    size, held = BLOCK_LEAVES * RECORD_SIZE, bytearray()
    with reader.cursor() as cursor:
        for (records,) in cursor.stream(_RECORDS, names, binary=True):
            held += records
            if len(held) >= size:
                yield bytes(held[:size])
                del held[:size]
    if held:
        yield bytes(held)


def _written(draw: Draw, blocks: Iterator[bytes], copy: Copy) -> Iterator[bytes]:
    """Pass the blocks on, and write each in pieces of as many records as a proof reads."""
    size, number = STORED_LEAVES * RECORD_SIZE, 0
    for block in blocks:
        for start in range(0, len(block), size):
            piece = block[start : start + size]
            copy.write_row((draw.brand_id, draw.id, number, piece[:32], piece))
            number += 1
        yield block
