"""The till on a bad network: nothing is lost, nothing happens twice, and the screen says what is at risk."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Route, expect

from masterapp.testing.browser import Complaints, serve
from masterapp.testing.shop import Shop, add_coupon, add_offer, open_shop, staff_client
from masterapp.testing.till import open_till, scan_by_hand, uses, verdict


@pytest.fixture
def shop(app: Flask) -> Shop:
    """A brand with stores, staff and a fan."""
    return open_shop(app)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application, served."""
    with serve(app) as served:
        yield served


def test_a_use_without_network_is_kept_and_sent_once(
    visitor: BrowserContext,
    app: Flask,
    shop: Shop,
    address: str,
    complaints: Complaints,
    clean_database: str,
) -> None:
    """A use that finds no network turns amber, survives a reload, and reaches the server once when it is back."""
    complaints.forgive("ERR_INTERNET_DISCONNECTED")
    code = add_coupon(app, shop, add_offer(app, shop))
    page = open_till(visitor, app, shop, address)
    scan_by_hand(page, code)
    verdict(page, "valid")
    visitor.set_offline(True)
    page.click("#verdict-main")
    verdict(page, "kept")
    expect(page.locator("#kept")).to_contain_text("1")
    assert uses(clean_database) == []
    visitor.set_offline(False)
    verdict(page, "redeemed")
    expect(page.locator("#kept")).to_be_hidden()
    assert [stands for stands, _ in uses(clean_database)] == [True]


def test_a_lost_answer_does_not_use_twice(
    visitor: BrowserContext,
    app: Flask,
    shop: Shop,
    address: str,
    complaints: Complaints,
    clean_database: str,
) -> None:
    """When the use arrives but its answer is lost, the retry with the same key ends in the same single use."""
    complaints.forgive("ERR_FAILED")
    code = add_coupon(app, shop, add_offer(app, shop))
    page = open_till(visitor, app, shop, address)
    scan_by_hand(page, code)
    verdict(page, "valid")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/staff/redemptions", lose_the_answer, times=1)
    page.click("#verdict-main")
    verdict(page, "kept")
    assert len(uses(clean_database)) == 1
    verdict(page, "redeemed")
    assert len(uses(clean_database)) == 1


def test_a_conflict_is_reported(
    visitor: BrowserContext,
    app: Flask,
    shop: Shop,
    address: str,
    complaints: Complaints,
    clean_database: str,
) -> None:
    """When somebody else used the coupon in the meantime, the kept use comes back as a conflict in red."""
    complaints.forgive("ERR_INTERNET_DISCONNECTED")
    complaints.forgive("409")
    code = add_coupon(app, shop, add_offer(app, shop))
    page = open_till(visitor, app, shop, address)
    scan_by_hand(page, code)
    verdict(page, "valid")
    visitor.set_offline(True)
    page.click("#verdict-main")
    verdict(page, "kept")
    elsewhere = staff_client(app, shop.brand, shop.manager)
    body = {"code": code, "store": str(shop.stores[1]), "key": "another-till"}
    assert elsewhere.post("/api/v1/staff/redemptions", json=body).status_code == 200
    visitor.set_offline(False)
    verdict(page, "refused")
    expect(page.locator("#verdict-message")).to_contain_text(code)
    assert [key for _, key in uses(clean_database)] == ["another-till"]


def test_a_code_without_network_waits(
    visitor: BrowserContext, app: Flask, shop: Shop, address: str, complaints: Complaints
) -> None:
    """A code that cannot be checked says what it risks, is kept on screen, and is judged when the network is back."""
    complaints.forgive("ERR_INTERNET_DISCONNECTED")
    code = add_coupon(app, shop, add_offer(app, shop))
    page = open_till(visitor, app, shop, address)
    visitor.set_offline(True)
    scan_by_hand(page, code)
    verdict(page, "trouble")
    expect(page.locator("#verdict-code")).to_have_text(code)
    assert Axe().run(page).response["violations"] == []
    visitor.set_offline(False)
    verdict(page, "valid")


def test_the_app_opens_without_a_network(
    visitor: BrowserContext, app: Flask, shop: Shop, address: str, complaints: Complaints
) -> None:
    """Opened without a network, the installed app waits for it, and then opens the till by itself."""
    complaints.forgive("ERR_INTERNET_DISCONNECTED")
    page = open_till(visitor, app, shop, address)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.match('/staff/offline')")
    visitor.set_offline(True)
    page.goto(f"{address}/staff/")
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("[lang=fr]").count() > 0
    visitor.set_offline(False)
    expect(page.locator("#typed-code")).to_be_visible()
