"""A coupon in a real browser: taken with one tap, shown with its QR, copied, and there again after a reload."""

from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from masterapp.testing.browser import Complaints
from masterapp.testing.factories import (
    Player,
    create_brand,
    create_fan,
    create_game,
    create_offer,
    rows,
)
from masterapp.testing.game_page import OpenGame

CONFIG: dict[str, Any] = {
    "title": {"en": "20% off the shirt"},
    "value": {"en": "−20%"},
    "conditions": {"en": "Once, on one shirt."},
    "shops": [{"label": {"en": "I want it now"}, "link": "https://shop.example/shirt"}],
}


@pytest.fixture
def club(full_app: Flask) -> UUID:
    """A brand."""
    return create_brand(full_app)


@pytest.fixture
def ada(full_app: Flask, club: UUID) -> Player:
    """A signed-in fan."""
    return create_fan(full_app, club)


def found(app: Flask, club: UUID, *, claims: int = 1, **offer: Any) -> UUID:
    """A coupon game over an offer."""
    offered = create_offer(app, club, **{"per_fan": claims, **offer})
    config = {**CONFIG, "claims": claims, "offer": str(offered)}
    return create_game(app, club, module="coupon", config=config)


def shows_its_qr(page: Page) -> None:
    """Wait until the QR picture is really there."""
    expect(page.locator(".coupon-voucher-qr")).to_be_visible()
    page.wait_for_function("document.querySelector('.coupon-voucher-qr').naturalWidth > 0")


def test_a_coupon_is_taken_and_found_again(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """One tap gives the code with its QR; a reload shows the very same, and no second one can be taken."""
    page = open_game(found(full_app, club), ada)
    assert Axe().run(page).response["violations"] == []

    page.get_by_role("button", name="Get my coupon").click()

    shows_its_qr(page)
    code = rows(full_app, "SELECT code FROM coupon")[0][0]
    expect(page.locator(".coupon-voucher-code")).to_have_text(code)
    expect(page.get_by_role("button", name="Get my coupon")).to_have_count(0)
    expect(page.locator(".coupon-voucher-back h2")).to_be_focused()
    assert Axe().run(page).response["violations"] == []
    page.reload()
    expect(page.locator(".coupon-voucher-code")).to_have_text(code)
    shows_its_qr(page)


def test_the_code_is_copied(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame, visitor: BrowserContext
) -> None:
    """The button puts the code on the clipboard and says so."""
    visitor.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_game(found(full_app, club), ada)
    page.get_by_role("button", name="Get my coupon").click()

    page.get_by_role("button", name="Copy the code").click()

    expect(page.get_by_role("button", name="Code copied")).to_be_visible()
    code = rows(full_app, "SELECT code FROM coupon")[0][0]
    assert page.evaluate("navigator.clipboard.readText()") == code


def test_as_many_as_allowed(full_app: Flask, club: UUID, ada: Player, open_game: OpenGame) -> None:
    """With two coupons per fan the second shows large, the first below, and there is no third."""
    page = open_game(found(full_app, club, claims=2), ada)

    page.get_by_role("button", name="Get my coupon").click()
    expect(page.get_by_text("You may take one more.")).to_be_visible()
    page.get_by_role("button", name="Get another one").click()

    expect(page.locator(".coupon-voucher-code")).to_have_count(2)
    expect(page.get_by_role("button", name="Get another one")).to_have_count(0)
    assert rows(full_app, "SELECT count(*) FROM coupon")[0][0] == 2


def test_the_last_one_is_gone(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame, complaints: Complaints
) -> None:
    """When the stock is used up the fan is told on a screen of its own, and nothing counts as taken."""
    complaints.forgive("409")
    page = open_game(found(full_app, club, stock=0), ada)

    page.get_by_role("button", name="Get my coupon").click()

    expect(page.locator(".end")).to_contain_text("All gone")
    assert rows(full_app, "SELECT count(*) FROM progress")[0][0] == 0


def test_the_shop_opens_beside_the_page(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """“I want it now” leads to the shop in a new tab that learns nothing of this one."""
    page = open_game(found(full_app, club), ada)
    link = page.get_by_role("link", name="I want it now")

    expect(link).to_have_attribute("href", "https://shop.example/shirt")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener")


def test_nothing_is_wider_than_the_smallest_phone(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """At 320 pixels neither side of the voucher overflows."""
    page = open_game(found(full_app, club), ada, width=320, height=640)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_role("button", name="Get my coupon").click()
    shows_its_qr(page)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
