"""The desk over HTTP: every page opens, roles are kept, what belongs to others is not found."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from masterapp.campaigns import service
from masterapp.campaigns.models import Game
from masterapp.db import db
from masterapp.testing.desk import Seat


@pytest.fixture
def make_game(full_app: Flask, seat: Seat) -> Callable[..., tuple[UUID, UUID]]:
    """A function that makes a draft campaign from a module's first starter; returns campaign and game ids."""

    def make(module: str = "quiz", brand_id: UUID | None = None) -> tuple[UUID, UUID]:
        with full_app.app_context(), full_app.test_request_context(), db.transaction():
            game: Game = service.create(
                brand_id or seat.brand_id, module, None, locale="en", member_id=None
            )
            return game.campaign_id, game.id

    return make


PAGES = (
    "/admin/campaigns/",
    "/admin/campaigns/new",
    "/admin/pictures/",
    "/admin/pictures/list.json",
    "/admin/brand/",
    "/admin/brand/sample",
    "/admin/brand/contrast.json?accent=%23ffee00",
    "/admin/preview/theme.css",
    "/admin/stores/",
    "/admin/stores/new",
    "/admin/audit/",
    "/admin/search.json?q=quiz",
    "/admin/games/offers.json",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_pages_open(seat: Seat, path: str, locale: str) -> None:
    """Every page of an empty brand opens in both languages."""
    answer = seat.get(path, headers={"Accept-Language": locale})
    assert answer.status_code == 200, answer.get_data(as_text=True)


@pytest.mark.parametrize("module", ["quiz", "instant_win", "reveal", "coupon", "loyalty"])
def test_every_step_of_every_module_opens(
    seat: Seat, make_game: Callable[..., tuple[UUID, UUID]], module: str
) -> None:
    """Every step of a draft opens for every bundled module."""
    campaign, game = make_game(module)
    for path in (
        f"/admin/campaigns/{campaign}/",
        f"/admin/campaigns/{campaign}/dates",
        f"/admin/campaigns/{campaign}/rules",
        f"/admin/campaigns/{campaign}/publish",
        f"/admin/campaigns/{campaign}/share",
        f"/admin/games/{game}/content",
        f"/admin/games/{game}/prizes",
        f"/admin/preview/{game}/frame",
    ):
        answer = seat.get(path)
        assert answer.status_code == 200, (path, answer.get_data(as_text=True)[:500])
