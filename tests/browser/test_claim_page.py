"""The claim of a prize in a real browser: on a small phone, with the keyboard alone, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from masterapp.testing import winners as after
from masterapp.testing.browser import Complaints
from masterapp.testing.club import Club
from masterapp.testing.draws import Clock
from masterapp.testing.factories import rows

WORDS = {
    "fr": {
        "claim": "Demander mon lot",
        "fix": "Certains champs sont à corriger",
        "first": "Prénom",
        "claimed": "Demandé",
        "give_up": "Je ne veux pas de ce lot…",
        "sure": "Oui, j’y renonce",
        "gone": "Vous avez renoncé à ce lot",
    },
    "en": {
        "claim": "Claim my prize",
        "fix": "Some fields need a correction",
        "first": "First name",
        "claimed": "Claimed",
        "give_up": "I do not want this prize…",
        "sure": "Yes, give it up",
        "gone": "You have given this prize up",
    },
}
#: What is typed into the form from its first field on, with Tab between.
TYPED = ("Zoé", "Martin", "3 rue des Lilas", "", "69 003", "Lyon")


def accessible(page: Page) -> None:
    """Hold the page to axe and to the width of the phone."""
    found = Axe().run(page).response["violations"]
    assert [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_a_winner_claims_with_the_keyboard_on_a_small_phone(
    club: Club, clock: Clock, page: Page, complaints: Complaints, locale: str
) -> None:
    """An empty form says what is missing at each field; a filled one claims, shows the way, and can be corrected."""
    complaints.forgive("422 (UNPROCESSABLE")
    words = WORDS[locale]
    draw, fans = after.hold_and_tell(club.app, club.brand_id, club.games["scratch"], clock)
    winner = after.place(club.app, club.brand_id, draw)
    club.sign_in(page, fans[winner.fan_id])
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"{club.home}me/wins/{winner.id}?lang={locale}")
    accessible(page)
    page.get_by_role("button", name=words["claim"]).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(words["fix"])
    expect(page.get_by_label(words["first"], exact=True).first).to_be_focused()
    accessible(page)
    expect(page.locator("[aria-invalid=true]")).to_have_count(6)

    for text in TYPED:
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.locator("[data-preview=full]")).to_have_text("Zoé M., 69")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(".win-way .done").last).to_contain_text(words["claimed"])
    accessible(page)
    kept = after.place(club.app, club.brand_id, draw)
    assert (kept.state, kept.label) == ("claimed", "Zoé M., 69")
    assert (kept.address or {})["postcode"] == "69003"
    page.locator("a[href*='correct']").click()
    expect(page.locator("#field-line")).to_have_value("3 rue des Lilas")
    expect(page.locator("#style-full")).to_be_checked()
    page.goto(f"{club.home}me")
    expect(page.locator(f"a[href$='{winner.id}']")).to_be_visible()
    accessible(page)


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_a_winner_gives_the_prize_up_after_being_asked_once_more(
    club: Club, clock: Clock, page: Page, locale: str
) -> None:
    """Two taps give the prize up; the page then says so and asks for nothing."""
    words = WORDS[locale]
    draw, fans = after.hold_and_tell(club.app, club.brand_id, club.games["scratch"], clock)
    winner = after.place(club.app, club.brand_id, draw)
    club.sign_in(page, fans[winner.fan_id])
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"{club.home}me/wins/{winner.id}?lang={locale}")
    page.get_by_role("link", name=words["give_up"]).click()
    accessible(page)
    page.get_by_role("button", name=words["sure"]).click()
    expect(page.get_by_text(words["gone"])).to_be_visible()
    expect(page.get_by_role("button", name=words["claim"])).to_have_count(0)
    accessible(page)
    reasons: list[Any] = rows(club.app, "SELECT payload ->> 'reason' FROM proposal")
    assert reasons == [("DECLINED",)]
