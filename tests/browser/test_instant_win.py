"""An instant win in a real browser: scratched, spun or sat in, by finger and by keyboard, with the truth on screen."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from masterapp.testing.browser import PATIENCE, PHONE, Complaints
from masterapp.testing.factories import (
    Player,
    create_brand,
    create_fan,
    create_game,
    create_prize,
    rows,
)
from masterapp.testing.game_page import OpenGame

CONFIGS: dict[str, dict[str, Any]] = {
    "scratch": {"skin": "scratch", "title": {"en": "The card"}},
    "wheel": {
        "skin": "wheel",
        "title": {"en": "The wheel"},
        "segments": [
            {"label": {"en": label}, "wins": label == "Prize"}
            for label in ("Prize", "Nearly", "Next time", "So close")
        ],
    },
    "seat": {
        "skin": "seat",
        "title": {"en": "The seat"},
        "blocks": [{"label": {"en": label}} for label in ("North", "East", "South", "West")],
        "seat_rows": 12,
        "seats_per_row": 16,
    },
}
SKINS = tuple(CONFIGS)
#: A wheel that turns on a busy machine takes its time.
MOTION = 20_000


@pytest.fixture
def club(full_app: Flask) -> UUID:
    """A brand."""
    return create_brand(full_app)


@pytest.fixture
def ada(full_app: Flask, club: UUID) -> Player:
    """A signed-in fan."""
    return create_fan(full_app, club)


@pytest.fixture
def lively(browser: Browser, complaints: Complaints) -> Iterator[BrowserContext]:
    """A phone whose owner likes movement."""
    context = browser.new_context(**PHONE, locale="fr-FR", reduced_motion="no-preference")
    context.set_default_timeout(PATIENCE)
    context.on("page", complaints.listen)
    yield context
    context.close()


def found(app: Flask, club: UUID, skin: str, *, prizes: int = 0, once: bool = False) -> UUID:
    """A game with this skin, whose next attempts win as many prizes."""
    game = create_game(
        app,
        club,
        module="instant_win",
        config={**CONFIGS[skin], "consolation": 5},
        quota={"per_campaign": 1} if once else {},
    )
    if prizes:
        create_prize(app, club, game, stock=prizes)
    return game


def press(page: Page, skin: str) -> None:
    """Play with the keyboard alone."""
    if skin == "seat":
        page.get_by_label("Block", exact=True).select_option("South")
        page.get_by_label("Row", exact=True).fill("12")
        page.get_by_label("Seat", exact=True).fill("16")
    name = {"scratch": "Reveal", "wheel": "Spin", "seat": "Is it golden?"}[skin]
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


def ended(page: Page, words: str) -> None:
    """Wait for the end screen with these words."""
    expect(page.locator(".end")).to_contain_text(words, timeout=MOTION)


@pytest.mark.parametrize("skin", SKINS)
def test_the_keyboard_wins_what_the_finger_wins(
    skin: str, full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """Without a pointer and without movement, a due moment is won, shown, and shown again after a reload."""
    page = open_game(found(full_app, club, skin, prizes=1, once=True), ada)
    assert Axe().run(page).response["violations"] == []

    press(page, skin)

    ended(page, "Shirt")
    assert rows(full_app, "SELECT count(*) FROM prize_grant")[0][0] == 1
    page.reload()
    ended(page, "Shirt")


@pytest.mark.parametrize("skin", SKINS)
def test_a_loss_gives_the_consolation_and_says_so(
    skin: str, full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """Without a due moment the fan gets the points, kind words, and the same screen after a reload."""
    page = open_game(found(full_app, club, skin, once=True), ada)

    press(page, skin)

    ended(page, "Not this time.")
    expect(page.locator(".end-points-earned strong")).to_have_text("5")
    page.reload()
    ended(page, "Not this time.")
    ended(page, "+5 points")
    assert rows(full_app, "SELECT amount FROM balance") == [(5,)]


def test_a_card_is_scratched_with_the_finger(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame, lively: BrowserContext
) -> None:
    """Rubbing the foil plays once, shows the prize under it, and ends when enough is off."""
    game = found(full_app, club, "scratch", prizes=3)
    page = open_game(game, ada, context=lively)
    foil = page.locator(".instant_win-foil").bounding_box()
    assert foil

    def rub(first: int, last: int) -> None:
        for line in range(first, last):
            x = foil["x"] + (foil["width"] - 8 if line % 2 == 0 else 8)
            page.mouse.move(x, foil["y"] + 8 + line * 16, steps=3)

    page.mouse.move(foil["x"] + 10, foil["y"] + 10)
    page.mouse.down()
    rub(0, 3)
    expect(page.locator(".instant_win-under")).to_contain_text("Shirt")
    rub(3, int(foil["height"] // 16))
    page.mouse.up()

    ended(page, "Shirt")
    assert rows(full_app, "SELECT count(*) FROM play")[0][0] == 1


def test_a_touch_that_does_not_rub_plays_nothing(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """A tap on the foil, as when scrolling past, does not use the attempt."""
    page = open_game(found(full_app, club, "scratch"), ada)

    page.locator(".instant_win-foil").click()

    expect(page.get_by_role("button", name="Reveal")).to_be_enabled()
    assert rows(full_app, "SELECT count(*) FROM play")[0][0] == 0


def test_a_refused_move_lays_the_foil_again(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame, complaints: Complaints
) -> None:
    """When the server says no, the fan is told and the card is whole again."""
    complaints.forgive("422")
    page = open_game(found(full_app, club, "scratch"), ada)
    no = {"code": "invalid_move", "message": "Not here.", "facts": {}, "fields": {}}
    page.route("**/plays", lambda route: route.fulfill(status=422, json=no))

    page.get_by_role("button", name="Reveal").click()

    expect(page.locator(".toast")).to_contain_text("Not here.")
    expect(page.get_by_role("button", name="Reveal")).to_be_enabled()
    expect(page.locator(".instant_win-window.cleared")).to_have_count(0)


@pytest.mark.parametrize("wins", [True, False])
def test_the_wheel_stops_on_the_truth(
    wins: bool,
    full_app: Flask,
    club: UUID,
    ada: Player,
    open_game: OpenGame,
    lively: BrowserContext,
) -> None:
    """Spun with movement, the pointer rests inside the segment that says what happened."""
    page = open_game(found(full_app, club, "wheel", prizes=int(wins)), ada, context=lively)
    page.get_by_role("button", name="Spin").click()

    landed = page.locator(".instant_win-slice.landed")
    expect(landed).to_have_count(1, timeout=MOTION)
    expect(landed).to_have_class(re.compile(r"\bwins\b" if wins else r"\b(plain|tinted)\b"))
    if wins:
        expect(landed).to_have_text("Shirt")
    under_pointer = page.evaluate(
        """() => {
            const wheel = document.querySelector(".instant_win-wheel").getBoundingClientRect();
            const [x, y] = [wheel.x + wheel.width / 2, wheel.y + wheel.height * 0.25];
            const hit = document.elementsFromPoint(x, y).find((one) => one.matches(".instant_win-slice path"));
            return hit.parentNode.classList.contains("landed");
        }"""
    )
    assert under_pointer
    ended(page, "Shirt" if wins else "Not this time.")


def test_the_wheel_can_be_thrown(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame, lively: BrowserContext
) -> None:
    """A quick drag along the rim spins the wheel; a slow one only turns it."""
    page = open_game(found(full_app, club, "wheel"), ada, context=lively)
    wheel = page.locator(".instant_win-wheel").bounding_box()
    assert wheel
    middle = (wheel["x"] + wheel["width"] / 2, wheel["y"] + wheel["height"] / 2)

    page.mouse.move(middle[0] - 90, middle[1])
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] - 90, steps=3)
    page.wait_for_timeout(300)
    page.mouse.up()
    expect(page.get_by_role("button", name="Spin")).to_be_enabled()

    page.mouse.move(middle[0] - 90, middle[1])
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] - 90, steps=3)
    page.mouse.move(middle[0] + 90, middle[1], steps=3)
    page.mouse.up()
    expect(page.get_by_role("button", name="Spin")).to_be_disabled()
    ended(page, "Not this time.")


def test_a_seat_is_picked_on_the_plan(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """A tap on a block opens its stand, a tap on a seat fills the form, and the move names that seat."""
    page = open_game(found(full_app, club, "seat"), ada)

    page.locator(".instant_win-block", has_text="East").click()
    page.locator(".instant_win-seat").filter(has_text=re.compile("^9$")).nth(9).click()
    row, seat = (page.get_by_label(name, exact=True) for name in ("Row", "Seat"))
    expect(seat).to_have_value("9")
    expect(row).to_have_value("3")
    page.get_by_role("button", name="Is it golden?").click()

    ended(page, "Not this time.")
    assert rows(full_app, "SELECT input -> 'choice' FROM move") == [
        ({"block": 2, "row": 3, "seat": 9},)
    ]


def test_no_seat_outside_the_stadium_can_be_sent(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """A row that does not exist is told at its field, and the attempt is not used."""
    page = open_game(found(full_app, club, "seat"), ada)
    page.get_by_label("Block", exact=True).select_option("North")
    page.get_by_label("Row", exact=True).fill("13")
    page.get_by_label("Seat", exact=True).fill("1")

    page.get_by_role("button", name="Is it golden?").click()

    expect(page.locator("#instant_win-row:invalid")).to_be_focused()
    assert rows(full_app, "SELECT count(*) FROM play")[0][0] == 0


@pytest.mark.parametrize("skin", SKINS)
def test_nothing_is_wider_than_the_smallest_phone(
    skin: str, full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """At 320 pixels nothing overflows, and every control can be hit with a thumb."""
    page = open_game(found(full_app, club, skin), ada, width=320, height=640)
    page.wait_for_selector(".instant_win-stage .button.primary")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for control in page.locator("#stage :is(button, input, select):visible").all():
        box = control.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["width"] >= 44
