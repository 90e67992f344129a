"""A worker killed between any two statements of a play: nothing is half-done, and the retry plays once."""

from __future__ import annotations

import os
import signal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from masterapp.testing.factories import Player, create_game, create_offer, create_prize, rows

TABLES = ("play", "move", "progress", "point_entry", "balance", "prize_grant", "coupon", "counter")


def die_before_statement(number: int) -> Any:
    """Return an ``execute`` that kills this very process instead of sending its statement no. *number*."""
    sent = 0
    execute = psycopg.Cursor.execute

    def fatal(cursor: Any, *args: Any, **options: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(cursor, *args, **options)

    return fatal


def play_in_a_worker_that_dies(app: Flask, statement: int, act: Any) -> bool:
    """Play in a forked worker that is killed before its given statement; tell whether it was still alive at the end."""
    worker = os.fork()
    if worker == 0:
        # The child must not touch the parent's connections: it opens its own.
        app.extensions["masterapp-engine"].dispose(close=False)
        if statement == 0:
            psycopg.Connection.commit = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign,assignment,misc,return-value]
        else:
            psycopg.Cursor.execute = die_before_statement(statement)  # type: ignore[method-assign]
        act()
        os._exit(0)
    _, status = os.waitpid(worker, 0)
    return os.WIFEXITED(status)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("statement", [0, 1, 2, 3, 4, 5, 6, 7, 8])
def test_a_killed_worker_leaves_nothing_half_done(
    app: Flask, brand: UUID, fan: Player, statement: int
) -> None:
    """Killed before any statement or before the commit (0), a play leaves no row, and its retry is carried out once."""
    game = create_game(app, brand, quota={"per_day": 1})
    create_prize(app, brand, game, offer_id=create_offer(app, brand, stock=1))

    def act() -> Any:
        return fan.play(game, key="the-one-tap", points=5, win=True, count=1)

    survived = play_in_a_worker_that_dies(app, statement, act)

    if not survived:
        left = {table: rows(app, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}
        assert left == dict.fromkeys(TABLES, 0)
        assert rows(app, "SELECT count(*) FROM winning_moment WHERE taken_at IS NOT NULL") == [(0,)]
        assert rows(app, "SELECT issued FROM offer") == [(0,)]
    answer = act()
    assert answer.status_code == 200
    assert rows(app, "SELECT count(*), sum(amount) FROM point_entry") == [(1, 5)]
    assert rows(app, "SELECT count(*) FROM coupon") == [(1,)]
