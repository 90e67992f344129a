"""Opens a game in a real browser as a signed-in fan, for the browser tests of modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from masterapp.brands.models import Brand
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db
from masterapp.testing.browser import serve
from masterapp.testing.factories import Player

OpenGame = Callable[..., Page]


@pytest.fixture
def open_game(full_app: Flask, visitor: BrowserContext) -> Iterator[OpenGame]:
    """A function that opens the hosted page of a game, signed in as a fan when one is given."""
    with serve(full_app) as address:

        def open_page(
            game_id: UUID,
            fan: Player | None = None,
            *,
            language: str = "en",
            context: BrowserContext = visitor,
            width: int = 0,
            height: int = 0,
        ) -> Page:
            if fan is not None:
                name, token = fan.cookie
                context.add_cookies([{"name": name, "value": token, "url": address}])
            page = context.new_page()
            if width or height:
                page.set_viewport_size({"width": width or 360, "height": height or 740})
            page.goto(f"{address}{_path(full_app, game_id)}?lang={language}")
            page.wait_for_selector("#stage:not([aria-busy])")
            return page

        yield open_page


def _path(app: Flask, game_id: UUID) -> str:
    with app.app_context():
        brand, campaign, game = db.session.execute(
            select(Brand.slug, Campaign.slug, Game.slug)
            .join(Game, Game.brand_id == Brand.id)
            .join(
                Campaign,
                (Campaign.brand_id == Game.brand_id) & (Campaign.id == Game.campaign_id),
            )
            .where(Game.id == game_id)
        ).one()
        return f"/play/{brand}/campaigns/{campaign}/{game}"
