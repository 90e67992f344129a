"""Statements of the hot roads: named values in, rows out, prepared once per connection and run by libpq in one call.

A cursor of psycopg takes some fifty steps of Python to prepare, send and wait. That is nothing on a page, and a third
of what a play costs. Here psycopg's adapters still turn values into what is sent, and answers into Python; between
the two there is libpq alone. The connection is the same and its transaction too: cursors and sessions can be used
beside.
"""

from __future__ import annotations

import re
import select
import time
from collections import namedtuple
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.numeric import Int8Dumper

#: A connection forgets its statements when it has prepared so many: each takes some of the server's memory.
MOST_PREPARED = 200
#: Seconds without use after which a connection is asked whether it still lives.
PAUSE = 0.5


class Prepared:
    """A statement with psycopg's ``%(name)s`` for its values."""

    def __init__(self, text: str) -> None:
        self.text = text
        numbers: dict[str, int] = {}

        def numbered(match: re.Match[str]) -> str:
            if match[0] == "%%":
                return "%"
            return f"${numbers.setdefault(match[1], len(numbers) + 1)}"

        self.sql = re.sub(r"%\((\w+)\)s|%%", numbered, text).encode()
        self.names = tuple(numbers)
        self.formats = [PyFormat.AUTO] * len(numbers)
        self._row: Any = None

    def row(self, result: pq.abc.PGresult) -> Any:
        """Return what makes a named tuple of one row."""
        if self._row is None:
            columns = [(result.fname(number) or b"").decode() for number in range(result.nfields)]
            named: Any = namedtuple
            self._row = named("Row", columns, rename=True)._make
        return self._row


class Line:
    """One connection's prepared statements."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._wire = connection.pgconn
        self._names: dict[tuple[Prepared, tuple[int, ...]], bytes] = {}
        self._converters: dict[Prepared, Any] = {}
        # One width for all whole numbers: psycopg's own choice by size would prepare a statement for every mixture.
        self._context = connection.cursor()
        self._context.adapters.register_dumper(int, Int8Dumper)
        self._used_at = time.monotonic()
        self._answers = select.poll()
        self._answers.register(self._wire.socket, select.POLLIN)

    def is_lost(self) -> bool:
        """Whether the server has hung up since the last use: between transactions nothing else is heard from it.

        Asked of the socket only after a pause, because a busy connection would have noticed.
        """
        before, self._used_at = self._used_at, time.monotonic()
        return self._used_at - before > PAUSE and bool(self._answers.poll(0))

    def rows(self, statement: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """Run *statement* in the transaction of the connection, or begin one with it, and return its rows.

        Raises the ``psycopg.Error`` of what the server refused.
        """
        converter = self._converters.get(statement)
        if converter is None:
            converter = self._converters[statement] = Transformer(self._context)
        sent = converter.dump_sequence(
            [values[name] for name in statement.names], statement.formats
        )
        name = self._prepare(statement, tuple(converter.types or ()))
        if self.idle:
            result = self._begin_with(name, sent, converter.formats)
        else:
            result = self._wire.exec_prepared(name, sent, converter.formats)  # type: ignore[arg-type]
        self._check(result, pq.ExecStatus.TUPLES_OK)
        converter.set_pgresult(result)
        return converter.load_rows(0, result.ntuples, statement.row(result))

    @property
    def idle(self) -> bool:
        """Whether no transaction is under way."""
        return self._wire.transaction_status == pq.TransactionStatus.IDLE

    @property
    def failed(self) -> bool:
        """Whether a statement of the transaction failed, so that nothing of it can be kept."""
        return self._wire.transaction_status == pq.TransactionStatus.INERROR

    def commit(self) -> None:
        """Commit the transaction, if there is one."""
        if not self.idle:
            self._check(self._wire.exec_(b"COMMIT"), pq.ExecStatus.COMMAND_OK)

    def _prepare(self, statement: Prepared, types: tuple[int, ...]) -> bytes:
        name = self._names.get((statement, types))
        if name is None:
            if len(self._names) >= MOST_PREPARED:
                self._check(self._wire.exec_(b"DEALLOCATE ALL"), pq.ExecStatus.COMMAND_OK)
                self._names.clear()
                self._converters.clear()
            name = b"hot_%d" % len(self._names)
            done = self._wire.prepare(name, statement.sql, types)
            self._check(done, pq.ExecStatus.COMMAND_OK)
            self._names[statement, types] = name
        return name

    def _begin_with(self, name: bytes, sent: Any, formats: Any) -> pq.abc.PGresult:
        """Send ``BEGIN`` and the first statement together: one wait instead of two."""
        wire = self._wire
        wire.enter_pipeline_mode()
        try:
            wire.send_query_params(b"BEGIN", None)
            wire.send_query_prepared(name, sent, formats)
            wire.pipeline_sync()
            results: list[pq.abc.PGresult] = []
            while not results or results[-1].status != pq.ExecStatus.PIPELINE_SYNC:
                # Asking for an answer before it is there would hold up the other threads of this process.
                while wire.is_busy():
                    self._answers.poll()
                    wire.consume_input()
                result = wire.get_result()
                if result is not None:
                    results.append(result)
                elif wire.status == pq.ConnStatus.BAD:
                    raise _lost()
        finally:
            if wire.status == pq.ConnStatus.OK:
                wire.exit_pipeline_mode()
        begun, answered, _synced = results
        self._check(begun, pq.ExecStatus.COMMAND_OK)
        return answered

    def _check(self, result: pq.abc.PGresult, expected: pq.ExecStatus) -> None:
        if result.status != expected:
            if self._wire.status == pq.ConnStatus.BAD:
                raise _lost()
            raise psycopg.errors.error_from_result(result)


def _lost() -> psycopg.OperationalError:
    return psycopg.OperationalError("the connection to the database is lost")
