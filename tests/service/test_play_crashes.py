"""A worker killed between any two statements of a play: nothing is half-done, and the retry plays once."""

from __future__ import annotations

import os
import signal
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from masterapp.testing.factories import Player, create_game, create_offer, create_prize, rows
from masterapp.testing.statements import watched

TABLES = ("play", "move", "progress", "point_entry", "balance", "prize_grant", "coupon", "counter")


def play_in_a_worker_that_dies(app: Flask, at: int | str, act: Any) -> bool:
    """Play in a forked worker that is killed before a statement (its number, or its text); tell whether it lived on."""
    worker = os.fork()
    if worker == 0:
        sent = count(1)

        def die_in_time(text: str, _values: Any) -> None:
            if at in (next(sent), text):
                os.kill(os.getpid(), signal.SIGKILL)

        # The child must not touch the parent's connections: it opens its own.
        app.extensions["masterapp-engine"].dispose(close=False)
        with watched(die_in_time):
            act()
        os._exit(0)
    _, status = os.waitpid(worker, 0)
    return os.WIFEXITED(status)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("at", ["COMMIT", *range(1, 10)])
def test_a_killed_worker_leaves_nothing_half_done(
    app: Flask, brand: UUID, fan: Player, at: int | str
) -> None:
    """Killed before any statement or before the commit, a play leaves no row, and its retry is carried out once."""
    game = create_game(app, brand, quota={"per_day": 1})
    create_prize(app, brand, game, offer_id=create_offer(app, brand, stock=1))

    def act() -> Any:
        return fan.play(game, key="the-one-tap", points=5, win=True, count=1)

    survived = play_in_a_worker_that_dies(app, at, act)

    # The two statements of the road, those of the coupon that was won, and the commit.
    assert not survived or at in range(6, 10)
    if not survived:
        left = {table: rows(app, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}
        assert left == dict.fromkeys(TABLES, 0)
        assert rows(app, "SELECT count(*) FROM winning_moment WHERE taken_at IS NOT NULL") == [(0,)]
        assert rows(app, "SELECT issued FROM offer") == [(0,)]
    answer = act()
    assert answer.status_code == 200
    assert rows(app, "SELECT count(*), sum(amount) FROM point_entry") == [(1, 5)]
    assert rows(app, "SELECT count(*) FROM coupon") == [(1,)]
