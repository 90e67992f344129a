"""Games inside another site: one tag, no cookie, the right height, and only where the campaign allows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FrameLocator, Page, expect

from masterapp.testing.browser import Complaints, serve
from masterapp.testing.club import Club
from masterapp.testing.factories import rows

REVEAL = "Révéler"
PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Boutique</title>
<link rel="icon" href="data:,"><h1>La boutique</h1><p>Avant</p>{snippet}<p id="after">Après</p></html>"""


@dataclass
class Host:
    """A site of somebody else: ``127.0.0.1`` is another site than ``localhost``, not merely another port."""

    origin: str = ""
    body: str = ""
    asked: list[str] = field(default_factory=list)

    def show(self, page: Page, snippet: str) -> None:
        """Put a snippet into the page and open it."""
        self.body = PAGE.format(snippet=snippet)
        page.goto(f"{self.origin}/")

    def __call__(self, environ: dict[str, str], start: Callable[..., object]) -> list[bytes]:
        self.asked.append(environ["PATH_INFO"])
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [self.body.encode()]


@pytest.fixture
def host() -> Iterator[Host]:
    """A host page on another site."""
    site = Host()
    with serve(site) as url:
        site.origin = url.replace("localhost", "127.0.0.1")
        yield site


def tag(club: Club, **more: str) -> str:
    """The public snippet: one tag."""
    extra = "".join(f' data-{name}="{value}"' for name, value in more.items())
    return (
        f'<script src="{club.url}/embed.js" data-brand="club" data-campaign="season"'
        f' data-game="scratch"{extra} async></script>'
    )


def sign_in_inside(club: Club, frame: FrameLocator | Page, email: str) -> None:
    """Sign in within the frame, without offers."""
    frame.get_by_label("Adresse e-mail").fill(email)
    frame.get_by_role("button", name="Recevoir mon code").click()
    frame.get_by_label("Code à 6 chiffres").wait_for()
    frame.get_by_label("Code à 6 chiffres").fill(club.code_for(email))
    frame.get_by_role("button", name="Jouer sans recevoir d’offres").click()


def test_one_tag_is_a_game_that_needs_no_cookie(club: Club, host: Host, page: Page) -> None:
    """On another site, with nothing but the tag, a stranger signs in, plays and wins; not one cookie is set."""
    club.change_campaign(origins=[host.origin])
    host.show(page, tag(club, locale="fr"))
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name=REVEAL).click()
    sign_in_inside(club, frame, "ada@example.org")
    expect(frame.locator(".end-win .end-prize")).to_contain_text("Maillot")

    assert page.context.cookies() == []
    assert rows(club.app, "SELECT kind, origin FROM fan_session") == [("embed", host.origin)]
    assert rows(club.app, "SELECT origin FROM play") == [(host.origin,)]
    assert rows(club.app, "SELECT DISTINCT origin FROM consent") == [(host.origin,)]
    # This browser even forbids the frame its storage, as private windows do: the bearer lived in memory alone.
    forbidden = "try { sessionStorage.length } catch (refusal) { refusal.name }"
    assert page.frames[1].evaluate(forbidden) == "SecurityError"


def test_a_reload_keeps_the_session_where_storage_is_allowed(club: Club, page: Page) -> None:
    """The bearer is mirrored in the tab's storage: after a reload the next play needs no sign-in."""
    page.goto(f"{club.url}/embed/club/season/scratch?lang=fr")
    page.get_by_role("button", name=REVEAL).click()
    sign_in_inside(club, page, "ada@example.org")
    page.locator(".end-win").wait_for()
    page.reload()
    page.get_by_role("button", name=REVEAL).click()
    page.locator(".end").wait_for()
    assert rows(club.app, "SELECT count(*) FROM fan_session") == [(1,)]


def test_the_frame_is_as_tall_as_its_game(club: Club, host: Host, page: Page) -> None:
    """The frame follows its content, up and down, so that nothing scrolls inside and nothing jumps around it."""
    club.change_campaign(origins=[host.origin])
    host.show(page, tag(club))
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name=REVEAL).wait_for()

    def agree() -> bool:
        inside = page.frames[1].evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
        outside = page.locator("iframe").evaluate("(frame) => frame.offsetHeight")
        return abs(int(inside) - int(outside)) <= 2

    page.wait_for_function("document.querySelector('iframe').offsetHeight !== 640")
    assert agree()
    page.frames[1].evaluate(
        "document.querySelector('.stage').style.setProperty('min-height', '900px')"
    )
    page.wait_for_function("document.querySelector('iframe').offsetHeight > 900")
    assert agree()
    page.frames[1].evaluate(
        "document.querySelector('.stage').style.setProperty('min-height', '100px')"
    )
    page.wait_for_function("document.querySelector('iframe').offsetHeight < 800")
    page.wait_for_timeout(300)
    assert agree()


def test_heights_are_believed_from_the_game_only(club: Club, host: Host, page: Page) -> None:
    """A message of the host's own page, or an absurd height, never changes the frame."""
    club.change_campaign(origins=[host.origin])
    host.show(page, tag(club))
    page.frame_locator("iframe").get_by_role("button", name=REVEAL).wait_for()
    page.wait_for_function("document.querySelector('iframe').offsetHeight !== 640")
    height = page.locator("iframe").evaluate("(frame) => frame.offsetHeight")
    page.evaluate("postMessage({ns: 'mapp', v: 1, type: 'resize', height: 3000}, '*')")
    page.frames[1].evaluate(
        "(host) => { for (const height of ['9', NaN, Infinity]) "
        "parent.postMessage({ns: 'mapp', v: 1, type: 'resize', height}, host); "
        "parent.postMessage({ns: 'mapp', v: 2, type: 'resize', height: 3000}, host); }",
        host.origin,
    )
    page.wait_for_timeout(300)
    assert page.locator("iframe").evaluate("(frame) => frame.offsetHeight") == height
    page.frames[1].evaluate(
        "(host) => parent.postMessage({ns: 'mapp', v: 1, type: 'resize', height: 1e9}, host)",
        host.origin,
    )
    page.wait_for_function("document.querySelector('iframe').offsetHeight === 6000")


def test_a_site_that_is_not_named_cannot_show_the_game(
    club: Club, host: Host, page: Page, complaints: Complaints
) -> None:
    """The browser refuses the frame on a site the campaign does not name, and the host page offers a link instead."""
    complaints.forgive("frame-ancestors")
    complaints.forgive("Framing")
    complaints.forgive("chrome-error")
    club.change_campaign(origins=["https://shop.example"])
    host.show(page, tag(club, locale="fr"))
    expect(page.get_by_role("link", name="Ouvrir le jeu sur sa page")).to_be_visible(timeout=15_000)
    assert page.frame_locator("iframe").get_by_role("button", name=REVEAL).count() == 0


def test_my_space_and_the_hosted_game_are_never_framed(club: Club, host: Host, page: Page) -> None:
    """Every page but the embed refuses to be framed, even by a site that the campaign names."""
    club.change_campaign(origins=[host.origin])
    for address in (club.home, club.game(), f"{club.home}sign-in", f"{club.home}theme.css"):
        answer = page.request.get(address)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
    framed = page.request.get(f"{club.url}/embed/club/season/scratch")
    policy = framed.headers["content-security-policy"]
    assert f"frame-ancestors 'self' {host.origin}" in policy
    assert "unsafe-inline" not in policy
    assert "x-frame-options" not in framed.headers
    assert "set-cookie" not in framed.headers


def test_a_page_may_hold_several_games(club: Club, host: Host, page: Page) -> None:
    """Places marked in the page each get their game, in their language, from one script."""
    club.change_campaign(origins=[host.origin])
    place = (
        '<div data-masterapp data-brand="club" data-campaign="season"'
        ' data-game="{game}" data-locale="{lang}"></div>'
    )
    host.show(
        page,
        place.format(game="scratch", lang="fr")
        + place.format(game="quiz", lang="en")
        + f'<script src="{club.url}/embed.js" async></script>',
    )
    expect(page.locator("iframe")).to_have_count(2)
    expect(page.frame_locator("iframe >> nth=0").locator("html")).to_have_attribute("lang", "fr")
    page.locator("iframe").nth(1).scroll_into_view_if_needed()
    expect(page.frame_locator("iframe >> nth=1").locator("html")).to_have_attribute("lang", "en")
    page.wait_for_function(
        "[...document.querySelectorAll('iframe')].every((frame) => frame.title.includes('Olympe'))"
    )


def test_a_plain_frame_works_without_our_script(club: Club, host: Host, page: Page) -> None:
    """Where a site strips scripts, the address alone in an iframe is a playable game."""
    club.change_campaign(origins=[host.origin])
    host.show(
        page,
        f'<iframe src="{club.url}/embed/club/season/scratch?lang=fr" width="100%" height="640" title="Jeu"></iframe>',
    )
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name=REVEAL).click()
    sign_in_inside(club, frame, "ada@example.org")
    frame.locator(".end-win").wait_for()


def test_the_framed_game_is_accessible(club: Club, host: Host, page: Page) -> None:
    """axe finds nothing in the host page with its frame, whose title is the game's."""
    club.change_campaign(origins=[host.origin])
    host.show(page, tag(club))
    page.frame_locator("iframe").get_by_role("button", name=REVEAL).wait_for()
    found = [
        rule["id"]
        for rule in Axe().run(page).response["violations"]
        if rule["id"]
        not in ("region", "landmark-one-main")  # The host page around it is only a sketch.
    ]
    assert found == []
