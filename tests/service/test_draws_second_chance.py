"""What nobody won is drawn among those who played and won nothing; nothing is given twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from masterapp.campaigns.models import Campaign
from masterapp.db import db, now
from masterapp.draws import second_chance, service
from masterapp.errors import Refused
from masterapp.prizes import endings
from masterapp.testing import draws as kit
from masterapp.testing.draws import Clock
from masterapp.testing.factories import create_fan, create_game, create_prize, rows


def _over(app: Flask, brand: UUID, game: UUID) -> Campaign:
    """End the game's campaign and return it; inside an application context."""
    db.driver.execute("UPDATE campaign SET closes_at = now() - interval '1 second'")
    row = db.driver.execute("SELECT campaign_id FROM game WHERE id = %s", (game,)).fetchone()
    assert row is not None
    return db.session.get_one(Campaign, (brand, row[0]))


def test_what_is_left_goes_to_those_who_played_and_won_nothing(
    app: Flask, brand: UUID, clock: Clock
) -> None:
    """Winners and strangers are not in the list; the units drawn are those that nobody won."""
    game = create_game(app, brand)
    create_prize(app, brand, game, stock=3)
    winner, *losers = [create_fan(app, brand) for _ in range(4)]
    create_fan(app, brand)
    assert winner.play(game, win=True).json["grants"]
    for loser in losers:
        assert loser.play(game, win=False).status_code == 200
    clock.reach(now())
    with app.app_context(), db.transaction():
        campaign = _over(app, brand, game)
        dates = {
            "closes_at": clock.time,
            "commits_at": clock.time + timedelta(hours=1),
            "draws_at": clock.time + timedelta(hours=2),
        }
        title = {"fr": "Seconde chance"}
        draw = second_chance.announce(campaign, title, dates, now=now(), member_id=None).id
        campaign_id = campaign.id
    with app.app_context():
        campaign = db.session.get_one(Campaign, (brand, campaign_id))
        with pytest.raises(Refused, match="nothing_left"):
            second_chance.announce(campaign, title, dates, now=now(), member_id=None)

    fixed = kit.fix(app, brand, draw, clock)
    assert fixed.commitment is not None
    assert (fixed.commitment["entries"]["n"], fixed.commitment["entries"]["W"]) == (3, "3")
    assert fixed.commitment["prizes"][0]["qty"] == 2
    places = rows(app, "SELECT fan_id FROM draw_entry WHERE draw_id = %s", draw)
    assert {fan for (fan,) in places} == {loser.id for loser in losers}


def test_a_second_chance_that_is_called_off_gives_the_prizes_back(app: Flask, brand: UUID) -> None:
    """Units of a draw that is not held are left again, and can be drawn in another one."""
    game = create_game(app, brand)
    create_prize(app, brand, game, stock=2)
    at = now()
    dates = {
        "closes_at": at,
        "commits_at": at + timedelta(hours=1),
        "draws_at": at + timedelta(hours=2),
    }
    with app.app_context(), db.transaction():
        campaign = _over(app, brand, game)
        draw = second_chance.announce(campaign, {"fr": "Un"}, dates, now=now(), member_id=None)
        assert second_chance.left_in(campaign, now()) == []
        service.call_off(draw, "wrong date", now=now(), member_id=None)
        assert [left.units for left in second_chance.left_in(campaign, now())] == [2]
        (account,) = endings.accounts(second_chance.left_in(campaign, now())[0].game)
        assert (account.promised, account.passed_on, account.left) == (2, 0, 2)
