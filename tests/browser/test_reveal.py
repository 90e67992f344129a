"""A reveal in a real browser: the picture sharpens, a guess is judged, and nobody sees more than they may."""

import io
import re
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect

from masterapp.brands import assets
from masterapp.db import db
from masterapp.testing.browser import Complaints
from masterapp.testing.factories import (
    Player,
    create_brand,
    create_fan,
    create_game,
    create_prize,
    rows,
)
from masterapp.testing.game_page import OpenGame

LEVELS = [
    {"blocks": 4, "points": 100, "prize": True},
    {"blocks": 8, "crowd": 2, "points": 50, "reward": 5, "hint": {"en": "It shines at night."}},
    {"blocks": 16, "crowd": 100, "points": 10},
]


@pytest.fixture
def club(full_app: Flask) -> UUID:
    """A brand."""
    return create_brand(full_app)


@pytest.fixture
def ada(full_app: Flask, club: UUID) -> Player:
    """A signed-in fan."""
    return create_fan(full_app, club)


def rainbow() -> bytes:
    """A picture in which no two blocks have the same colour."""
    image = Image.radial_gradient("L").resize((320, 240))
    coloured = Image.merge(
        "RGB",
        (image, image.rotate(90), image.transpose(Image.Transpose.TRANSPOSE).resize((320, 240))),
    )
    file = io.BytesIO()
    coloured.save(file, "PNG")
    return file.getvalue()


def found(app: Flask, club: UUID, *, quota: dict[str, Any] | None = None, **more: Any) -> UUID:
    """A reveal of a lighthouse."""
    with app.app_context(), db.transaction():
        picture = str(assets.add(club, "lighthouse.png", rainbow()).id)
    config = {
        "question": "What is it?",
        "picture": picture,
        "answers": [{"text": {"en": "The lighthouse", "fr": "Le phare"}}],
        "found": "It watches over the harbour.",
        "levels": LEVELS,
        **more,
    }
    return create_game(app, club, module="reveal", config=config, quota=quota or {})


def shown(page: Page) -> str:
    """The address of the picture once it has settled."""
    expect(page.locator(".reveal-picture")).to_have_count(1)
    page.wait_for_function("document.querySelector('.reveal-picture').naturalWidth > 0")
    return page.locator(".reveal-picture").get_attribute("src") or ""


def guess(page: Page, words: str) -> None:
    """Type a guess and send it with the keyboard."""
    page.get_by_label("Your answer").fill(words)
    page.keyboard.press("Enter")


def test_found_at_the_second_guess(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """A wrong guess leaves another one; the right one shows the whole picture, earns, wins, and stays found."""
    game = found(full_app, club, guesses=2)
    create_prize(full_app, club, game)
    page = open_game(game, ada)
    blurred = shown(page)
    assert Axe().run(page).response["violations"] == []

    guess(page, "a tower")
    expect(page.locator(".reveal-wrong")).to_contain_text("One guess left")
    assert Axe().run(page).response["violations"] == []
    guess(page, "le phare")

    expect(page.locator(".end")).to_contain_text("You found it!")
    expect(page.locator(".end")).to_contain_text("Shirt")
    assert rows(full_app, "SELECT amount FROM balance") == [(100,)]
    page.reload()
    expect(page.get_by_text("It watches over the harbour.")).to_be_visible()
    assert shown(page) != blurred
    expect(page.locator(".reveal-picture")).to_have_attribute("alt", "The picture: The lighthouse")
    assert Axe().run(page).response["violations"] == []


def test_the_picture_leaves_the_server_in_blocks(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame, complaints: Complaints
) -> None:
    """The picture that is served has no more colours than blocks, and its address opens no sharper one."""
    page = open_game(found(full_app, club), ada)
    address = shown(page)
    served = Image.open(io.BytesIO(page.request.get(page.url.split("/play")[0] + address).body()))
    colours = served.convert("RGB").getcolors(maxcolors=1 << 24)
    assert colours
    assert len(colours) <= 4 * 4
    complaints.forgive("404")
    for place in (-1, -8, -30, -45):
        altered = (
            address[:place]
            + ("A" if address[place] != "A" else "B")
            + address[len(address) + place + 1 :]
        )
        assert page.request.get(page.url.split("/play")[0] + altered).status == 404
    assert "ighthouse" not in page.content()


def test_the_crowd_sharpens_it_for_everybody(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """Looks of several fans bring the next level: a sharper picture, a hint, less to earn, and a reward."""
    game = found(full_app, club)
    page = open_game(game, ada)
    first = shown(page)
    expect(page.get_by_text("Find it now: 100 points")).to_be_visible()
    assert create_fan(full_app, club).play(game, look=True).status_code == 200

    page.get_by_role("button", name="Just help sharpen it").click()
    expect(page.locator(".end")).to_contain_text("Thank you!")
    expect(page.locator(".end")).to_contain_text(re.compile(r"\+\s*5\s*points"))
    page.get_by_role("button", name="See the picture again").click()

    assert shown(page) != first
    expect(page.get_by_text("It shines at night.")).to_be_visible()
    expect(page.get_by_text("Find it now: 50 points")).to_be_visible()
    expect(page.get_by_role("progressbar", name="All together")).to_have_attribute(
        "aria-valuenow", "2"
    )


def test_no_play_left(full_app: Flask, club: UUID, ada: Player, open_game: OpenGame) -> None:
    """After the last attempt the fan still sees the picture and is told to come back."""
    page = open_game(found(full_app, club, quota={"per_day": 1}), ada)
    guess(page, "a tower")
    expect(page.locator(".end")).to_contain_text("Not yet")
    page.reload()
    shown(page)
    expect(page.get_by_text("The picture will be sharper when you come back.")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_have_count(0)


def test_on_a_small_phone(full_app: Flask, club: UUID, ada: Player, open_game: OpenGame) -> None:
    """The picture and the guess are on the screen together, with targets for fingers."""
    page = open_game(found(full_app, club), ada, width=360, height=740)
    shown(page)
    for name in ("Try this answer", "Just help sharpen it"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 740
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
