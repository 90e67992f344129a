"""The fan's pages in a real browser: reachable by everybody, light on the phone, and quiet in the console."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from masterapp.coupons import service as coupons
from masterapp.db import db
from masterapp.testing.browser import Complaints
from masterapp.testing.club import Club
from masterapp.testing.factories import create_offer
from masterapp.testing.patience import patient

STRANGER = (
    "",
    "campaigns/season/",
    "campaigns/season/rules",
    "campaigns/season/scratch",
    "sign-in",
    "offline",
)
OF_A_FAN = (
    "",
    "campaigns/season/quiz",
    "me",
    "me/points",
    "me/choices",
    "me/data",
    "me/data/erase",
)
SIZES = {"phone": (360, 740), "desk": (1280, 800)}
#: What one game page may transfer of our own scripts and styles, compressed.
BUDGET = 100_000


def audit(page: Page) -> list[str]:
    """Return what axe finds, one line each."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def look_at(page: Page, address: str) -> None:
    """Open a page, wait until it is at rest, and hold it to what every page must be."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert audit(page) == []
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, f"{address} is {width} px wider than the screen"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_a_stranger_are_accessible(
    club: Club, browser: Browser, complaints: Complaints, size: str, scheme: Any
) -> None:
    """axe finds nothing on any page a stranger sees, on a phone and a desk, in light and in dark."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.on("page", complaints.listen)
    page = context.new_page()
    for path in STRANGER:
        look_at(page, club.home + path)
    context.close()
    assert complaints.left() == []


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_a_fan_are_accessible(
    club: Club, browser: Browser, complaints: Complaints, size: str
) -> None:
    """axe finds nothing in my space, with prizes, coupons and points in it, in English."""
    width, height = SIZES[size]
    player = club.fan("ada@example.org", locale="en")
    assert player.play(club.games["scratch"], play=True).status_code == 200
    offer = create_offer(club.app, club.brand_id, shop_url="https://shop.example/")
    with club.app.test_request_context(), db.transaction():
        coupon = coupons.issue(club.brand_id, offer, player.id)
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    context.on("page", complaints.listen)
    page = context.new_page()
    club.sign_in(page, player)
    for path in (*OF_A_FAN, f"me/coupons/{coupon.id}"):
        look_at(page, club.home + path)
    assert page.get_by_text(coupon.code).is_visible()
    context.close()
    assert complaints.left() == []


def test_a_wrong_address_is_refused_in_the_brand_s_clothes(
    club: Club, page: Page, complaints: Complaints
) -> None:
    """An address that leads nowhere answers 404 on a page of the brand, with a way back."""
    complaints.forgive("404")
    answer = page.goto(f"{club.home}campaigns/nowhere/at-all")
    assert answer is not None
    assert answer.status == 404
    assert page.locator(".topbar").get_by_text("Olympe FC").is_visible()
    assert audit(page) == []
    page.get_by_role("link", name="Retour aux jeux").click()
    assert page.url == club.home


def test_the_language_is_chosen_and_remembered(club: Club, page: Page) -> None:
    """A French browser gets French; who chooses English keeps it on the next page."""
    page.goto(club.home)
    assert page.locator("h1").inner_text() == "À vous de jouer"
    page.get_by_role("link", name="English").click()
    assert page.locator("h1").inner_text() == "Your turn to play"
    page.goto(club.campaign)
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("game", ["quiz", "scratch"])
def test_a_game_page_is_light(club: Club, browser: Browser, game: str) -> None:
    """A game page transfers at most 100 kB of our scripts and styles, and asks nobody else for anything."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on(
        "response",
        lambda answer: sizes.__setitem__(answer.url, answer.request.sizes()["responseBodySize"]),
    )
    page.goto(club.game(game))
    page.wait_for_load_state("networkidle")
    page.wait_for_function("document.querySelector('#stage').dataset.state === 'play'")
    context.close()
    assert all(url.startswith(club.url) for url in sizes)
    code = {url: size for url, size in sizes.items() if url.split("?")[0].endswith((".js", ".css"))}
    assert code
    assert sum(code.values()) <= BUDGET, code


def largest_paint(browser: Browser, club: Club) -> float:
    """Return when the largest paint of a game page comes on slow 4G, in milliseconds."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 150,
            "downloadThroughput": 200_000,
            "uploadThroughput": 94_000,
        },
    )
    page.goto(club.game())
    page.wait_for_load_state("networkidle")
    painted = page.evaluate(
        """() => new Promise((resolve) => new PerformanceObserver((list) =>
             resolve(list.getEntries().at(-1).startTime))
             .observe({type: "largest-contentful-paint", buffered: true}))"""
    )
    context.close()
    assert isinstance(painted, int | float)
    return painted


def test_the_game_is_painted_soon_on_a_slow_phone(club: Club, browser: Browser) -> None:
    """On slow 4G (150 ms, 1.6 Mbit/s) the largest paint of a game page comes within 1.5 s, on an idle machine."""
    assert min(largest_paint(browser, club) for _ in range(4)) <= patient(1500)


def test_without_network_there_is_a_page_and_no_private_one(club: Club, browser: Browser) -> None:
    """Offline, the app's pages show the offline page; a page of my space is never kept on the phone."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
    page = context.new_page()
    club.sign_in(page, club.fan("ada@example.org", locale="fr"))
    page.goto(f"{club.home}me")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    context.set_offline(True)
    page.goto(f"{club.home}me")
    assert page.locator("h1").inner_text() == "Pas de connexion"
    assert "ada@example.org" not in page.content()
    kept = page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) =>
             (await (await caches.open(name)).keys()).map((one) => one.url)))).flat()"""
    )
    assert not [address for address in kept if "/me" in address or "/api/" in address]
    context.close()


def test_the_pages_install_as_an_app(club: Club, page: Page) -> None:
    """The manifest names the brand, stays within its pages, and its icons are real pictures."""
    page.goto(club.home)
    manifest = page.evaluate(
        "fetch(document.querySelector('link[rel=manifest]').href).then((answer) => answer.json())"
    )
    assert manifest["name"] == "Olympe FC"
    assert manifest["scope"] == manifest["start_url"] == "/play/club/"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        natural = page.evaluate(
            """(src) => new Promise((resolve) => { const picture = new Image();
                 picture.onload = () => resolve(picture.naturalWidth); picture.src = src; })""",
            icon["src"],
        )
        assert f"{natural}x{natural}" == icon["sizes"]
