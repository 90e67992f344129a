"""The demo's world: complete, consistent with the ledger's rules, and every play in it can be judged again."""

from __future__ import annotations

import pytest
from flask import Flask

from masterapp.db import db
from masterapp.demo.seed import DemoWorld
from masterapp.plays.verification import verify
from masterapp.testing.factories import rows, signed_in

FANS = 150


@pytest.fixture
def world(full_app: Flask) -> Flask:
    """A small copy of the demo: fewer fans, everything else as it is."""
    with full_app.app_context(), db.transaction():
        DemoWorld(FANS).write()
    return full_app


def test_the_demo_is_a_world_that_holds_together(world: Flask) -> None:
    """Every play comes out the same again, sums are sums, stocks are kept, and nobody excluded has played."""
    with world.app_context():
        judged = list(verify())

    assert len(judged) > 200
    assert [difference for difference in judged if difference] == []
    assert rows(
        world,
        "SELECT count(*) FROM balance JOIN (SELECT fan_id, sum(amount) AS total FROM point_entry GROUP BY fan_id)"
        " AS ledger USING (fan_id) WHERE amount <> total OR earned <> total",
    ) == [(0,)]
    assert rows(world, "SELECT count(*) FROM offer WHERE issued > stock") == [(0,)]
    assert rows(
        world,
        "SELECT count(*) FROM prize_grant JOIN winning_moment AS moment ON moment.id = moment_id"
        " WHERE moment.taken_at <> prize_grant.created_at OR moment.opens_at > moment.taken_at",
    ) == [(0,)]
    assert rows(
        world,
        "SELECT count(*) FROM play JOIN fan ON fan.id = play.fan_id"
        " JOIN exclusion ON exclusion.value = '@' || fan.email_domain",
    ) == [(0,)]
    assert rows(
        world,
        "SELECT count(*) FROM redemption JOIN coupon ON coupon.id = coupon_id"
        " WHERE redemption.created_at < coupon.created_at OR redemption.created_at > coupon.valid_until",
    ) == [(0,)]
    assert rows(world, "SELECT count(*) FROM play WHERE opened_at > now()") == [(0,)]
    assert rows(world, "SELECT count(*), count(DISTINCT state) FROM campaign") == [(4, 1)]
    assert rows(world, "SELECT count(*) FROM store") == [(6,)]
    assert rows(world, "SELECT count(*) FROM fan") == [(FANS,)]


def test_a_fan_of_the_demo_can_go_on_playing(world: Flask) -> None:
    """The rows of the demo are those the road leaves: the next real play starts from them and counts on."""
    (game, fan, before) = rows(
        world,
        "SELECT game_id, fan_id, plays FROM progress JOIN game ON game.id = game_id"
        " WHERE game.slug = 'golden-seat' ORDER BY fan_id LIMIT 1",
    )[0]
    (brand,) = rows(world, "SELECT brand_id FROM fan WHERE id = %s", fan)[0]
    player = signed_in(world, brand, fan)

    seat = {"block": 1, "row": 1, "seat": 1}
    answer = player.client.post(
        f"/api/v1/games/{game}/plays",
        json={"key": "demo-goes-on", "version": 1, "move": {"play": True, "choice": seat}},
        headers=player.headers,
    )

    assert answer.status_code in (200, 409), answer.json
    if answer.status_code == 200:
        assert answer.json["play"]["number"] == before + 1
