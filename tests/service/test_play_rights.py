"""A fan's download names what they played, earned and won; their erasure leaves no trait behind."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from masterapp.db import db, now
from masterapp.fans import rights
from masterapp.fans.models import Trait
from masterapp.plays.verification import verify
from masterapp.testing.factories import Player, create_game, create_prize, rows


def test_the_download_holds_plays_points_and_prizes(app: Flask, brand: UUID, fan: Player) -> None:
    """What the road wrote for a fan stands in their document."""
    game = create_game(app, brand, quota={"per_day": 1})
    create_prize(app, brand, game)
    fan.play(game, win=True, points=7)
    fan.play(game)

    with app.test_request_context():
        known = rights.export_data(brand, fan.id)

    assert [play["moves"] for play in known["plays"]] == [[{"win": True, "points": 7}]]
    assert [entry["amount"] for entry in known["points"]] == [7]
    assert [prize["label"]["en"] for prize in known["prizes"]] == ["Shirt"]
    assert [refusal["code"] for refusal in known["refusals"]] == ["quota_day"]


def test_an_erasure_takes_the_traits_out_of_the_moves(app: Flask, brand: UUID, fan: Player) -> None:
    """A trait that a module was shown is forgotten with the fan, and judging again does not trip over it."""
    with app.app_context(), db.transaction() as session:
        session.add(
            Trait(
                brand_id=brand,
                fan_id=fan.id,
                name="birth_date",
                value="1990-05-04",
                source="declared",
            )
        )
    fan.play(create_game(app, brand), points=1)
    assert "1990-05-04" in str(rows(app, "SELECT given FROM move"))

    with app.test_request_context(), db.transaction():
        rights.erase(brand, fan.id, at=now())

    assert "1990-05-04" not in str(rows(app, "SELECT given, outcome, input FROM move"))
    assert rows(app, "SELECT sum(amount) FROM point_entry") == [(1,)]
    with app.app_context():
        assert list(verify(brand)) == [None]
