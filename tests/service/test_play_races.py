"""Races on the road: real threads on real connections, all at once, for things that exist only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

from flask import Flask

from masterapp.testing.factories import (
    Player,
    create_brand,
    create_fan,
    create_game,
    create_offer,
    create_prize,
    rows,
)


def all_at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """Run *act* in so many threads that start together, and return what each got."""
    gate = Barrier(number)

    def one(which: int) -> Any:
        gate.wait()
        return act(which)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def test_fifty_fans_race_for_ten_prizes(app: Flask, brand: UUID) -> None:
    """Exactly ten of fifty simultaneous plays win, each a moment of its own."""
    game = create_game(app, brand)
    create_prize(app, brand, game, stock=10)
    fans = [create_fan(app, brand) for _ in range(50)]

    answers = all_at_once(50, lambda n: fans[n].play(game, win=True, consolation=1))

    assert {answer.status_code for answer in answers} == {200}
    assert sum(len(answer.json["grants"]) for answer in answers) == 10
    assert rows(
        app, "SELECT count(*), count(DISTINCT moment_id), count(DISTINCT fan_id) FROM prize_grant"
    ) == [(10, 10, 10)]
    assert rows(app, "SELECT sum(amount) FROM point_entry") == [(40,)]


def test_fifty_fans_race_for_ten_prizes_that_let_plays_pass(app: Flask, brand: UUID) -> None:
    """With a jitter each moment still goes to one play, none is lost, and those left go to the plays that follow."""
    game = create_game(app, brand)
    create_prize(app, brand, game, stock=10, jitter=2)
    fans = [create_fan(app, brand) for _ in range(50)]

    answers = all_at_once(50, lambda n: fans[n].play(game, win=True))
    late = [create_fan(app, brand) for _ in range(30)]
    afterwards = [fan.play(game, win=True) for fan in late]

    won = sum(len(answer.json["grants"]) for answer in [*answers, *afterwards])
    assert won == 10
    assert rows(
        app, "SELECT count(*), sum(to_pass) FROM winning_moment WHERE taken_at > '-infinity'"
    ) == [(10, 0)]
    assert rows(app, "SELECT count(DISTINCT moment_id) FROM prize_grant") == [(10,)]


def test_plays_one_after_the_other_are_counted_exactly(app: Flask, brand: UUID) -> None:
    """A moment that lets three plays pass is won by the fourth, and fans who may not win it do not count."""
    game = create_game(app, brand)
    create_prize(app, brand, game, jitter=3)
    lists = [create_fan(app, brand, email=f"f{n}@x.example") for n in range(4)]

    assert [len(fan.play(game, win=True).json["grants"]) for fan in lists] == [0, 0, 0, 1]


def test_a_household_wins_no_more_than_its_share(app: Flask, brand: UUID) -> None:
    """Thirty people of one household playing at once win twice, others are not held back, and no unit is lost."""
    game = create_game(app, brand)
    create_prize(app, brand, game, stock=20, per_household=2, jitter=0)
    family = [create_fan(app, brand, household="lane 5") for _ in range(30)]
    others = [create_fan(app, brand) for _ in range(5)]
    players = family + others

    answers = all_at_once(35, lambda n: players[n].play(game, win=True))
    afterwards = [fan.play(game, win=True) for fan in (*family, *others)]

    assert {answer.status_code for answer in answers} == {200}
    at_home = [*answers[:30], *afterwards[:30]]
    outside = [*answers[30:], *afterwards[30:]]
    assert sum(len(answer.json["grants"]) for answer in at_home) == 2
    assert sum(len(answer.json["grants"]) for answer in outside) == 5
    assert rows(app, "SELECT household, wins FROM household_wins") == [("lane 5", 2)]
    assert rows(app, "SELECT count(*) FROM winning_moment WHERE taken_at IS NULL") == [(13,)]


def test_a_guaranteed_prize_is_won_until_there_is_none(app: Flask, brand: UUID) -> None:
    """Fifty plays at once win thirty guaranteed units and no more; a sealed moment comes before them."""
    game = create_game(app, brand)
    scarf = create_prize(app, brand, game, stock=30, guaranteed=True)
    shirt = create_prize(app, brand, game, stock=2)
    fans = [create_fan(app, brand) for _ in range(50)]

    answers = all_at_once(50, lambda n: fans[n].play(game, win=True, consolation=1))

    assert sum(len(answer.json["grants"]) for answer in answers) == 32
    won = dict(rows(app, "SELECT prize_id, count(*) FROM prize_grant GROUP BY prize_id"))
    assert won == {scarf: 30, shirt: 2}
    assert rows(app, "SELECT sum(amount) FROM point_entry") == [(18,)]


def test_one_fan_cannot_pass_the_cap_with_many_devices(
    app: Flask, brand: UUID, fan: Player
) -> None:
    """Twenty devices of one fan playing at once win once, when one per fan is allowed."""
    game = create_game(app, brand)
    create_prize(app, brand, game, stock=20)

    answers = all_at_once(20, lambda n: fan.play(game, win=True))

    assert sum(len(answer.json["grants"]) for answer in answers) == 1
    assert rows(app, "SELECT count(*) FROM winning_moment WHERE taken_at IS NOT NULL") == [(1,)]


def test_a_storm_of_double_taps_is_one_move(app: Flask, brand: UUID, fan: Player) -> None:
    """The same key sent twenty times at once, as the very first play, credits once and answers alike."""
    game = create_game(app, brand, quota={"per_day": 5})

    answers = all_at_once(20, lambda n: fan.play(game, key="the-same-tap", points=10))

    assert {answer.status_code for answer in answers} == {200}
    assert len({str(answer.json["play"]) for answer in answers}) == 1
    assert rows(app, "SELECT count(*), sum(amount) FROM point_entry") == [(1, 10)]
    assert rows(app, "SELECT plays FROM progress") == [(1,)]


def test_a_quota_holds_against_many_devices(app: Flask, brand: UUID, fan: Player) -> None:
    """Of thirty different taps at once, exactly the quota's three are played."""
    game = create_game(app, brand, quota={"per_day": 3})

    answers = all_at_once(30, lambda n: fan.play(game, points=1))

    # A device that lost the race to open the very first attempt may be told to try again.
    told = Counter(answer.status_code for answer in answers)
    assert told[200] == 3
    assert set(told) == {200, 409}
    assert rows(app, "SELECT plays FROM progress") == [(3,)]
    assert rows(app, "SELECT amount FROM balance") == [(3,)]


def test_concurrent_credits_in_many_games_add_up(app: Flask, brand: UUID, fan: Player) -> None:
    """Credits from ten games at once leave a balance that is the sum of the entries."""
    games = [create_game(app, brand) for _ in range(10)]

    all_at_once(40, lambda n: fan.play(games[n % 10], points=n + 1))

    (total,) = rows(app, "SELECT coalesce(sum(amount), 0) FROM point_entry")[0]
    assert rows(app, "SELECT amount, earned FROM balance") == [(total, total)]


def test_two_devices_cannot_answer_the_same_step_twice(
    app: Flask, brand: UUID, fan: Player
) -> None:
    """The moves of one attempt stand in a line: each has its own number and none is lost."""
    game = create_game(app, brand)
    play = fan.play(game, goes_on=True).json["play"]["id"]

    all_at_once(10, lambda n: fan.play(game, attempt=play, goes_on=True))

    numbers = rows(app, "SELECT array_agg(number ORDER BY number) FROM move")[0][0]
    assert numbers == list(range(1, len(numbers) + 1))
    assert rows(app, "SELECT open_moves, state ->> 'moves' FROM progress") == [
        (len(numbers), str(len(numbers)))
    ]


def test_a_hundred_fans_race_for_one_coupon(app: Flask, brand: UUID) -> None:
    """One coupon in stock: one of a hundred simultaneous claims gets it, the others are told why not."""
    offer = create_offer(app, brand, stock=1)
    game = create_game(app, brand)
    fans = [create_fan(app, brand) for _ in range(100)]

    answers = all_at_once(100, lambda n: fans[n].play(game, offer=str(offer)))

    assert Counter(answer.json.get("code", "given") for answer in answers) == {
        "given": 1,
        "offer_sold_out": 99,
    }
    assert rows(app, "SELECT count(*) FROM coupon") == [(1,)]
    assert rows(app, "SELECT count(*) FROM play") == [(1,)]


def test_counters_count_every_play(app: Flask, brand: UUID) -> None:
    """Forty fans counting at once are forty in the totals, whatever slot each one used."""
    game = create_game(app, brand)
    fans = [create_fan(app, brand) for _ in range(40)]

    all_at_once(40, lambda n: fans[n].play(game, count=1))

    assert rows(app, "SELECT sum(amount) FROM counter") == [(40,)]


def test_brands_do_not_share_anything(app: Flask) -> None:
    """Two brands playing at once each keep their own prizes and points."""
    brands = [create_brand(app) for _ in range(2)]
    games = [create_game(app, each) for each in brands]
    for each, game in zip(brands, games, strict=True):
        create_prize(app, each, game, stock=5, per_fan=0)
    fans = [[create_fan(app, each) for _ in range(10)] for each in brands]

    all_at_once(20, lambda n: fans[n % 2][n // 2].play(games[n % 2], win=True, points=1))

    for each in brands:
        assert rows(app, "SELECT count(*) FROM prize_grant WHERE brand_id = %s", each) == [(5,)]
        assert rows(app, "SELECT sum(amount) FROM balance WHERE brand_id = %s", each) == [(10,)]
