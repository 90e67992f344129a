"""The loyalty page in a real browser: points, missions taken once, tiers celebrated once, for keyboard and eye."""

from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import expect

from masterapp.testing.factories import Player, create_brand, create_fan, create_game, rows
from masterapp.testing.game_page import OpenGame

CONFIG: dict[str, Any] = {
    "title": {"en": "The club"},
    "tiers": [
        {"name": {"en": "Fan"}, "threshold": 0},
        {"name": {"en": "Captain"}, "threshold": 50, "metal": "gold"},
        {"name": {"en": "Legend"}, "threshold": 500, "metal": "brand"},
    ],
    "missions": [
        {"title": {"en": "First game"}, "kind": "plays", "goal": 1, "points": 60},
        {"title": {"en": "A regular"}, "kind": "days", "goal": 5, "points": 100},
    ],
    "ways": [{"label": {"en": "Scratch a card"}, "points": 5}],
}


@pytest.fixture
def club(full_app: Flask) -> UUID:
    """A brand."""
    return create_brand(full_app)


@pytest.fixture
def ada(full_app: Flask, club: UUID) -> Player:
    """A signed-in fan who has played one game, which gave five points."""
    ada = create_fan(full_app, club)
    card = {"skin": "scratch", "title": {"en": "The card"}, "consolation": 5}
    game = create_game(full_app, club, module="instant_win", config=card)
    body = {"key": "warm-up-1", "version": 1, "move": {"play": True}}
    answer = ada.client.post(f"/api/v1/games/{game}/plays", json=body, headers=ada.headers)
    assert answer.status_code == 200
    return ada


@pytest.fixture
def loyalty(full_app: Flask, club: UUID) -> UUID:
    """The club's loyalty page."""
    return create_game(full_app, club, module="loyalty", config=CONFIG)


def test_a_mission_is_taken_and_a_tier_celebrated(
    full_app: Flask, ada: Player, loyalty: UUID, open_game: OpenGame
) -> None:
    """The finished mission pays once, lifts the fan to a new tier, and all of it is there after a reload."""
    page = open_game(loyalty, ada)
    points = page.locator(".loyalty-number")
    expect(points).to_have_text("5")
    assert Axe().run(page).response["violations"] == []

    page.get_by_role("button", name="Take 60 points for “First game”").click()
    expect(points).to_have_text("65")
    expect(page.get_by_text("Points taken")).to_be_visible()
    expect(page.get_by_role("heading", name="First game")).to_be_focused()
    page.get_by_role("button", name="Celebrate").click()
    expect(page.get_by_role("button", name="Celebrate")).to_have_count(0)
    assert Axe().run(page).response["violations"] == []

    page.reload()
    expect(points).to_have_text("65")
    expect(page.locator(".loyalty-current")).to_contain_text("Captain")
    expect(page.locator(".loyalty-list").last).to_contain_text("First game")
    expect(page.get_by_role("button", name="Celebrate")).to_have_count(0)
    assert rows(full_app, "SELECT amount FROM point_entry ORDER BY created_at") == [(5,), (60,)]


def test_an_unfinished_mission_says_how_far_it_is(
    ada: Player, loyalty: UUID, open_game: OpenGame
) -> None:
    """The ring's share is also there as words, and there is nothing to take."""
    page = open_game(loyalty, ada)
    mission = page.locator(".loyalty-mission", has_text="A regular")

    expect(mission).to_contain_text("1 of 5")
    expect(mission.get_by_role("button")).to_have_count(0)


def test_who_is_not_signed_in_is_invited(loyalty: UUID, open_game: OpenGame) -> None:
    """A stranger sees tiers and missions but no numbers, and one tap leads to the sign-in."""
    page = open_game(loyalty)
    expect(page.locator(".loyalty-number")).to_have_text("–")
    assert Axe().run(page).response["violations"] == []

    page.get_by_role("button", name="Sign in to see your points and missions.").click()

    expect(page.locator("dialog[open]")).to_be_visible()


def test_nothing_is_wider_than_the_smallest_phone(
    ada: Player, loyalty: UUID, open_game: OpenGame
) -> None:
    """At 320 pixels the page does not scroll sideways, in French either."""
    for language in ("en", "fr"):
        page = open_game(loyalty, ada, language=language, width=320, height=640)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
