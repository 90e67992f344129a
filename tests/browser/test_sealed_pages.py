"""Sealed prizes in a real browser: the desk's pages, the fan's proofs, and a store's poster that opens its prizes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from masterapp.campaigns import games, publishing, service
from masterapp.db import db, now
from masterapp.prizes import pace, places, proposals, seals
from masterapp.prizes import service as prizes
from masterapp.testing.browser import Complaints
from masterapp.testing.desk import Seat, open_desk, take_seat
from masterapp.testing.factories import (
    Player,
    create_brand,
    create_fan,
    create_game,
    create_prize,
    rows,
)
from masterapp.testing.team import create_store

SIZES = {"phone": (360, 780), "desk": (1280, 900)}


@pytest.fixture
def club(full_app: Flask) -> UUID:
    """A brand."""
    return create_brand(full_app)


@pytest.fixture
def ada(full_app: Flask, club: UUID) -> Player:
    """A signed-in fan."""
    return create_fan(full_app, club)


def published(app: Flask, seat: Seat) -> tuple[UUID, UUID, str]:
    """Publish a card with two prizes; return campaign, game and the fans' address of it."""
    with app.test_request_context(), db.transaction():
        at = now()
        game = service.create(seat.brand_id, "instant_win", None, locale="en", member_id=None)
        campaign = service.find(seat.brand_id, game.campaign_id)
        campaign.rules = {"en": "Rules", "fr": "Règlement"}
        campaign.opens_at, campaign.closes_at = at - timedelta(days=1), at + timedelta(days=9)
        pace.keep(game, pace.Pace(profile="hand", expected_plays=4000))
        drafts = [
            prizes.Draft(None, {"en": "Signed shirt", "fr": "Maillot dédicacé"}, stock=20),
            prizes.Draft(None, {"en": "Scarf", "fr": "Écharpe"}, stock=500, guaranteed=True),
        ]
        prizes.replace(game, campaign, drafts, seen=game.revision, now=at, member_id=None)
        publishing.publish(campaign, ["en"], now=at, member_id=None)
        return campaign.id, game.id, f"/play/club/campaigns/{campaign.slug}/{game.slug}"


def propose(app: Flask, seat: Seat, game_id: UUID) -> None:
    """Let the member propose more shirts."""
    with app.test_request_context(), db.transaction():
        game = games.find(seat.brand_id, game_id)
        shirt, scarf = prizes.of_game(game)
        campaign = service.find(seat.brand_id, game.campaign_id)
        drafts = [
            prizes.Draft(shirt.id, shirt.label, stock=25),
            prizes.Draft(scarf.id, scarf.label, stock=500, guaranteed=True),
        ]
        line = {"label": "Prizes 1 › Stock", "before": "20", "after": "25"}
        proposals.edit_prizes(
            game,
            campaign,
            drafts,
            seen=game.revision,
            now=now(),
            member_id=seat.member_id,
            effects=["Still to be won: 520 now, 525 after this change.", line],
        )


def look_at(page: Page, address: str) -> None:
    """Open a page and hold it to what every page must be."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]
    assert not found, (address, [(one["id"], one["nodes"][0]["html"][:160]) for one in found])
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, address


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desk", "dark")])
def test_pages_of_sealed_prizes_are_accessible_and_fit(
    full_app: Flask,
    seat: Seat,
    browser: Browser,
    complaints: Complaints,
    monkeypatch: pytest.MonkeyPatch,
    size: str,
    scheme: Any,
) -> None:
    """axe finds nothing on the pages of moments, decisions and proofs, sealed or waiting, and none scrolls sideways."""
    take_seat(full_app, seat.brand_id, "owner", name="Dominique Petit")
    create_store(full_app, seat.brand_id)
    campaign, game, place = published(full_app, seat)
    propose(full_app, seat, game)
    monkeypatch.setattr(seals, "needs_no_waiting", lambda _plan: False)
    _waiting_campaign, waiting, _place = published(full_app, seat)
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.on("page", complaints.listen)
    with open_desk(context, full_app, seat) as url:
        page = context.new_page()
        for path in (
            f"/admin/games/{game}/moments",
            f"/admin/games/{waiting}/moments",
            f"/admin/games/{waiting}/prizes",
            "/admin/decisions/",
            f"/admin/campaigns/{campaign}/share",
            f"{place}/fairness?lang=fr",
            f"{place}/statement?lang=en",
            f"{place.rpartition('/')[0]}/",
        ):
            look_at(page, url + path)
    context.close()
    assert complaints.left() == []


def test_a_stores_poster_opens_its_prizes(
    full_app: Flask, club: UUID, ada: Player, open_game: Callable[..., Page]
) -> None:
    """Whoever comes by the store's code wins its prize; the page sends the token with the move."""
    store = create_store(full_app, club)
    game = create_game(
        full_app,
        club,
        module="instant_win",
        config={"skin": "scratch", "title": {"en": "The card"}},
    )
    create_prize(full_app, club, game, store_ids=[str(store)])
    with full_app.app_context():
        token = places.token(club, store)

    page = open_game(game, ada)
    page.goto(f"{page.url}&at={token}")
    page.get_by_role("button", name="Reveal").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".end")).to_contain_text("Shirt", timeout=20_000)
    assert rows(full_app, "SELECT count(*) FROM prize_grant") == [(1,)]
