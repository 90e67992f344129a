"""The desk's winners in a real browser: accessible on a phone and a desk, and a delivery that asks first."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from masterapp.testing import winners as after
from masterapp.testing.club import Club
from masterapp.testing.desk import sign_in_browser, take_seat
from masterapp.testing.draws import Clock

SIZES = {"phone": (360, 780), "desk": (1280, 900)}


def accessible(page: Page) -> None:
    """Hold the page to axe and to the width of the screen."""
    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]
    assert [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("size", SIZES)
def test_the_desk_carries_a_prize_to_its_winner(
    club: Club, clock: Clock, page: Page, size: str
) -> None:
    """Every state is accessible; the last step asks before the address is erased, and what follows says so."""
    width, height = SIZES[size]
    seat = take_seat(club.app, club.brand_id, "owner")
    draw, _fans = after.hold_and_tell(club.app, club.brand_id, club.games["scratch"], clock)
    first, second = (after.place(club.app, club.brand_id, draw, rank=rank) for rank in (1, 2))
    after.claim(club.app, first, clock)
    after.claim(club.app, second, clock)
    after.propose(club.app, second, clock, "DUPLICATE_ACCOUNT", seat.member_id)
    sign_in_browser(page.context, club.app, seat, club.url)
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{club.url}/admin/draws/{draw}/winners")
    accessible(page)
    card: Any = page.locator(f"#w-{first.id}")
    card.locator("input[name=note]").fill("Passport seen by Jo")
    card.locator("button[value=check]").click()
    card.locator("input[name=note]").fill("8X 123")
    card.locator("button[value=send]").click()
    expect(card.locator("button[value=deliver]")).to_be_visible()
    accessible(page)
    card.locator("button[value=deliver]").click()
    page.get_by_role("dialog").locator("button[value=yes]").click()
    expect(card.locator("address")).to_have_count(0)
    assert after.place(club.app, club.brand_id, draw).state == "delivered"
    page.goto(f"{club.url}/admin/draws/{draw}/winners?state=standing_by")
    page.locator("summary").first.click()
    accessible(page)
    fan = club.fan("ada@example.net")
    won = fan.client.post(
        f"/api/v1/games/{club.games['scratch']}/plays",
        json={"key": "one-scratch", "version": 1, "move": {"play": True}},
        headers=fan.headers,
    )
    assert won.json["grants"], won.text
    page.goto(f"{club.url}/admin/winners")
    accessible(page)
    page.locator("a[href$=handing]").click()
    expect(page.locator("button[value=hand_over]")).to_have_count(1)
    accessible(page)
    page.locator("button[value=hand_over]").click()
    expect(page.locator("button[value=hand_over]")).to_have_count(0)
