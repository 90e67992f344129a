"""Tables as CSV that spreadsheets open safely: UTF-8 with a mark, and no cell that would run as a formula. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

#: What a spreadsheet takes for the beginning of a formula, also after the separators of other countries.
FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=\s*[=+\-@＝＋－＠])|^(?=[\t\r\n])")


def cell(value: Any) -> Any:
    """Return a value as a cell: numbers as they are, a text that would be a formula behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value).replace("\0", "")
    return FORMULA.sub("'", text)


def line(values: Iterable[Any]) -> str:
    """Return one row as a line of CSV."""
    target = io.StringIO()
    csv.writer(target, lineterminator="\r\n").writerow([cell(value) for value in values])
    return target.getvalue()


def as_csv(heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as CSV text."""
    return "\ufeff" + line(heads) + "".join(line(row) for row in rows)
