"""Ready-made brands, campaigns, games and signed-in fans for tests, committed to the real database."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from masterapp.brands.models import Brand
from masterapp.campaigns.models import Campaign, Game, GameVersion
from masterapp.coupons.models import Offer
from masterapp.db import db, new_id, now
from masterapp.fans.models import Fan
from masterapp.identity.current import cookie_name
from masterapp.identity.models import FanSession
from masterapp.identity.sessions import open_session
from masterapp.identity.tokens import Token
from masterapp.prizes.models import Prize, WinningMoment
from masterapp.registry import registry


@dataclass(frozen=True)
class Player:
    """A signed-in fan, and the client that plays for them."""

    app: Flask
    brand_id: UUID
    id: UUID
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request by this fan."""
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}

    @property
    def client(self) -> FlaskClient:
        """A fresh HTTP client; clients are not shared between threads."""
        return self.app.test_client()

    @property
    def cookie(self) -> tuple[str, str]:
        """Name and value of the cookie of a fresh session on the hosted pages."""
        with self.app.test_request_context(), db.transaction() as session:
            fan = session.get_one(Fan, (self.brand_id, self.id))
            brand = session.get_one(Brand, self.brand_id)
            return cookie_name(brand.slug), str(open_session(fan, "hosted", at=now()).token)

    @property
    def browser(self) -> FlaskClient:
        """A browser in which the fan is signed in on the hosted pages."""
        browser = self.client
        browser.set_cookie(*self.cookie)
        return browser

    def play(
        self,
        game: UUID,
        *,
        key: str | None = None,
        version: int = 1,
        attempt: str | None = None,
        **move: Any,
    ) -> Any:
        """Send one move: an opening one, or a further one of the *attempt*."""
        path = f"/api/v1/games/{game}/plays" + (f"/{attempt}/moves" if attempt else "")
        body = {"key": key or secrets.token_hex(8), "version": version, "move": move}
        return self.client.post(path, json=body, headers=self.headers)

    def look(self, game: UUID) -> Any:
        """Look at a game."""
        return self.client.get(f"/api/v1/games/{game}", headers=self.headers)


def create_brand(app: Flask, **values: Any) -> UUID:
    """Create a brand and return its id."""
    with app.app_context(), db.transaction() as session:
        slug = values.pop("slug", f"brand-{secrets.token_hex(4)}")
        brand = Brand(slug=slug, name=values.pop("name", slug), **values)
        session.add(brand)
        session.flush()
        return brand.id


def create_game(
    app: Flask,
    brand_id: UUID,
    *,
    module: str = "dummy",
    config: dict[str, Any] | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    state: str = "published",
    quota: dict[str, Any] | None = None,
    **values: Any,
) -> UUID:
    """Create a published campaign that is open now, with one game, and return the game's id."""
    with app.app_context(), db.transaction() as session:
        campaign = Campaign(
            brand_id=brand_id,
            slug=f"campaign-{secrets.token_hex(4)}",
            title={"fr": "Campagne", "en": "Campaign"},
            state=state,
            opens_at=opens_at or now() - timedelta(days=1),
            closes_at=closes_at or now() + timedelta(days=30),
            published_at=None if state == "draft" else now(),
        )
        session.add(campaign)
        session.flush()
        game = Game(
            brand_id=brand_id,
            campaign_id=campaign.id,
            module=module,
            slug=module,
            title={"fr": "Jeu", "en": "Game"},
            quota=quota or {},
            **values,
        )
        session.add(game)
        session.flush()
        registered = registry[module]
        loaded = registered.config_schema.load(config or {})
        session.add(
            GameVersion(
                brand_id=brand_id,
                game_id=game.id,
                number=1,
                config=loaded,
                module_version=registered.manifest.version,
            )
        )
        return game.id


def create_fan(app: Flask, brand_id: UUID, email: str | None = None, **values: Any) -> Player:
    """Create a fan with a living session."""
    email = email or f"fan-{secrets.token_hex(4)}@example.org"
    with app.app_context(), db.transaction() as session:
        fan = Fan(
            brand_id=brand_id,
            email=email,
            email_key=email.lower(),
            email_domain=email.lower().split("@")[1],
            **values,
        )
        session.add(fan)
        session.flush()
        fan_id = fan.id
    return signed_in(app, brand_id, fan_id)


def signed_in(app: Flask, brand_id: UUID, fan_id: UUID) -> Player:
    """Give an existing fan a living session."""
    token_secret = secrets.token_bytes(32)
    with app.app_context(), db.transaction() as session:
        living = FanSession(
            brand_id=brand_id,
            fan_id=fan_id,
            kind="embed",
            secret_hash=hashlib.sha256(token_secret).digest(),
            rotated_at=now(),
            token_expires_at=now() + timedelta(hours=1),
            expires_at=now() + timedelta(days=1),
        )
        session.add(living)
        session.flush()
        return Player(app, brand_id, fan_id, str(Token(brand_id, living.id, token_secret)))


def create_prize(
    app: Flask,
    brand_id: UUID,
    game_id: UUID,
    *,
    stock: int = 1,
    due: datetime | None = None,
    per_fan: int = 1,
    jitter: int = 0,
    **values: Any,
) -> UUID:
    """Create a prize whose winning moments are all due, each after *jitter* plays, and return its id.

    They are of no seal: what the road does with a moment does not depend on who planned it. ``guaranteed=True`` makes
    units that any play wins.
    """
    with app.app_context(), db.transaction() as session:
        prize = Prize(
            brand_id=brand_id,
            game_id=game_id,
            label={"fr": "Maillot", "en": "Shirt"},
            stock=stock,
            per_fan=per_fan,
            **values,
        )
        session.add(prize)
        session.flush()
        for _ in range(stock):
            session.add(
                WinningMoment(
                    brand_id=brand_id,
                    id=new_id(),
                    game_id=game_id,
                    prize_id=prize.id,
                    pool=values.get("pool", "main"),
                    opens_at=due or now() - timedelta(hours=1),
                    to_pass=jitter,
                    guaranteed=prize.guaranteed,
                )
            )
        return prize.id


def create_offer(app: Flask, brand_id: UUID, **values: Any) -> UUID:
    """Create an offer that is valid now, and return its id."""
    with app.app_context(), db.transaction() as session:
        offer = Offer(brand_id=brand_id, label={"fr": "10 € offerts", "en": "10 € off"}, **values)
        session.add(offer)
        session.flush()
        return offer.id


@pytest.fixture
def brand(app: Flask) -> UUID:
    """A brand."""
    return create_brand(app)


@pytest.fixture
def fan(app: Flask, brand: UUID) -> Player:
    """A signed-in fan of the brand."""
    return create_fan(app, brand)


def rows(app: Flask, statement: str, *values: Any) -> list[Any]:
    """Run a query on a connection of its own and return the rows: what other sessions see."""
    with app.app_context():
        return list(db.driver.execute(statement, values).fetchall())
