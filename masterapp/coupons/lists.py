"""Imported code lists: a file of up to a million lines becomes codes to give, and every line that cannot says why.

The work is done in batches, each in its own transaction together with the progress it made; a job that is stopped
half-way goes on where the last batch ended.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import undefer

from masterapp.audit.service import record
from masterapp.coupons import codes
from masterapp.coupons.models import CodeImport, Offer
from masterapp.db import db, new_id, now
from masterapp.errors import Refused
from masterapp.jobs import jobs

MOST_LINES = 1_000_000
MOST_BYTES = 64 * 1024 * 1024
BATCH = 20_000
#: How many unusable lines are kept word for word; all of them are counted.
KEPT_PROBLEMS = 1_000
HEADERS = {"C0DE", "C0DES", "C0UP0N", "C0UP0NS", "V0UCHER", "V0UCHERS", "B0N", "B0NS", "C0DEPR0M0"}

_STAGE = (
    "CREATE TEMP TABLE incoming (id uuid, line integer, code text, code_key text) ON COMMIT DROP"
)

# A code is new when neither this file, nor an earlier list, nor a coupon already given has the same folded form.
_KEEP_NEW = """
WITH kept AS (
  INSERT INTO imported_code (brand_id, id, offer_id, code, code_key)
  SELECT %(brand)s, id, %(offer)s, code, code_key
  FROM (SELECT DISTINCT ON (code_key) * FROM incoming ORDER BY code_key, line) AS distinct_codes
  WHERE NOT EXISTS (
    SELECT FROM coupon WHERE coupon.brand_id = %(brand)s AND coupon.code_key = distinct_codes.code_key
  )
  ORDER BY line
  ON CONFLICT DO NOTHING
  RETURNING id
)
SELECT line, code FROM incoming WHERE id NOT IN (SELECT id FROM kept) ORDER BY line
"""


@dataclass(frozen=True)
class Line:
    """One line of the file: its code, or why it cannot be one."""

    number: int
    code: str
    problem: str = ""


def submit(
    brand_id: UUID, offer_id: UUID, member_id: UUID, file_name: str, content: bytes
) -> CodeImport:
    """Take a list in and let the background do the rest."""
    offer = db.session.get(Offer, (brand_id, offer_id))
    if offer is None or offer.code_source != "imported":
        raise Refused("not_found")
    waiting = CodeImport(
        brand_id=brand_id,
        id=new_id(),
        offer_id=offer_id,
        member_id=member_id,
        file_name=file_name[:200],
        content=content,
    )
    db.session.add(waiting)
    db.session.flush()
    record(
        brand_id,
        "codes_imported",
        actor_kind="member",
        actor_id=member_id,
        object_kind="offer",
        object_id=offer_id,
        file=waiting.file_name,
    )
    jobs.defer(
        "import_codes",
        lock=f"import_codes:{offer_id}",
        brand_id=str(brand_id),
        import_id=str(waiting.id),
    )
    return waiting


def run(brand_id: UUID, import_id: UUID) -> None:
    """Do an import to its end, batch by batch; one that was done or taken away is left alone."""
    with db.transaction() as session:
        found = session.get(
            CodeImport, (brand_id, import_id), options=[undefer(CodeImport.content)]
        )
        if found is None or found.state in ("done", "unreadable"):
            return
        text = decode(found.content)
        rows = text.splitlines() if text is not None else []
        if text is None or len(rows) > MOST_LINES or not any(row.strip() for row in rows):
            found.state, found.content, found.finished_at = "unreadable", b"", now()
            return
        found.state, found.lines = "running", len(rows)
        start = found.lines_done
    while start < len(rows):
        start = _batch(brand_id, import_id, rows, start)
    with db.transaction() as session:
        done = session.get_one(CodeImport, (brand_id, import_id))
        done.state, done.content, done.finished_at = "done", b"", now()


def decode(content: bytes) -> str | None:
    """Return the text of a file as spreadsheets and tills write it, or None when it is not text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
        if b"\0" in content:
            return None
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        # Another character set: codes are ASCII, and lines that are not will be named.
        return content.decode("latin-1")


def read_lines(rows: Sequence[str], start: int = 0, end: int | None = None) -> Iterator[Line]:
    """Yield what each line holds: the first column, whatever separates the columns; empty lines are skipped."""
    for number in range(start, len(rows) if end is None else end):
        code = _first_column(rows[number])
        if not code or (number == 0 and codes.fold(code) in HEADERS):
            continue
        yield Line(number + 1, code, problem_of(code))


def problem_of(code: str) -> str:
    """Return why this cannot be a code (``characters``, ``too_short``, ``too_long``), or nothing."""
    if len(code) > codes.LONGEST_LISTED:
        return "too_long"
    if not codes.LISTED_CHARACTERS.issuperset(code):
        return "characters"
    if len(codes.fold(code)) < codes.SHORTEST_LISTED:
        return "too_short"
    return ""


def free_codes(brand_id: UUID, offer_id: UUID) -> int:
    """Count the listed codes that no fan has yet."""
    row = db.driver.execute(
        "SELECT count(*) FROM imported_code WHERE brand_id = %s AND offer_id = %s AND taken_at IS NULL",
        (brand_id, offer_id),
    ).fetchone()
    return int(row[0]) if row else 0


def _first_column(row: str) -> str:
    row = row.strip()
    if row.startswith('"'):
        return row[1:].split('"', 1)[0].strip()
    for separator in (";", "\t", ","):
        row = row.split(separator, 1)[0]
    return row.strip()


def _batch(brand_id: UUID, import_id: UUID, rows: Sequence[str], start: int) -> int:
    """Import the next lines and note the progress in the same transaction; return where the next batch starts."""
    end = min(start + BATCH, len(rows))
    with db.transaction() as session:
        progress = session.get_one(CodeImport, (brand_id, import_id), with_for_update=True)
        if progress.lines_done != start:
            # Another worker did this batch in the meantime.
            return progress.lines_done
        lines = list(read_lines(rows, start, end))
        duplicates = _keep_new(
            brand_id, progress.offer_id, [line for line in lines if not line.problem]
        )
        problems = [line for line in lines if line.problem] + duplicates
        problems.sort(key=lambda line: line.number)
        counts = Counter(progress.rejected) + Counter(line.problem for line in problems)
        progress.rejected = dict(counts)
        progress.problems = [
            *progress.problems,
            *([line.number, line.code[:60], line.problem] for line in problems),
        ][:KEPT_PROBLEMS]
        progress.accepted += len(lines) - len(problems)
        progress.lines_done = end
    return end


def _keep_new(brand_id: UUID, offer_id: UUID, lines: Sequence[Line]) -> list[Line]:
    """Store the codes that are new and return the others as duplicates."""
    cursor: Any = db.driver.cursor()
    cursor.execute(_STAGE)
    with cursor.copy("COPY incoming (id, line, code, code_key) FROM STDIN") as copy:
        for line in lines:
            copy.write_row((new_id(), line.number, line.code, codes.fold(line.code)))
    cursor.execute(_KEEP_NEW, {"brand": brand_id, "offer": offer_id})
    return [Line(number, code, "duplicate") for number, code in cursor.fetchall()]
