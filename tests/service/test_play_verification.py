"""Judging plays again: what was recorded is what comes out, and a forged record is found."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from masterapp.db import db
from masterapp.plays.verification import verify
from masterapp.testing.factories import Player, create_game, create_prize


def test_recorded_plays_come_out_the_same(app: Flask, brand: UUID, fan: Player) -> None:
    """Every move, judged again from its seed, input and version, gives the recorded outcome."""
    game = create_game(app, brand)
    create_prize(app, brand, game, stock=2)
    for points in range(3):
        play = fan.play(game, goes_on=True).json["play"]["id"]
        fan.play(game, attempt=play, points=points, win=True, count=1)

    with app.app_context():
        assert list(verify(brand)) == [None] * 6


def test_a_forged_record_is_found(app: Flask, brand: UUID, fan: Player) -> None:
    """A changed outcome in the database is named with its play and move."""
    game = create_game(app, brand)
    play = fan.play(game, points=1).json["play"]["id"]
    with app.app_context(), db.transaction():
        db.driver.execute("UPDATE move SET outcome = jsonb_set(outcome, '{score}', '99')")

    with app.app_context():
        (difference,) = verify()

    assert difference is not None
    assert (str(difference.play_id), difference.number, difference.what) == (play, 1, "other score")


def test_the_command_tells_how_many_were_judged(app: Flask, brand: UUID, fan: Player) -> None:
    """``flask plays verify`` says what it did and ends well when nothing differs."""
    fan.play(create_game(app, brand), points=1)

    done = app.test_cli_runner().invoke(args=["plays", "verify"])

    assert done.exception is None, done.exception
    assert (done.exit_code, done.output) == (
        0,
        "1 moves judged again, 0 came out differently.\n",
    )
