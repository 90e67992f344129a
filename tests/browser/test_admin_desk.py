"""The desk in a real browser: from nothing to a published campaign, by keyboard and mouse, without a complaint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from masterapp.campaigns import games, service
from masterapp.db import db
from masterapp.testing.browser import Complaints
from masterapp.testing.desk import Seat, open_desk

DESKTOP = {"width": 1280, "height": 800}


@dataclass
class Desk:
    """A browser at the desk."""

    page: Page
    address: str

    def open(self, path: str) -> Page:
        """Open a page of the desk and wait until it is quiet."""
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.fixture
def desk(full_app: Flask, seat: Seat, browser: Browser, complaints: Complaints) -> Iterator[Desk]:
    """A marketer's browser on a desktop; the page may not complain about anything."""
    context: BrowserContext = browser.new_context(
        viewport=DESKTOP, locale="en-GB", reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    context.on("page", complaints.listen)
    with open_desk(context, full_app, seat) as address:
        yield Desk(context.new_page(), address)
        context.close()
    assert complaints.left() == []


def make_draft(app: Flask, seat: Seat, module: str = "quiz") -> tuple[UUID, UUID]:
    """Make a draft campaign from a module's first starter."""
    with app.test_request_context(), db.transaction():
        game = service.create(seat.brand_id, module, None, locale="en", member_id=None)
        return game.campaign_id, game.id


def test_from_nothing_to_a_published_campaign(desk: Desk) -> None:
    """A marketer picks a starter and publishes it after filling in a prize, dates and rules."""
    page = desk.open("/admin/campaigns/")
    page.get_by_role("link", name="Choose a game").click()
    page.get_by_role("button", name=re.compile("Match-day scratch card")).click()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name=re.compile("^Add")).click()
    page.locator("input[name='prizes.0.label.en']").fill("Signed shirt")
    page.locator("input[name='prizes.0.stock']").fill("10")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("Begins").fill("2030-03-01T09:00")
    page.get_by_label("Ends").fill("2030-03-31T23:59")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Begin with a model").click()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", name="Everything is ready")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Your campaign is scheduled.")).to_be_visible()
    expect(page.locator("pre").first).to_contain_text("/play/club/campaigns/")


def test_the_check_list_leads_to_what_is_missing(desk: Desk, full_app: Flask, seat: Seat) -> None:
    """A draft that lacks something cannot be published, and each line leads to its cure."""
    campaign, _game = make_draft(full_app, seat)
    page = desk.open(f"/admin/campaigns/{campaign}/publish")
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    page.get_by_role("link", name=re.compile("Choose when the campaign begins")).click()
    expect(page).to_have_url(re.compile("/dates$"))


def test_the_preview_plays_what_the_form_says(desk: Desk, full_app: Flask, seat: Seat) -> None:
    """What is typed shows in the phone, a move can be made there, and nothing is recorded."""
    _campaign, game = make_draft(full_app, seat, "instant_win")
    page = desk.open(f"/admin/games/{game}/content")
    phone = page.frame_locator("[data-preview-frame]")
    page.locator("input[name='title.en']").fill("Scratch for the cup")
    expect(phone.get_by_text("Scratch for the cup").first).to_be_visible()
    page.get_by_label("The next try wins").check()
    phone.locator("button:not([disabled])").last.click()
    expect(phone.locator("#stage[data-state=end]")).to_be_visible(timeout=15_000)
    with full_app.app_context():
        assert db.driver.execute("SELECT count(*) FROM play").fetchone() == (0,)


def test_rows_by_keyboard(desk: Desk, full_app: Flask, seat: Seat) -> None:
    """Rows are added, moved, removed and brought back with the keyboard alone, and saved in their order."""
    _campaign, game = make_draft(full_app, seat, "quiz")
    page = desk.open(f"/admin/games/{game}/content")
    rows = page.locator("[data-rows=questions] > [data-list] > li")
    first, count = rows.first.inner_text(), rows.count()
    rows.first.locator("[data-down]").press("Enter")
    assert rows.nth(1).inner_text().split()[1:] == first.split()[1:]
    rows.nth(1).locator("[data-remove]").press("Enter")
    expect(rows).to_have_count(count - 1)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(rows).to_have_count(count)
    rows.first.locator("[data-open]").press("Enter")
    page.locator("textarea[name$='.text.en']").first.fill("Who wears number nine?")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    with full_app.app_context():
        config = games.version(games.find(seat.brand_id, game)).config
    assert config["questions"][0]["text"]["en"] == "Who wears number nine?"
    assert len(config["questions"]) == count


def test_the_palette_opens_with_a_slash(desk: Desk) -> None:
    """The slash key opens the search, and Enter goes to the best hit."""
    page = desk.open("/admin/brand/")
    page.keyboard.press("/")
    page.keyboard.type("stor")
    expect(page.get_by_role("option", name=re.compile("Stores"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/admin/stores/$"))


def test_the_theme_editor_shows_what_it_changes(desk: Desk) -> None:
    """A pale accent is tried in the phone, its contrast is remarked on, and saving keeps it."""
    page = desk.open("/admin/brand/")
    page.get_by_label("Accent", exact=True).fill("#ffe14d")
    expect(page.get_by_text("dark text").first).to_be_visible()
    page.get_by_role("button", name="Save the theme").click()
    expect(page.get_by_text("The theme is saved")).to_be_visible()


PATHS = (
    "/admin/campaigns/",
    "/admin/campaigns/new",
    "/admin/campaigns/{campaign}/",
    "/admin/campaigns/{campaign}/dates",
    "/admin/campaigns/{campaign}/rules",
    "/admin/campaigns/{campaign}/publish",
    "/admin/campaigns/{campaign}/share",
    "/admin/games/{game}/content",
    "/admin/games/{game}/prizes",
    "/admin/pictures/",
    "/admin/brand/",
    "/admin/stores/",
    "/admin/stores/new",
    "/admin/audit/",
)


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_every_page_is_accessible_and_fits(
    desk: Desk, full_app: Flask, seat: Seat, size: tuple[int, int]
) -> None:
    """axe finds nothing on any page of the desk, and no page scrolls sideways."""
    campaign, game = make_draft(full_app, seat, "instant_win")
    desk.page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in PATHS:
        page = desk.open(path.format(campaign=campaign, game=game))
        found = Axe().run(page).response["violations"]
        assert not found, (path, [(one["id"], one["nodes"][0]["target"]) for one in found])
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
