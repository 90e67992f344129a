"""The offers at the desk in a real browser: accessible on any screen, and a list of codes imported in sight."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from masterapp.testing.browser import Complaints
from masterapp.testing.desk import open_desk, take_seat
from masterapp.testing.mail import run_jobs
from masterapp.testing.shop import Shop, add_coupon, add_offer, open_shop

SIZES = [{"width": 390, "height": 844}, {"width": 1280, "height": 900}]


@pytest.fixture
def shop(full_app: Flask) -> Shop:
    """A brand with two stores."""
    return open_shop(full_app)


@pytest.fixture
def address(visitor: BrowserContext, full_app: Flask, shop: Shop) -> Iterator[str]:
    """The desk, served to its signed-in marketer."""
    with open_desk(visitor, full_app, take_seat(full_app, shop.brand)) as served:
        yield f"{served}/admin/offers"


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_offers(
    page: Page, full_app: Flask, shop: Shop, address: str, size: dict[str, int]
) -> None:
    """The empty list, the list, a new offer and one with figures: no finding of axe, nothing wider than the screen."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(address)
    assert Axe().run(page).response["violations"] == []
    offer = add_offer(full_app, shop, stock=200, issued=1, code_source="imported")
    add_offer(
        full_app, shop, active=False, label={"en": "Two drinks for one", "fr": "Deux pour un"}
    )
    add_coupon(full_app, shop, offer)
    for path in ("", "/new", f"/{offer}"):
        page.goto(address + path)
        assert Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_list_is_imported_in_sight(
    page: Page, full_app: Flask, shop: Shop, address: str, tmp_path: Path
) -> None:
    """A chosen file goes up, its import is followed to the end, and the lines left out can be downloaded."""
    offer = add_offer(full_app, shop, code_source="imported")
    file = tmp_path / "codes.csv"
    file.write_text("code\nABCD-1\nABCD-2\nABCD-2\n")
    page.goto(f"{address}/{offer}")
    page.set_input_files("[data-file]", file)
    expect(page.locator("[data-imports]")).to_contain_text("Waiting for its turn…")
    run_jobs(full_app)
    expect(page.locator("[data-imports]")).to_contain_text("2 codes imported, 1 line left out")
    expect(page.locator("#codes .badge")).to_have_text("2 codes free")
    assert Axe().run(page).response["violations"] == []
    with page.expect_download() as download:
        page.click("text=Download the lines left out")
    assert "ABCD-2" in download.value.path().read_text()


def test_an_offer_is_made_by_hand(page: Page, address: str, complaints: Complaints) -> None:
    """A marketer fills the form, is told what is missing, corrects it, and sees the offer."""
    complaints.forgive("422")
    page.goto(f"{address}/new")
    page.fill("[name=stock]", "lots")
    page.click("text=Save")
    expect(page.locator("[role=alert]").first).to_be_visible()
    expect(page.locator("[name=stock]")).to_have_value("lots")
    page.fill("[name='label.fr']", "10 € de remise")
    page.fill("[name='label.en']", "€10 off")
    page.fill("[name=stock]", "500")
    page.click("text=Save")
    expect(page.locator("h1")).to_have_text("€10 off")
