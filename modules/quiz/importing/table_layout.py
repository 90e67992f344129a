"""Finding out how a table is laid out: its separator, its row of headings, and what each column holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from masterapp.sdk import _l
from modules.quiz.importing.headings import Column, are_headings, columns
from modules.quiz.importing.table_cells import SEPARATORS, Record, named_separator, records

#: Some templates explain themselves before the row of headings.
MOST_ROWS_BEFORE_HEADINGS = 20
SAMPLE_LINES = 200
#: The last column of a table without headings when it says which answer is right.
PLACE = re.compile(r"[A-Ja-j1-9]")

RIGHT_FIRST = _l("question, right answer, wrong answers")
PLACE_LAST = _l("question, answers, letter or number of the right answer")
RIGHT_ONLY = _l("question, right answer")


@dataclass(frozen=True)
class Table:
    """A table of questions. *guessed* says which layout was taken when no headings name it."""

    columns: Sequence[Column]
    separator: str
    headings_line: int = 0
    guessed: Any = None

    def rows(self, text: str) -> list[Record]:
        """The rows below the headings."""
        return [row for row in records(text, self.separator) if row.line > self.headings_line]


def named(text: str) -> Table | None:
    """The table below the best row of headings, whichever separator makes one; None without one."""
    best: Table | None = None
    most = 0
    for separator in _separators(text):
        for record in islice(records(_sample(text), separator), MOST_ROWS_BEFORE_HEADINGS):
            found = columns(record.cells)
            known = sum(column.role != "other" for column in found)
            if are_headings(found) and known > most:
                best, most = Table(found, separator, record.line), known
    return best


def guessed(text: str) -> Table | None:
    """The table without headings: most rows have as many columns, at least two; None otherwise."""
    best: tuple[int, str, int] | None = None
    for separator in _separators(text):
        widths = Counter(len(record.cells) for record in records(_sample(text), separator))
        regular = sum(count for width, count in widths.items() if width >= 2)
        if 2 * regular > widths.total():
            width = max((w for w in widths if w >= 2), key=lambda w: (widths[w], w))
            if best is None or (regular, width) > (best[0], best[2]):
                best = regular, separator, width
    if best is None:
        return None
    rows = [row for row in records(_sample(text), best[1]) if len(row.cells) >= 2]
    return _guess(rows, best[1], best[2])


def _guess(rows: Sequence[Record], separator: str, width: int) -> Table:
    widest = max(len(row.cells) for row in rows)
    question = Column(0, "question", 0, None, "1")
    if width == 2:
        return Table([question, Column(1, "right", 0, None, "2")], separator, guessed=RIGHT_ONLY)
    full = [row for row in rows if len(row.cells) == width]
    if width >= 4 and all(PLACE.fullmatch(row.cell(width - 1)) for row in full):
        options = [Column(n, "option", n, None, str(n + 1)) for n in range(1, width - 1)]
        last = Column(width - 1, "right", 0, None, str(width))
        return Table([question, *options, last], separator, guessed=PLACE_LAST)
    wrong = [Column(n, "wrong", n, None, str(n + 1)) for n in range(2, widest)]
    right = Column(1, "right", 0, None, "2")
    return Table([question, right, *wrong], separator, guessed=RIGHT_FIRST)


def _separators(text: str) -> Sequence[str]:
    said = named_separator(text)
    return [said] if said else SEPARATORS


def _sample(text: str) -> str:
    return "\n".join(text.split("\n", SAMPLE_LINES)[:SAMPLE_LINES])
