"""Draws at the desk in a real browser: three clicks from nothing to an announced draw, on any screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from masterapp.campaigns import service as campaigns
from masterapp.campaigns.models import Campaign
from masterapp.db import db, now
from masterapp.draws import service
from masterapp.plays.models import Play, Progress
from masterapp.testing import draws as kit
from masterapp.testing.browser import Complaints
from masterapp.testing.desk import Seat, open_desk, take_seat
from masterapp.testing.draws import Clock
from masterapp.testing.factories import rows

SIZES = [{"width": 360, "height": 780}, {"width": 1280, "height": 900}]


@pytest.fixture
def game(full_app: Flask, seat: Seat) -> UUID:
    """A game of a published campaign."""
    with full_app.test_request_context(), db.transaction() as session:
        game = campaigns.create(seat.brand_id, "instant_win", None, locale="en", member_id=None)
        campaign = session.get_one(Campaign, (seat.brand_id, game.campaign_id))
        campaign.state, campaign.published_at = "published", now()
        campaign.opens_at, campaign.closes_at = now() - timedelta(1), now() + timedelta(9)
        return game.id


@pytest.fixture
def address(visitor: BrowserContext, full_app: Flask, seat: Seat) -> Iterator[str]:
    """The desk, served to its signed-in marketer."""
    with open_desk(visitor, full_app, seat) as served:
        yield f"{served}/admin"


def accessible(page: Page, size: dict[str, int]) -> None:
    """Nothing that axe finds, and nothing wider than the screen."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("size", SIZES)
def test_a_marketer_runs_a_draw_in_three_clicks(
    page: Page, full_app: Flask, address: str, game: UUID, size: dict[str, int]
) -> None:
    """Add a draw, type title and prize and save, announce: each page is accessible, and the draw is public."""
    campaign = rows(full_app, "SELECT campaign_id FROM game WHERE id = %s", game)[0][0]
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{address}/campaigns/{campaign}/?lang=en")
    accessible(page, size)
    page.click("text=Add a draw")
    accessible(page, size)
    page.fill("[name='title.en']", "Big draw")
    page.fill("[name='prizes.0.label.en']", "Signed shirt")
    page.click(".save-bar .primary")
    expect(page.locator("h1")).to_have_text("Big draw")
    accessible(page, size)
    page.get_by_role("button", name="Announce").click()
    expect(page.locator("[data-flash]")).to_contain_text("The draw is announced")
    accessible(page, size)
    assert rows(full_app, "SELECT state FROM draw") == [("open",)]
    page.goto(f"{address}/campaigns/{campaign}/?lang=en")
    expect(page.locator(".draw-card")).to_contain_text("Big draw")
    accessible(page, size)


@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_a_draw_is_accessible(
    page: Page,
    full_app: Flask,
    address: str,
    seat: Seat,
    game: UUID,
    clock: Clock,
    size: dict[str, int],
    complaints: Complaints,
) -> None:
    """The tiers' form, the review with a proposal, what is typed when relays are down, dice and the result."""
    complaints.forgive("422")
    campaign = rows(full_app, "SELECT campaign_id FROM game WHERE id = %s", game)[0][0]
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{address}/campaigns/{campaign}/draws/new?from=tiers&lang=en")
    accessible(page, size)
    page.click(".save-bar .primary")
    expect(page.locator("[role=alert]").first).to_be_visible()
    accessible(page, size)

    draw = kit.make_draw(full_app, seat.brand_id, game)
    kit.enter_many(full_app, seat.brand_id, draw, {"ada": 5, "bob": 1, "chloe": 3})
    take_seat(full_app, seat.brand_id, "owner")
    page.goto(f"{address}/draws/{draw}/entries?lang=en")
    entry = page.locator(".entry").first
    entry.locator("summary").click()
    entry.get_by_role("button", name="Propose to leave it out").click()
    expect(page.locator(".error").first).to_be_visible()
    accessible(page, size)
    entry = page.locator(".entry").first
    entry.locator("select").select_option("fraud")
    entry.get_by_label("What you saw, in one sentence").fill("Five accounts from one phone.")
    entry.get_by_role("button", name="Propose to leave it out").click()
    expect(page.locator(".entry").first).to_contain_text("somebody else decides")
    accessible(page, size)

    kit.fix(full_app, seat.brand_id, draw, clock)
    with full_app.app_context(), db.transaction():
        service.find(seat.brand_id, draw).trouble = "beacon"
    clock.reach(kit.found(full_app, seat.brand_id, draw).draws_at)
    page.goto(f"{address}/draws/{draw}?lang=en")
    expect(page.locator("#beacon")).to_be_visible()
    expect(page.locator(".draw-code")).to_have_text(re.compile(r"^(\w{4}-){4}\w{4}$"))
    accessible(page, size)
    kit.hold(full_app, seat.brand_id, draw, clock)
    page.goto(f"{address}/draws/{draw}?lang=en")
    expect(page.locator("#result")).to_be_visible()
    accessible(page, size)


def test_dice_are_grouped_while_they_are_typed(
    page: Page, full_app: Flask, address: str, seat: Seat, game: UUID, clock: Clock
) -> None:
    """Forty digits stand in groups of four, are counted, and are recorded after a question."""
    draw = kit.make_draw(full_app, seat.brand_id, game, chance="dice")
    kit.fix(full_app, seat.brand_id, draw, clock)
    page.goto(f"{address}/draws/{draw}?lang=en")
    page.locator("[data-dice]").press_sequentially("1234567890" * 4)
    expect(page.locator("[data-dice]")).to_have_value(
        "1234 5678 9012 3456 7890 1234 5678 9012 3456 7890"
    )
    expect(page.locator("[data-dice-count]")).to_have_text("40 / 40")
    page.fill("[name=witness]", "Maître Duval")
    page.get_by_role("button", name="Record the dice").click()
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.locator("[data-flash]")).to_contain_text("The dice are recorded.")
    source = rows(full_app, "SELECT revealed -> 0 ->> 'rolls' FROM draw")
    assert source == [("1234567890" * 4,)]


def test_the_crowds_counter_moves(
    page: Page, full_app: Flask, address: str, seat: Seat, game: UUID
) -> None:
    """The page of a tier counts up by itself while it is open."""
    draw = kit.make_draw(full_app, seat.brand_id, game, now(), source="tier", threshold=2)
    fans = kit.enter_many(full_app, seat.brand_id, draw, {"ada": 1})
    page.goto(f"{address}/draws/{draw}?lang=en")
    expect(page.locator("[data-counter-words]")).to_have_text("0 of 2 plays")
    whose = {"brand_id": seat.brand_id, "game_id": game, "fan_id": fans["ada"].id}
    before = now() - timedelta(seconds=5)
    with full_app.app_context(), db.transaction() as session:
        session.add(Progress(**whose, changed_at=before))
        session.flush()
        session.add(Play(**whose, number=1, version=1, opened_at=before, finished_at=before))
    expect(page.locator("[data-counter-words]")).to_have_text("1 of 2 plays")
