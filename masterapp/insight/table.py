"""Tables as CSV that spreadsheets open safely: UTF-8 with a mark, and no cell that would run as a formula. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: Any) -> Any:
    """Return a value as a cell: numbers as they are, a text that would be a formula behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value).replace("\0", "")
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as CSV text."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([cell(head) for head in heads])
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff" + target.getvalue()
