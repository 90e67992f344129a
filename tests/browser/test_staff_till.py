"""The till in a real browser: camera, hand scanner, typed code, and the verdict that fills the screen."""

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect

from masterapp.coupons import codes
from masterapp.db import now
from masterapp.testing.browser import ARGUMENTS, Complaints, serve
from masterapp.testing.chromium import find_chromium
from masterapp.testing.patience import patient
from masterapp.testing.shop import Shop, add_coupon, add_offer, open_shop
from masterapp.testing.till import PHONE, TABLET, open_till, scan_by_hand, uses, verdict


@pytest.fixture
def shop(app: Flask) -> Shop:
    """A brand with stores, staff and a fan."""
    return open_shop(app)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application, served."""
    with serve(app) as served:
        yield served


def test_typed_code_to_redemption_and_undo(
    visitor: BrowserContext, app: Flask, shop: Shop, address: str, clean_database: str
) -> None:
    """A typed code is valid, used with one button, and taken back with a reason; it is valid again afterwards."""
    code = add_coupon(app, shop, add_offer(app, shop))
    page = open_till(visitor, app, shop, address)
    page.fill("#typed-code", code[:5].lower())
    page.locator("#typed-code").press_sequentially(code[5:].lower().replace("-", " "))
    page.press("#typed-code", "Enter")
    verdict(page, "valid")
    expect(page.locator("#verdict-note")).to_have_text("Déduire 10 € du panier")
    page.click("#verdict-main")
    verdict(page, "redeemed")
    expect(page.locator("#verdict-second")).to_contain_text("4:5")
    page.click("#verdict-second")
    page.click("#undo-send")
    expect(page.locator("#undo-error")).to_be_visible()
    page.check("input[name=reason] >> nth=0")
    page.click("#undo-send")
    expect(page.locator("#verdict")).to_be_hidden()
    expect(page.locator("#recent li")).to_have_count(1)
    assert [stands for stands, _ in uses(clean_database)] == [False]
    page.click("#recent button")
    verdict(page, "valid")


def test_a_hand_scanner_needs_no_focus(
    visitor: BrowserContext, app: Flask, shop: Shop, address: str, clean_database: str
) -> None:
    """A scan is caught wherever the focus is; the Enter that ends it never presses the button in focus."""
    offer = add_offer(app, shop)
    first, second = add_coupon(app, shop, offer), add_coupon(app, shop, offer)
    page = open_till(visitor, app, shop, address)
    page.locator("#main").focus()
    scan_by_hand(page, f"{address}/c/{shop.slug}/{first}")
    verdict(page, "valid")
    expect(page.locator("#verdict-code")).to_have_text(first)
    expect(page.locator("#verdict-main")).to_be_focused()
    scan_by_hand(page, second)
    expect(page.locator("#verdict-code")).to_have_text(second)
    verdict(page, "valid")
    assert uses(clean_database) == []
    page.wait_for_timeout(100)
    page.keyboard.press("Enter")
    verdict(page, "redeemed")
    assert len(uses(clean_database)) == 1


def test_a_scanner_with_the_wrong_keyboard(
    visitor: BrowserContext, app: Flask, shop: Shop, address: str
) -> None:
    """A scanner set to an American keyboard on a French computer still finds its code, by the places of the keys."""
    code = add_coupon(app, shop, add_offer(app, shop))
    page = open_till(visitor, app, shop, address)
    french = dict(zip("QWAZM1234567890-", "AZQW?&é\"'(-è_çà)", strict=True))
    page.evaluate(
        """keys => {
          for (const [key, code] of keys)
            document.body.dispatchEvent(new KeyboardEvent("keydown", {key, code, bubbles: true}));
        }""",
        [
            [
                french.get(letter, letter),
                "Minus" if letter == "-" else f"{'Digit' if letter.isdigit() else 'Key'}{letter}",
            ]
            for letter in code
        ]
        + [["Enter", "Enter"]],
    )
    verdict(page, "valid")
    expect(page.locator("#verdict-code")).to_have_text(code)


@pytest.mark.parametrize("word", ["already_used", "expired", "wrong_store", "unknown", "mistyped"])
def test_every_refusal_has_its_own_screen(
    visitor: BrowserContext,
    app: Flask,
    shop: Shop,
    address: str,
    word: str,
) -> None:
    """Each verdict has its colour, icon and words, one button, and no finding of axe."""
    options = {"expired": {"valid_until": now()}}.get(word, {})
    stores = [str(shop.stores[1])] if word == "wrong_store" else []
    code = add_coupon(app, shop, add_offer(app, shop, store_ids=stores), **options)
    page = open_till(visitor, app, shop, address)
    if word == "already_used":
        scan_by_hand(page, code)
        page.click("#verdict-main")
        verdict(page, "redeemed")
        page.click("#verdict-main")
    if word == "unknown":
        code = codes.new_code()
    if word == "mistyped":
        code = code[:-1] + ("A" if code[-1] != "A" else "B")
    scan_by_hand(page, code)
    verdict(page, word)
    expect(page.locator("#verdict-icon svg")).to_be_visible()
    expect(page.locator("#verdict-message")).not_to_be_empty()
    assert Axe().run(page).response["violations"] == []
    page.click("#verdict-main")
    expect(page.locator("#verdict")).to_be_hidden()


def test_a_manager_chooses_the_store(
    visitor: BrowserContext, app: Flask, shop: Shop, address: str
) -> None:
    """A person of several stores says once in which one they are; the device remembers it."""
    page = open_till(visitor, app, shop, address, member="manager")
    expect(page.locator("#stores")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#stores")).to_be_visible()
    page.click(f"[data-store='{shop.stores[1]}']")
    expect(page.locator("#store-name")).to_have_text("Stade Sport Nantes")
    page.reload()
    expect(page.locator("#store-name")).to_have_text("Stade Sport Nantes")
    expect(page.locator("#stores")).to_be_hidden()


def test_the_phones_own_camera_leads_here(
    visitor: BrowserContext, app: Flask, shop: Shop, address: str
) -> None:
    """Staff who scan a coupon with the phone's own camera land on its verdict."""
    code = add_coupon(app, shop, add_offer(app, shop))
    page = open_till(visitor, app, shop, address)
    page.goto(f"{address}/c/{shop.slug}/{code}")
    verdict(page, "valid")
    assert "code=" not in page.url


@pytest.mark.parametrize("size", [PHONE, TABLET])
def test_the_scanner_page(
    visitor: BrowserContext, app: Flask, shop: Shop, address: str, size: ViewportSize
) -> None:
    """The page fits the screen without scrolling, is dark, has targets of 44 pixels, and no finding of axe."""
    page = open_till(visitor, app, shop, address)
    page.set_viewport_size(size)
    expect(page.locator("#camera-reason")).not_to_be_empty()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.evaluate("document.documentElement.scrollHeight") <= size["height"]
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, input, summary")]
          .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
          .map((one) => one.outerHTML)"""
    )
    assert small == []


# The camera


@pytest.fixture
def filmed(app: Flask, shop: Shop, address: str, tmp_path: Path) -> tuple[str, Path]:
    """A good coupon's code, and a film in which its QR is held in front of the camera."""
    code = add_coupon(app, shop, add_offer(app, shop))
    film = tmp_path / "coupon.mjpeg"
    film.write_bytes(frame(f"{address}/c/{shop.slug}/{code}") * 30)
    return code, film


def frame(text: str) -> bytes:
    """One picture of a QR in a hand-held distance, as a JPEG."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=8, border=4)
    scene = Image.new("RGB", (640, 480), (96, 99, 104))
    qr = Image.open(drawn).convert("RGB").resize((300, 300))
    scene.paste(qr.rotate(7, fillcolor=(96, 99, 104), expand=True), (150, 70))
    jpeg = io.BytesIO()
    scene.save(jpeg, "JPEG", quality=85)
    return jpeg.getvalue()


@pytest.fixture
def camera_context(
    browser: Browser, pytestconfig: pytest.Config, filmed: tuple[str, Path], complaints: Complaints
) -> Iterator[BrowserContext]:
    """A browser whose camera shows the film."""
    chromium = find_chromium(pytestconfig.rootpath)
    assert chromium
    with browser.browser_type.launch(
        executable_path=chromium.program,
        args=[
            *ARGUMENTS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={filmed[1]}",
        ],
    ) as with_camera:
        context = with_camera.new_context(locale="fr-FR", permissions=["camera"])
        context.set_default_timeout(20_000)
        context.on("page", complaints.listen)
        yield context
        context.close()
    assert complaints.left() == []


def test_the_camera_reads_a_coupon(
    camera_context: BrowserContext,
    app: Flask,
    shop: Shop,
    address: str,
    filmed: tuple[str, Path],
    clean_database: str,
) -> None:
    """A QR held in front of the camera is read on the device, judged and used, without a policy violation."""
    page = open_till(camera_context, app, shop, address)
    verdict(page, "valid")
    expect(page.locator("#verdict-code")).to_have_text(filmed[0])
    page.click("#verdict-main")
    verdict(page, "redeemed")
    assert len(uses(clean_database)) == 1


def test_a_verdict_is_quick(visitor: BrowserContext, app: Flask, shop: Shop, address: str) -> None:
    """From the scanner's Enter to the full-screen verdict less than half a second passes."""
    offer = add_offer(app, shop)
    page = open_till(visitor, app, shop, address)
    scan_by_hand(page, add_coupon(app, shop, offer))
    verdict(page, "valid")
    page.keyboard.press("Escape")
    code = add_coupon(app, shop, offer)
    page.keyboard.type(code)
    start = time.perf_counter()
    page.keyboard.press("Enter")
    page.wait_for_selector("#verdict[open][data-word=valid]")
    assert time.perf_counter() - start < patient(0.5)
