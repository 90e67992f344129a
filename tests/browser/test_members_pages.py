"""The door of desk and till, the team's pages and the demo's mailbox in a real browser: accessible on any screen."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from masterapp.brands.models import Brand
from masterapp.db import db, now
from masterapp.identity import service
from masterapp.testing.browser import Complaints, serve
from masterapp.testing.factories import create_brand
from masterapp.testing.mail import open_mailbox, run_jobs
from masterapp.testing.team import PASSWORD, create_member, create_store

SIZES = [{"width": 390, "height": 844}, {"width": 1280, "height": 900}]


@pytest.fixture
def team(full_app: Flask) -> UUID:
    """A brand with an owner, a cashier and two stores."""
    brand_id = create_brand(full_app, name="Stade & Cie")
    stores = [create_store(full_app, brand_id, name) for name in ("Nantes", "Lyon")]
    create_member(full_app, brand_id)
    create_member(full_app, brand_id, "cashier", stores=(stores[0],))
    return brand_id


@pytest.fixture
def address(full_app: Flask, team: UUID) -> Iterator[str]:
    """Where the application answers, with forms protected as in real life."""
    full_app.config["WTF_CSRF_ENABLED"] = True
    with serve(full_app) as served:
        yield served
    full_app.config["WTF_CSRF_ENABLED"] = False


def enter(page: Page, address: str, email: str = "owner@team.example") -> None:
    """Sign in by hand."""
    page.goto(f"{address}/admin/sign-in?next=/admin/account&lang=en")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator("h1")).to_have_text("My account")


def look(page: Page, where: str) -> None:
    """Axe finds nothing, and nothing is wider than the screen."""
    found = [
        f"{one['id']}: {[node['html'] for node in one['nodes']]}"
        for one in Axe().run(page).response["violations"]
    ]
    assert found == [], where
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_door_and_the_team(
    page: Page, address: str, complaints: Complaints, size: dict[str, int], scheme: str
) -> None:
    """The door, its refusals, the team's pages and one's own account are accessible on phone and desk."""
    complaints.forgive("401")
    complaints.forgive("422")
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in ("/admin/sign-in", "/staff/sign-in", "/admin/password"):
        page.goto(f"{address}{path}?lang=en")
        look(page, path)
    page.goto(f"{address}/admin/sign-in?lang=en")
    page.fill("[name=email]", "owner@team.example")
    page.fill("[name=password]", "wrong")
    page.press("[name=password]", "Enter")
    expect(page.locator("[role=alert]")).to_be_visible()
    look(page, "a wrong password")
    enter(page, address)
    look(page, "account")
    for path in ("/admin/members", "/admin/members/invite", "/admin/account/phone"):
        page.goto(address + path)
        look(page, path)
    page.goto(f"{address}/admin/members")
    page.click("text=Cashier")
    look(page, "a member")
    page.goto(f"{address}/admin/members/invite")
    page.fill("[name=email]", "nonsense")
    page.click("text=Send the invitation")
    expect(page.locator(".error").first).to_be_visible()
    look(page, "a wrong invitation")


def test_a_phone_is_added_and_asked_for(page: Page, address: str, complaints: Complaints) -> None:
    """The owner scans, keeps the recovery codes, signs out, and needs the phone to come back."""
    enter(page, address)
    page.click("text=Add my phone")
    secret = page.inner_text(".secret").replace(" ", "")
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.press("[name=code]", "Enter")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    look(page, "recovery codes")
    page.click("text=I have kept them")
    page.goto(f"{address}/admin/members")
    page.context.clear_cookies()
    page.goto(f"{address}/admin/sign-in?lang=en")
    page.fill("[name=email]", "owner@team.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator("h1")).to_have_text("Code of your phone")
    look(page, "the second step")


def test_a_cashier_lands_at_the_till(page: Page, address: str) -> None:
    """The door of the till leads straight to the scanner, and the account page leads back to it."""
    page.goto(f"{address}/staff/sign-in?lang=en")
    page.fill("[name=email]", "cashier@team.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/staff/")
    page.goto(f"{address}/admin/account")
    look(page, "the cashier's account")
    page.click("text=Back")
    page.wait_for_url("**/staff/")


def test_the_mailbox_of_the_demo(
    page: Page, full_app: Flask, team: UUID, address: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Empty, with letters, and one letter: accessible, with the code in sight."""
    with open_mailbox(full_app, tmp_path_factory.mktemp("mail")) as box:
        settings = full_app.config["SETTINGS"]
        full_app.config["SETTINGS"] = replace(settings, demo=True, mail_sink=str(box.folder))
        try:
            page.goto(f"{address}/demo/mail?lang=en")
            look(page, "an empty mailbox")
            with full_app.app_context(), db.transaction() as session:
                brand = session.get(Brand, team)
                assert brand is not None
                service.request_code(brand, "ada@example.org", locale="en", at=now())
            run_jobs(full_app)
            page.click("text=Look again")
            expect(page.locator(".demo-code")).to_have_text(box.code_for("ada@example.org"))
            look(page, "a mailbox")
            page.click(".demo-letters a")
            look(page, "a letter")
        finally:
            full_app.config["SETTINGS"] = settings
