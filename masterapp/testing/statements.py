"""Every statement that this process sends, whichever way it takes to the database: to count them, or to die at one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from masterapp.prepared import Line


@contextmanager
def watched(before: Callable[[str], object]) -> Iterator[None]:
    """Call *before* with the text of each statement that is about to be sent, ``COMMIT`` included."""
    execute, rows = psycopg.Cursor.execute, Line.rows

    def executing(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        before(str(query))
        return execute(cursor, query, *arguments, **options)

    def running(line: Line, statement: Any, values: Any) -> list[Any]:
        before(statement.text)
        return rows(line, statement, values)

    def committing(genuine: Callable[[Any], None]) -> Callable[[Any], None]:
        def commit(connection: Any) -> None:
            before("COMMIT")
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
    with watched(lambda text: seen.append(text) if text != "COMMIT" else None):
        yield seen
