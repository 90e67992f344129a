"""Hot statements: the answers of a cursor, one transaction with everything else, and a server that may go away."""

from __future__ import annotations

import math
import threading
import time
from datetime import UTC
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from sqlalchemy import text

from masterapp import prepared
from masterapp.db import db
from masterapp.prepared import Prepared

VALUES = {
    "number::bigint": st.integers(-(2**63), 2**63 - 1) | st.none(),
    "small::integer": st.integers(-(2**31), 2**31 - 1),
    "text::text": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    "id::uuid": st.uuids() | st.none(),
    "at::timestamptz": st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1 < at.year < 9999),
    "truth::boolean": st.booleans() | st.none(),
    "bytes::bytea": st.binary(),
    "data::jsonb": st.recursive(
        st.none() | st.booleans() | st.integers(-(2**60), 2**60), lambda one: st.lists(one, max_size=3)
    ).map(Jsonb),
    "names::text[]": st.lists(st.text("ab{},\"'\\ ", max_size=4), max_size=3),
    "amounts::bigint[]": st.lists(st.integers(-(2**40), 2**40), max_size=3),
}  # fmt: skip
NAMES = [key.split(":")[0] for key in VALUES]
ECHO = "SELECT " + ", ".join(f"%({key.split(':')[0]})s::{key.split('::')[1]}" for key in VALUES)
SAID = Prepared("SELECT %(what)s::bigint AS said, 'a %% b' AS per_cent")


@given(given_values=st.tuples(*VALUES.values()))
@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_a_hot_statement_answers_what_a_cursor_answers(app: Flask, given_values: Any) -> None:
    """Values of every kind that we use arrive and come back as with psycopg's own cursor."""
    values = dict(zip(NAMES, given_values, strict=True))
    with app.app_context():
        assert tuple(db.row(Prepared(ECHO), values)) == db.driver.execute(ECHO, values).fetchone()


def test_rows_have_names_and_none_is_none(app: Flask) -> None:
    """A row is a named tuple; no row is an empty list, or None."""
    numbers = Prepared("SELECT n AS number FROM generate_series(1, %(last)s::bigint) AS n")
    with app.app_context():
        assert [row.number for row in db.rows(numbers, {"last": 3})] == [1, 2, 3]
        assert db.rows(numbers, {"last": 0}) == []
        assert db.row(numbers, {"last": 0}) is None
        assert db.row(SAID, {"what": 7}) == (7, "a % b")


def test_all_ways_share_one_transaction(app: Flask) -> None:
    """What a hot statement wrote is seen by a session, undone with it, and committed with it."""
    write = Prepared("INSERT INTO said (word) VALUES (%(word)s) RETURNING word")
    with app.app_context():
        # A table of this connection alone: no other test meets it.
        db.driver.execute("CREATE TEMP TABLE said (word text UNIQUE)")
        db._commit()
        assert db.row(write, {"word": "gone"}).word == "gone"
        assert db.session.connection().exec_driver_sql("SELECT count(*) FROM said").scalar() == 1
        db.rollback()
        with db.transaction():
            db.row(write, {"word": "kept"})
        with pytest.raises(psycopg.errors.UniqueViolation):
            db.row(write, {"word": "kept"})
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            db.row(SAID, {"what": 1})
        with pytest.raises(psycopg.errors.InFailedSqlTransaction, match="nothing was committed"):
            db._commit()
        assert db.row(SAID, {"what": 1}).said == 1
        assert db.driver.execute("SELECT word FROM said").fetchall() == [("kept",)]
        with db.transaction():
            db.driver.execute("DROP TABLE said")


def test_an_error_that_was_passed_over_is_told_at_the_commit(app: Flask) -> None:
    """Also when a session takes part: what could not be kept is not taken for kept."""
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        with pytest.raises(psycopg.errors.DivisionByZero):
            db.driver.execute("SELECT 1 / 0")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction, match="nothing was committed"):
            db._commit()
        assert db.row(SAID, {"what": 1}).said == 1


def test_a_statement_is_prepared_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of any size share one prepared statement, a rollback keeps it, and there are never too many."""
    asked = "SELECT count(*) FROM pg_prepared_statements"
    with app.app_context():
        for what in (1, 40_000, 2**40, -5):
            assert db.row(SAID, {"what": what}).said == what
            db.rollback()
        assert db.driver.execute(asked).fetchone() == (1,)
        monkeypatch.setattr(prepared, "MOST_PREPARED", 5)
        for number in range(23):
            assert db.row(Prepared(f"SELECT {number} AS n"), {}).n == number
        assert (db.driver.execute(asked).fetchone() or (math.inf,))[0] <= 5
        assert db.row(SAID, {"what": 9}).said == 9


def end(app: Flask, backend: int) -> None:
    """End a connection from the server's side."""
    with psycopg.connect(app.config["SETTINGS"].libpq_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))


@pytest.mark.parametrize("hot", [True, False])
def test_a_connection_that_the_server_closed_is_replaced(
    app: Flask, monkeypatch: pytest.MonkeyPatch, hot: bool
) -> None:
    """After a restart of the database nobody meets an error, by whichever way they go."""
    monkeypatch.setattr(prepared, "PAUSE", -1.0)
    with app.app_context():
        backend = db.driver.info.backend_pid
        db.row(SAID, {"what": 1})
    end(app, backend)
    with app.app_context():
        if hot:
            assert db.row(SAID, {"what": 1}).said == 1
        else:
            assert db.session.scalar(text("SELECT 1")) == 1
        assert db.driver.info.backend_pid != backend


@pytest.mark.parametrize("begun", [False, True])
def test_a_connection_lost_under_way_is_an_error_of_the_database(app: Flask, begun: bool) -> None:
    """A server that goes away in the middle is told as psycopg tells it, and the next request gets another."""
    with app.app_context():
        if begun:
            db.row(SAID, {"what": 1})
        end(app, db.driver.info.backend_pid)
        with pytest.raises(psycopg.OperationalError):
            db.row(SAID, {"what": 1})
    with app.app_context():
        assert db.row(SAID, {"what": 1}).said == 1


@pytest.mark.parametrize("begun", [False, True])
def test_others_go_on_while_one_waits(app: Flask, begun: bool) -> None:
    """A thread that waits for its answer holds up no other thread of the process, in neither way of asking."""
    sleep = Prepared("SELECT 1 AS one FROM pg_sleep(%(seconds)s)")

    def wait() -> None:
        with app.app_context():
            if begun:
                db.row(SAID, {"what": 1})
            db.row(sleep, {"seconds": 0.6})

    thread = threading.Thread(target=wait)
    thread.start()
    turns, begin = 0, time.monotonic()
    while thread.is_alive():
        time.sleep(0.01)
        turns += 1
    assert turns > 20
    assert time.monotonic() - begin > 0.5


def test_ids_stay_ids(app: Flask) -> None:
    """A UUID comes back as one."""
    one = uuid4()
    with app.app_context():
        found = db.row(Prepared("SELECT %(id)s AS id"), {"id": one}).id
    assert isinstance(found, UUID)
    assert found == one
