"""A small club for browser tests of the fan's side: a brand, its theme, a live campaign, games and prizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from masterapp.campaigns.models import Campaign, Game, GameVersion
from masterapp.db import db, now
from masterapp.identity.codes import make_code
from masterapp.identity.models import SignIn
from masterapp.registry import registry
from masterapp.testing.browser import serve
from masterapp.testing.factories import Player, create_brand, create_fan, create_prize

#: The games of the club: slug → module and the starter it is made from.
GAMES = {"scratch": "instant_win", "quiz": "quiz", "points": "loyalty"}


@dataclass(frozen=True)
class Club:
    """The brand, its games by slug, and where its pages are."""

    app: Flask
    url: str
    brand_id: UUID
    games: dict[str, UUID]

    @property
    def home(self) -> str:
        """The brand's home page."""
        return f"{self.url}/play/club/"

    @property
    def campaign(self) -> str:
        """The live campaign's page."""
        return f"{self.home}campaigns/season/"

    def game(self, slug: str = "scratch") -> str:
        """The hosted page of a game."""
        return f"{self.campaign}{slug}"

    def code_for(self, email: str) -> str:
        """The code of the newest e-mail to this address."""
        with self.app.app_context():
            newest = db.session.scalars(
                select(SignIn).where(SignIn.email_key == email).order_by(SignIn.created_at.desc())
            ).first()
            assert newest is not None
            return make_code(newest.id, newest.sends)

    def fan(self, email: str, **values: Any) -> Player:
        """A fan of the club."""
        return create_fan(self.app, self.brand_id, email, **values)

    def sign_in(self, page: Page, player: Player) -> None:
        """Give the page's browser the cookie of a hosted session."""
        name, value = player.cookie
        page.context.add_cookies([{"name": name, "value": value, "url": self.url}])

    def change_campaign(self, **values: Any) -> None:
        """Change the live campaign."""
        with self.app.app_context(), db.transaction() as session:
            campaign = session.scalars(select(Campaign).where(Campaign.slug == "season")).one()
            for name, value in values.items():
                setattr(campaign, name, value)


def _found(app: Flask) -> tuple[UUID, dict[str, UUID]]:
    brand_id = create_brand(
        app,
        slug="club",
        name="Olympe FC",
        theme={"accent": "#e4002b", "background": "#14213d", "font": "archivo"},
        contact={"email": "bonjour@olympe.example"},
    )
    games = {}
    with app.app_context(), db.transaction() as session:
        campaign = Campaign(
            brand_id=brand_id,
            slug="season",
            title={"fr": "La rentrée des supporters", "en": "Back to the stands"},
            summary={"fr": "Un quiz, un ticket à gratter.", "en": "A quiz and a scratch card."},
            rules={"fr": "Le jeu est gratuit.", "en": "The game is free."},
            state="published",
            opens_at=now() - timedelta(days=1),
            closes_at=now() + timedelta(days=30),
            published_at=now(),
        )
        session.add(campaign)
        session.flush()
        for position, (slug, module) in enumerate(GAMES.items()):
            registered = registry[module]
            game = Game(
                brand_id=brand_id,
                campaign_id=campaign.id,
                module=module,
                slug=slug,
                title=dict(registered.manifest.name),
                position=position,
                quota={"per_day": 3},
            )
            session.add(game)
            session.flush()
            config = registered.config_schema.load(dict(registered.module.starters[0].config))
            session.add(
                GameVersion(
                    brand_id=brand_id,
                    game_id=game.id,
                    number=1,
                    config=config,
                    module_version=registered.manifest.version,
                )
            )
            games[slug] = game.id
    create_prize(
        app,
        brand_id,
        games["scratch"],
        stock=1,
        description={"fr": "Dédicacé par l’équipe", "en": "Signed by the team"},
        collection={"fr": "À retirer à la boutique.", "en": "Collect it at the shop."},
    )
    return brand_id, games


@pytest.fixture
def club(full_app: Flask) -> Iterator[Club]:
    """The club's pages, served with their forms protected as in production."""
    brand_id, games = _found(full_app)
    full_app.config["WTF_CSRF_ENABLED"] = True
    with serve(full_app) as url:
        yield Club(full_app, url, brand_id, games)
    full_app.config["WTF_CSRF_ENABLED"] = False
