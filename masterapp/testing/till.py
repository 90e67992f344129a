"""The till in tests: a browser in which a member is signed in, a hand scanner, and what the database says."""

from __future__ import annotations

import psycopg
from flask import Flask
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from masterapp.testing.shop import Shop, staff_client

PHONE = ViewportSize(width=360, height=740)
TABLET = ViewportSize(width=1024, height=768)


def open_till(
    context: BrowserContext, app: Flask, shop: Shop, address: str, *, member: str = "cashier"
) -> Page:
    """Sign a member in and open the till."""
    client = staff_client(app, shop.brand, getattr(shop, member))
    cookie = client.get_cookie("mapp_member")
    assert cookie
    context.add_cookies([{"name": "mapp_member", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/staff/")
    page.wait_for_selector("body[data-state=ready], #stores[open]")
    return page


def scan_by_hand(page: Page, text: str) -> None:
    """Type as a hand scanner does: fast, and ended by Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def verdict(page: Page, word: str) -> None:
    """Wait until the screen is filled with this verdict."""
    expect(page.locator(f"#verdict[open][data-word={word}]")).to_be_visible()


def uses(url: str) -> list[tuple[bool, str]]:
    """The uses in the database: whether each stands, and its key."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT undone_at IS NULL, key FROM redemption ORDER BY created_at"
        ).fetchall()
