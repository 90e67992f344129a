"""The rehearsal at the desk: it starts from the real campaign, answers any input, and writes nothing."""

from __future__ import annotations

import csv
import io
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from masterapp.campaigns import service
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db, new_id, now
from masterapp.plays.models import Progress
from masterapp.prizes.models import Prize
from masterapp.testing.desk import Seat, take_seat
from masterapp.testing.factories import create_brand, create_fan, create_prize, rows
from masterapp.testing.patience import patient

OPENS = datetime(2031, 12, 1, 9, 0, tzinfo=UTC)
CLOSES = datetime(2031, 12, 31, 19, 0, tzinfo=UTC)
QUOTA = {"per_day": 2, "per_period": 0, "period_hours": 0, "per_campaign": 20}


def make_game(
    app: Flask, brand_id: UUID, module: str = "instant_win", quota: Any = None, **values: Any
) -> UUID:
    """Make a draft from a module's first starter, with these values of its campaign; return the game's id."""
    with app.test_request_context(), db.transaction() as session:
        game = service.create(brand_id, module, None, locale="en", member_id=None)
        game.quota = quota or game.quota
        campaign = session.get_one(Campaign, (brand_id, game.campaign_id))
        for name, value in values.items():
            setattr(campaign, name, value)
        return game.id


def give(app: Flask, brand: UUID, game: UUID, label: str, stock: int, **values: Any) -> UUID:
    """Add a prize to a game and return its id."""
    with app.app_context(), db.transaction() as session:
        prize = Prize(
            brand_id=brand, id=new_id(), game_id=game, label={"en": label}, stock=stock, **values
        )
        session.add(prize)
        return prize.id


def campaign_of(app: Flask, game: UUID) -> UUID:
    """The campaign of a game."""
    found: UUID = rows(app, "SELECT campaign_id FROM game WHERE id = %s", game)[0][0]
    return found


@pytest.fixture
def game(full_app: Flask, seat: Seat) -> UUID:
    """A draft of the next winter with two prizes."""
    game = make_game(full_app, seat.brand_id, quota=QUOTA, opens_at=OPENS, closes_at=CLOSES)
    give(full_app, seat.brand_id, game, "Voucher", 600, value_cents=2_000, per_fan=2)
    give(full_app, seat.brand_id, game, "Shirt", 24, value_cents=8_500, position=1)
    return game


@pytest.fixture
def address(full_app: Flask, game: UUID) -> str:
    """Where its rehearsal is."""
    return f"/admin/campaigns/{campaign_of(full_app, game)}/rehearsal"


def fields_of(page: str) -> dict[str, str]:
    """What the form's text fields hold."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and value and "radio" not in tag:
            found[name[1]] = value[1]
    return found


def table_of(answer: Any) -> list[list[str]]:
    """The rows of a CSV."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_the_form_begins_with_the_campaign(seat: Seat, address: str) -> None:
    """Days on the brand's clock, quotas and stock are those of the draft, and the pictures are there at once."""
    answer = seat.get(address)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    found = fields_of(page)
    assert (found["opens"], found["closes"]) == ("2031-12-01T10:00", "2031-12-31T20:00")
    assert (found["per_day.0"], found["per_campaign.0"]) == ("2", "20")
    assert (found["stock.0"], found["stock.1"], found["fans"]) == ("600", "24", "1000")
    assert page.count('class="chart-stock"') == 2
    assert "1,000 fans" in page
    assert "Odds you can publish" in page


def test_what_is_asked_is_rehearsed_and_nothing_is_written(
    full_app: Flask, seat: Seat, game: UUID, address: str
) -> None:
    """Another crowd and another stock change the tables and never the campaign."""
    few = table_of(seat.get(f"{address}/endings.csv?fans=50&plays=2&stock.0=600"))
    many = table_of(seat.get(f"{address}/endings.csv?fans=20000&plays=5&stock.0=10"))
    assert [row[1] for row in few[1:]] == ["600", "24"]
    assert [row[1] for row in many[1:]] == ["10", "24"]
    assert int(few[1][6]) > 450
    assert int(many[1][7]) <= 1
    stocks = rows(full_app, "SELECT stock FROM prize WHERE game_id = %s ORDER BY position", game)
    assert [row[0] for row in stocks] == [600, 24]


def test_every_picture_has_its_csv(seat: Seat, address: str) -> None:
    """Each table is handed out for the same assumptions, the same way twice; any other name is not found."""
    page = seat.get(f"{address}?fans=300").get_data(as_text=True)
    for name in ("stock", "endings", "cost", "plays", "hours"):
        link = f"{address}/{name}.csv?fans=300"
        assert link in page
        first = table_of(seat.get(link))
        assert len(first) > 2
        assert first == table_of(seat.get(link))
    assert len(table_of(seat.get(f"{address}/hours.csv"))) == 1 + 30 * 24 + 10
    assert len(table_of(seat.get(f"{address}/plays.csv"))) == 1 + 31
    assert seat.get(f"{address}/secrets.csv").status_code == 404
    assert seat.get(f"{address}/stock.csv?fans=none").status_code == 422


@pytest.mark.parametrize(
    ("query", "field", "cure"),
    [
        ("fans=lots", "fans", "from 1 to 10,000,000"),
        ("fans=-5", "fans", "from 1 to"),
        ("fans=99999999999999999999", "fans", "from 1 to"),
        ("fans=%ff%fe%00", "fans", "from 1 to"),
        ("plays=0", "plays", "from 0.1 to"),
        ("plays=1e9", "plays", "from 0.1 to"),
        ("doubt=91", "doubt", "from 0 to 90"),
        ("trying.0=0", "trying.0", "from 1 to 100"),
        ("stock.1=-1", "stock.1", "from 0 to 100,000"),
        ("per_day.0=x", "per_day.0", "whole number"),
        ("per_period.0=3", "period_hours.0", ""),
        ("opens=yesterday", "opens", "such as 24/12/2026"),
        ("opens=0001-01-01T00:00", "opens", "such as 24/12/2026"),
        ("closes=9999-12-31T23:59", "closes", "such as 24/12/2026"),
        ("closes=2031-11-01T00:00", "closes", "must end after it begins"),
        ("closes=2099-12-31T00:00", "closes", "at most 366 days"),
    ],
)
def test_bad_input_is_named_at_its_field(
    seat: Seat, address: str, query: str, field: str, cure: str
) -> None:
    """Whatever is typed, the form comes back with what was typed, the field that is wrong, and its cure."""
    answer = seat.get(f"{address}?{query}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    error = re.search(rf'id="field-{re.escape(field)}-error">(.*?)</p>', page, re.DOTALL)
    assert error, page[:300]
    assert cure in error[1]
    assert "chart-stock" not in page
    assert seat.get(f"{address}?{query}&lang=fr").status_code == 422


def test_other_names_and_profiles_are_left_out(seat: Seat, address: str) -> None:
    """Unknown names, a prize that does not exist and a profile that nobody knows change nothing."""
    plain = table_of(seat.get(f"{address}/plays.csv"))
    assert table_of(seat.get(f"{address}/plays.csv?profile=x&stock.99=5&lang=en&q=1")) == plain


def test_only_readers_of_the_brand_may_look(full_app: Flask, seat: Seat, address: str) -> None:
    """Owner, marketer and analyst look; everybody else is refused, and another brand's campaign does not exist."""
    for role, status in (("analyst", 200), ("support", 403), ("cashier", 403)):
        other = take_seat(full_app, seat.brand_id, role, email=f"{role}@here.example")
        assert other.get(address).status_code == status, role
        assert other.get(f"{address}/plays.csv").status_code == status, role
    stranger = take_seat(full_app, create_brand(full_app), "owner", email="x@elsewhere.example")
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}/plays.csv").status_code == 404


def test_the_past_of_the_brand_is_what_is_expected(
    full_app: Flask, seat: Seat, address: str
) -> None:
    """Fans and plays per fan are those of the brand's other campaigns, not of another brand's."""
    game = make_game(full_app, seat.brand_id)
    foreign = create_brand(full_app)
    elsewhere = make_game(full_app, foreign)
    for brand, played, times in ((seat.brand_id, game, (2, 4, 6)), (foreign, elsewhere, (50,))):
        for plays in times:
            fan = create_fan(full_app, brand)
            with full_app.app_context(), db.transaction() as session:
                session.add(
                    Progress(
                        brand_id=brand,
                        game_id=played,
                        fan_id=fan.id,
                        plays=plays,
                        changed_at=now(),
                    )
                )
    found = fields_of(seat.get(address).get_data(as_text=True))
    assert (found["fans"], found["plays"]) == ("3", "4")


def test_a_live_campaign_is_rehearsed_from_now_with_what_is_left(
    full_app: Flask, seat: Seat
) -> None:
    """Units that are won are no longer in the stock, and the first day is today."""
    live = {"state": "published", "opens_at": now() - timedelta(days=1), "closes_at": CLOSES}
    game = make_game(full_app, seat.brand_id, quota=QUOTA, **live)
    prize = create_prize(full_app, seat.brand_id, game, stock=5)
    fan = create_fan(full_app, seat.brand_id)
    with full_app.app_context(), db.transaction() as session:
        for _ in range(2):
            session.connection().exec_driver_sql(
                "INSERT INTO prize_grant (brand_id, id, fan_id, game_id, prize_id, state, created_at)"
                " VALUES (%s, %s, %s, %s, %s, 'won', now())",
                (seat.brand_id, new_id(), fan.id, game, prize),
            )
    page = seat.get(f"/admin/campaigns/{campaign_of(full_app, game)}/rehearsal")
    found = fields_of(page.get_data(as_text=True))
    assert found["stock.0"] == "3"
    opens = datetime.fromisoformat(found["opens"])
    assert abs(opens - datetime.now(UTC).replace(tzinfo=None)) < timedelta(hours=3)


def test_campaigns_without_prizes_dates_or_games(full_app: Flask, seat: Seat) -> None:
    """Plays and load are told without prizes, a month is taken without dates, and no game is no rehearsal."""
    game = make_game(full_app, seat.brand_id, "quiz")
    campaign = campaign_of(full_app, game)
    address = f"/admin/campaigns/{campaign}/rehearsal"
    page = seat.get(address).get_data(as_text=True)
    assert "gives no prizes" in page
    assert "chart-area" in page
    assert "chart-stock" not in page
    first = datetime.fromisoformat(fields_of(page)["opens"])
    assert first.date() >= now().date()
    assert seat.get(f"{address}/stock.csv").status_code == 404
    with full_app.app_context(), db.transaction() as session:
        session.delete(session.get_one(Game, (seat.brand_id, game)))
    assert "Nothing to rehearse yet" in seat.get(address).get_data(as_text=True)


def test_the_campaign_its_prizes_and_publishing_lead_here(
    full_app: Flask, seat: Seat, game: UUID, address: str
) -> None:
    """The rehearsal is one tap from the campaign, from its prizes and from publishing."""
    campaign = campaign_of(full_app, game)
    for path in (
        f"/admin/campaigns/{campaign}/",
        f"/admin/campaigns/{campaign}/publish",
        f"/admin/games/{game}/prizes",
    ):
        assert f'href="{address}"' in seat.get(path).get_data(as_text=True), path


def test_the_page_speaks_french(seat: Seat, address: str) -> None:
    """No English sentence is left on the French page, nor a placeholder."""
    page = seat.get(f"{address}?fans=400&lang=fr").get_data(as_text=True)
    assert "Chances à publier" in page
    assert "Ce qui est supposé" in page
    for word in ("rehears", "wins", "fans who", "%("):
        assert word not in page.lower().replace("/rehearsal", "").replace("rehearsal", ""), word


def test_a_large_campaign_is_answered_in_seconds(seat: Seat, address: str) -> None:
    """A hundred thousand fans over thirty days are rehearsed, drawn and answered within five seconds."""
    before = time.perf_counter()
    answer = seat.get(f"{address}?fans=100000&plays=6&stock.0=20000")
    assert time.perf_counter() - before < patient(5)
    assert answer.status_code == 200
    times = re.search(r"rehearsed (\d+) times", answer.get_data(as_text=True))
    assert times
    assert int(times[1]) >= 20
