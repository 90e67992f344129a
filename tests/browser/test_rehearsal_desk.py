"""The rehearsal in a real browser: accessible on any screen, worked by keyboard, and shared as a link."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from masterapp.campaigns import service
from masterapp.campaigns.models import Campaign
from masterapp.db import db, new_id
from masterapp.prizes.models import Prize
from masterapp.testing.browser import Complaints
from masterapp.testing.desk import Seat, open_desk

SIZES = [{"width": 360, "height": 780}, {"width": 1280, "height": 900}]


@pytest.fixture
def campaign(full_app: Flask, seat: Seat) -> UUID:
    """A draft with eight prizes: more than are open at first."""
    with full_app.test_request_context(), db.transaction() as session:
        game = service.create(seat.brand_id, "instant_win", None, locale="en", member_id=None)
        campaign = session.get_one(Campaign, (seat.brand_id, game.campaign_id))
        campaign.opens_at = datetime(2031, 12, 1, 9, tzinfo=UTC)
        campaign.closes_at = datetime(2031, 12, 31, 19, tzinfo=UTC)
        for place in range(8):
            session.add(
                Prize(
                    brand_id=seat.brand_id,
                    id=new_id(),
                    game_id=game.id,
                    label={"en": f"Prize {place}", "fr": f"Lot {place}"},
                    stock=10 * 3**place,
                    value_cents=5_000,
                    position=place,
                )
            )
        return campaign.id


@pytest.fixture
def address(visitor: BrowserContext, full_app: Flask, seat: Seat, campaign: UUID) -> Iterator[str]:
    """The rehearsal, served to its signed-in marketer."""
    with open_desk(visitor, full_app, seat) as served:
        yield f"{served}/admin/campaigns/{campaign}/rehearsal"


@pytest.mark.parametrize("size", SIZES)
def test_the_rehearsal_on_any_screen(
    page: Page, address: str, size: dict[str, int], complaints: Complaints
) -> None:
    """With pictures, tables open, and with mistakes: no finding of axe, nothing wider than the screen."""
    complaints.forgive("422")
    page.set_viewport_size(size)  # type: ignore[arg-type]
    for query in (
        "?lang=en",
        "?lang=fr&fans=100",
        "?lang=en&fans=lots&stock.1=x&closes=2030-01-01T00:00",
    ):
        page.goto(address + query)
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        assert Axe().run(page).response["violations"] == [], query
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], query


def test_the_rehearsal_by_keyboard(page: Page, address: str) -> None:
    """A number is typed, Enter rehearses it, the address holds it, and the tables open without a mouse."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}?lang=en")
    expect(page.locator(".stock-grid").first.locator("svg")).to_have_count(6)
    fans = page.get_by_label("Fans who play")
    fans.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("250")
    page.keyboard.press("Enter")
    page.wait_for_url("**fans=250**")
    expect(page.locator(".assumed")).to_contain_text("250 fans")
    expect(fans).to_have_value("250")
    table = page.locator("section", has=page.locator("#t-endings")).locator("summary")
    table.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Table: When each prize runs out")).to_be_visible()
    with page.expect_download() as download:
        page.locator("section", has=page.locator("#t-cost")).get_by_role("link").focus()
        page.keyboard.press("Enter")
    assert "All prizes" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("link", name="Back to the campaign’s own figures").focus()
    page.keyboard.press("Enter")
    expect(fans).to_have_value("1000")
