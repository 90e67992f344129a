"""The road of a play over HTTP: what a move does, what is refused, and what happens when it is sent twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from masterapp.db import db, now
from masterapp.eligibility.models import Exclusion
from masterapp.testing.factories import (
    Player,
    create_brand,
    create_fan,
    create_game,
    create_offer,
    create_prize,
    rows,
)


def test_a_move_answers_with_view_points_and_what_is_left(
    app: Flask, brand: UUID, fan: Player
) -> None:
    """A finished move credits its points and tells the new balance and the attempts left."""
    game = create_game(app, brand, quota={"per_day": 3})

    answer = fan.play(game, points=10, score=7)

    assert answer.status_code == 200
    body = answer.json
    assert body["points"] == {"earned": 10, "balance": 10}
    assert body["play"]["finished"] is True
    assert body["play"]["score"] == 7
    assert body["left"]["day"] == 2
    assert body["view"]["greeting"] == "Hello"


def test_the_balance_is_the_sum_of_the_entries_over_all_campaigns(
    app: Flask, brand: UUID, fan: Player
) -> None:
    """Points add up across campaigns and are never reset."""
    for points in (5, 7, 11):
        assert fan.play(create_game(app, brand), points=points).status_code == 200

    assert rows(app, "SELECT amount, earned FROM balance WHERE fan_id = %s", fan.id) == [(23, 23)]
    assert rows(app, "SELECT sum(amount) FROM point_entry WHERE fan_id = %s", fan.id) == [(23,)]


def test_the_same_key_gets_the_first_answer_again(app: Flask, brand: UUID, fan: Player) -> None:
    """A double tap is one move: one play, one credit, one answer."""
    game = create_game(app, brand, quota={"per_day": 1})
    create_prize(app, brand, game)
    key = "tap-00000001"

    first = fan.play(game, key=key, points=10, win=True)
    again = fan.play(game, key=key, points=10, win=True)

    assert first.status_code == again.status_code == 200
    assert first.json == again.json
    assert len(first.json["grants"]) == 1
    assert rows(app, "SELECT count(*) FROM move") == [(1,)]
    assert rows(app, "SELECT sum(amount) FROM point_entry") == [(10,)]


def test_an_older_key_gets_its_own_answer_even_when_the_quota_is_used(
    app: Flask, brand: UUID, fan: Player
) -> None:
    """A late retry of an earlier move is answered as the first time, not refused by today's quota."""
    game = create_game(app, brand, quota={"per_day": 2})
    first = fan.play(game, key="first-tap-1", points=1)
    fan.play(game, key="second-tap-2", points=2)

    again = fan.play(game, key="first-tap-1", points=1)

    assert again.json["points"]["earned"] == 1
    assert again.json["view"] == first.json["view"]


def test_a_key_used_for_another_move_is_refused(app: Flask, brand: UUID, fan: Player) -> None:
    """Reusing a key with other content is told, instead of answering with something else."""
    game = create_game(app, brand)
    fan.play(game, key="one-key-0001", points=1)

    answer = fan.play(game, key="one-key-0001", points=99)

    assert (answer.status_code, answer.json["code"]) == (409, "key_reused")


def test_a_long_attempt_goes_on_move_by_move(app: Flask, brand: UUID, fan: Player) -> None:
    """Further moves use no attempt, keep the state, and the finished attempt takes no more."""
    game = create_game(app, brand, quota={"per_day": 1})
    play = fan.play(game, goes_on=True).json["play"]["id"]

    second = fan.play(game, attempt=play, goes_on=True).json
    last = fan.play(game, attempt=play, points=3).json

    assert second["view"]["moves"] == 2
    assert last["play"]["finished"] is True
    assert last["points"]["earned"] == 3
    assert fan.play(game, attempt=play).json["code"] == "play_not_open"
    assert fan.play(game).json["code"] == "quota_day"
    assert rows(app, "SELECT count(*), max(number) FROM move") == [(3, 3)]


@pytest.mark.parametrize(
    ("quota", "code"),
    [
        ({"per_day": 1}, "quota_day"),
        ({"per_period": 1, "period_hours": 4}, "quota_period"),
        ({"per_campaign": 1}, "quota_campaign"),
    ],
)
def test_quotas_are_refused_with_their_reason(
    app: Flask, brand: UUID, fan: Player, quota: dict[str, int], code: str
) -> None:
    """A used-up quota says which one, and when to come back where it refills."""
    game = create_game(app, brand, quota=quota)
    fan.play(game)

    answer = fan.play(game)

    assert (answer.status_code, answer.json["code"]) == (409, code)
    assert (answer.json["facts"]["again_at"] is not None) == (code != "quota_campaign")
    assert rows(app, "SELECT code, times FROM refusal") == [(code, 1)]


def test_the_server_clock_decides_when_a_game_is_open(app: Flask, brand: UUID, fan: Player) -> None:
    """Before the opening and after the closing a play is refused, and so is a paused, archived or draft game."""
    later = create_game(app, brand, opens_at=now() + timedelta(hours=1))
    over = create_game(app, brand, closes_at=now() - timedelta(seconds=1))

    assert fan.play(later).json["code"] == "game_not_open"
    assert fan.play(over).json["code"] == "game_closed"
    assert fan.play(create_game(app, brand, paused=True)).json["code"] == "game_paused"
    assert fan.play(create_game(app, brand, state="archived")).json["code"] == "game_closed"
    assert fan.play(create_game(app, brand, state="draft")).status_code == 404
    assert rows(app, "SELECT count(*) FROM play") == [(0,)]


def test_a_stale_version_is_refused_without_using_an_attempt(
    app: Flask, brand: UUID, fan: Player
) -> None:
    """A page that shows an older version of the game is told to reload."""
    game = create_game(app, brand)

    answer = fan.play(game, version=2)

    assert (answer.status_code, answer.json["code"]) == (409, "stale_version")
    assert answer.json["facts"]["version"] == 1


def test_another_brands_game_does_not_exist(app: Flask, fan: Player) -> None:
    """The bearer's brand is the only one: a foreign game's id is simply not found."""
    foreign = create_game(app, create_brand(app))

    assert fan.play(foreign).status_code == 404
    assert fan.look(foreign).status_code == 404


def test_another_fans_attempt_cannot_be_continued(app: Flask, brand: UUID, fan: Player) -> None:
    """An attempt belongs to the fan who opened it."""
    game = create_game(app, brand)
    play = create_fan(app, brand).play(game, goes_on=True).json["play"]["id"]

    assert fan.play(game, attempt=play).json["code"] == "play_not_open"


@pytest.mark.parametrize("token", ["", "Bearer nonsense", "Basic abc", "Bearer fan_" + "A" * 86])
def test_strangers_are_asked_to_sign_in(app: Flask, brand: UUID, token: str) -> None:
    """Without a living session nothing is played."""
    game = create_game(app, brand)

    answer = app.test_client().post(
        f"/api/v1/games/{game}/plays",
        json={"key": "12345678", "version": 1, "move": {}},
        headers={"Authorization": token},
    )

    assert answer.status_code == 401


def test_an_excluded_fan_is_told_why_and_counted(app: Flask, brand: UUID) -> None:
    """Staff by domain and competitors by address are refused with the reason, and the refusal is counted."""
    with app.app_context(), db.transaction() as session:
        session.add(Exclusion(brand_id=brand, value="@club.example", reason="staff"))
        session.add(Exclusion(brand_id=brand, value="spy@rival.example", reason="competitor"))
    game = create_game(app, brand)

    staff = create_fan(app, brand, "Anna@Club.example").play(game)
    rival = create_fan(app, brand, "spy@rival.example").play(game)

    assert (staff.status_code, staff.json["code"]) == (403, "excluded_staff")
    assert (rival.status_code, rival.json["code"]) == (403, "excluded_competitor")
    assert rows(app, "SELECT code, times FROM refusal ORDER BY code") == [
        ("excluded_competitor", 1),
        ("excluded_staff", 1),
    ]


def test_a_due_moment_is_won_once_and_then_the_consolation_applies(
    app: Flask, brand: UUID, fan: Player
) -> None:
    """The first play wins the prize; the next one gets the consolation points instead."""
    game = create_game(app, brand)
    create_prize(app, brand, game)

    won = fan.play(game, win=True, consolation=5).json
    lost = create_fan(app, brand).play(game, win=True, consolation=5).json

    assert won["grants"][0]["prize"]["label"] == "Shirt"
    assert won["points"]["earned"] == 0
    assert lost["grants"] == []
    assert lost["points"] == {"earned": 5, "balance": 5}


def test_a_moment_in_the_future_is_not_won(app: Flask, brand: UUID, fan: Player) -> None:
    """Nobody wins before the moment comes."""
    game = create_game(app, brand)
    create_prize(app, brand, game, due=now() + timedelta(minutes=1))

    assert fan.play(game, win=True).json["grants"] == []


def test_a_fan_wins_no_more_than_the_cap(app: Flask, brand: UUID, fan: Player) -> None:
    """With one per fan, a second due moment stays for somebody else."""
    game = create_game(app, brand)
    create_prize(app, brand, game, stock=3)

    wins = [len(fan.play(game, win=True).json["grants"]) for _ in range(3)]

    assert wins == [1, 0, 0]


def test_a_coupon_prize_gives_its_code_with_the_grant(app: Flask, brand: UUID, fan: Player) -> None:
    """A prize that is a coupon comes with the code; when the offer is sold out the prize is still won."""
    offer = create_offer(app, brand, stock=1)
    game = create_game(app, brand)
    create_prize(app, brand, game, stock=2, offer_id=offer)

    first = fan.play(game, win=True).json
    second = create_fan(app, brand).play(game, win=True).json

    assert len(first["coupons"]) == 1
    assert len(second["grants"]) == 1
    assert second["coupons"] == []


def test_a_sold_out_offer_undoes_the_whole_move(app: Flask, brand: UUID, fan: Player) -> None:
    """When the coupon a move asks for cannot be given, nothing of the move remains and no attempt is used."""
    offer = create_offer(app, brand, stock=0)
    game = create_game(app, brand, quota={"per_day": 1})

    refused = fan.play(game, offer=str(offer), points=5)

    assert refused.json["code"] == "offer_sold_out"
    assert rows(app, "SELECT count(*) FROM play") == [(0,)]
    assert fan.play(game, points=5).json["points"]["balance"] == 5


def test_counters_are_shared_by_all_fans(app: Flask, brand: UUID, fan: Player) -> None:
    """What one fan counts, another fan sees in the totals."""
    game = create_game(app, brand)
    fan.play(game, count=2)
    create_fan(app, brand).play(game, count=3)

    assert fan.look(game).json["view"]["totals"] == {"plays": 5}


def test_a_look_shows_the_open_attempt(app: Flask, brand: UUID, fan: Player) -> None:
    """After a reload the page finds the attempt it had open."""
    game = create_game(app, brand)
    opened = fan.play(game, goes_on=True).json["play"]

    seen = fan.look(game).json

    assert seen["play"] == {"id": opened["id"], "number": 1}
    assert seen["view"]["moves"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "key"),
        ({"key": "short", "version": 1, "move": {}}, "key"),
        ({"key": "12345678", "version": "1", "move": {}}, "version"),
        ({"key": "12345678", "version": 1, "move": []}, "move"),
        ({"key": "12345678", "version": 1, "move": {"points": "many"}}, "move.points"),
        ({"key": "12345678", "version": 1, "move": {"cheat": 1}}, "move.cheat"),
        ({"key": "12345678", "version": 1, "move": {}, "score": 99}, "score"),
    ],
)
def test_a_wrong_body_names_the_field(
    app: Flask, brand: UUID, fan: Player, body: dict[str, Any], field: str
) -> None:
    """Bad input gets a refusal that names the field, and loses nothing."""
    game = create_game(app, brand)

    answer = fan.client.post(f"/api/v1/games/{game}/plays", json=body, headers=fan.headers)

    assert answer.status_code == 422
    assert field in answer.json["fields"]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b"\xff\xfe{}", 400, "malformed"),
        (b'{"key": "12345678", "version": 1, "move": {"a\\u0000": "\\u0000"}}', 422, "invalid"),
        (b'{"key": "12345678", "version": 1, "move": {"note": "\\u0000"}}', 400, "malformed"),
        (b"[]", 422, "invalid"),
        (b"x" * (3 * 1024 * 1024), 413, "too_large"),
    ],
)
def test_an_unreadable_body_is_refused_clearly(
    app: Flask, brand: UUID, fan: Player, data: bytes, status: int, code: str
) -> None:
    """Broken JSON, broken UTF-8 and huge bodies get a clear refusal, never a server error."""
    game = create_game(app, brand)

    answer = fan.client.post(
        f"/api/v1/games/{game}/plays",
        data=data,
        headers=fan.headers | {"Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_module_refusal_uses_no_attempt(app: Flask, brand: UUID, fan: Player) -> None:
    """A move that the module refuses leaves no trace."""
    game = create_game(app, brand, quota={"per_day": 1})

    assert fan.play(game, refuse=True).json["code"] == "invalid_move"
    assert fan.play(game).status_code == 200


def test_refusals_speak_the_readers_language(app: Flask, brand: UUID, fan: Player) -> None:
    """The same refusal is told in French to a French browser."""
    game = create_game(app, brand, quota={"per_day": 1})
    fan.play(game)
    body = {"key": "another-key-1", "version": 1, "move": {}}
    path = f"/api/v1/games/{game}/plays"

    french = fan.client.post(path, json=body, headers=fan.headers | {"Accept-Language": "fr"}).json
    english = fan.client.post(path, json=body, headers=fan.headers).json

    assert french["message"] != english["message"]
