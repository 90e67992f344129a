"""Every statement that this process sends, whichever way it takes to the database: to count them, or to die at one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from masterapp.prepared import Line


@contextmanager
def watched(before: Callable[[str, Any], object]) -> Iterator[None]:
    """Call *before* with the text and the values of each statement that is about to be sent, ``COMMIT`` included."""
    execute, rows = psycopg.Cursor.execute, Line.rows

    def executing(cursor: Any, query: Any, values: Any = None, **options: Any) -> Any:
        before(str(query), values)
        return execute(cursor, query, values, **options)

    def running(line: Line, statement: Any, values: Any) -> list[Any]:
        before(statement.text, values)
        return rows(line, statement, values)

    def committing(genuine: Callable[[Any], None]) -> Callable[[Any], None]:
        def commit(connection: Any) -> None:
            before("COMMIT", None)
            genuine(connection)

        return commit

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", executing)
        patch.setattr(Line, "rows", running)
        for kind in (psycopg.Connection, Line):
            patch.setattr(kind, "commit", committing(kind.commit))
        yield


@contextmanager
def counted() -> Iterator[list[str]]:
    """Yield the list in which the texts of the statements gather, those of transactions left out."""
    seen: list[str] = []
    with watched(lambda text, _values: seen.append(text) if text != "COMMIT" else None):
        yield seen
