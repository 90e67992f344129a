"""Members at the desk for tests: a brand's marketer with an HTTP client or a browser that is signed in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from playwright.sync_api import BrowserContext

from masterapp.brands.models import Member
from masterapp.db import db
from masterapp.testing.browser import serve
from masterapp.testing.factories import create_brand


@dataclass
class Seat:
    """A member at the desk, with a client that is signed in."""

    app: Flask
    brand_id: UUID
    member_id: UUID
    client: FlaskClient

    def get(self, path: str, **options: Any) -> Any:
        """Open a page."""
        return self.client.get(path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        """Send a form as the page would, with its token."""
        return self.client.post(path, data={"csrf_token": self.token(), **(data or {})}, **options)

    def token(self) -> str:
        """Return a token of the desk's forms for this member's session."""
        with self.client.session_transaction() as session:
            kept = session.setdefault("csrf_token", secrets.token_hex(20))
        serializer = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        return str(serializer.dumps(kept))


def create_member(app: Flask, brand_id: UUID, role: str = "marketer", **values: Any) -> UUID:
    """Create a member and return their id."""
    with app.app_context(), db.transaction() as session:
        member = Member(
            brand_id=brand_id,
            email=values.pop("email", f"{role}@example.org"),
            name=values.pop("name", "Camille Martin"),
            role=role,
            **values,
        )
        session.add(member)
        session.flush()
        return member.id


def session_of(app: Flask, brand_id: UUID, member_id: UUID) -> dict[str, Any]:
    """Return what the cookie of a signed-in member holds."""
    with app.app_context():
        member = db.session.get_one(Member, (brand_id, member_id))
        return {
            "_user_id": f"{brand_id.hex}:{member_id.hex}:{member.session_stamp}",
            "_fresh": True,
        }


def take_seat(app: Flask, brand_id: UUID, role: str = "marketer", **values: Any) -> Seat:
    """Create a member of the brand and sign them in."""
    values.setdefault("locale", "en")
    member_id = create_member(app, brand_id, role, **values)
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(session_of(app, brand_id, member_id))
    return Seat(app, brand_id, member_id, client)


def sign_in_browser(context: BrowserContext, app: Flask, seat: Seat, address: str) -> None:
    """Put the member's cookie into a browser."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    content = serializer.dumps(session_of(app, seat.brand_id, seat.member_id))
    context.add_cookies(
        [{"name": app.config["SESSION_COOKIE_NAME"], "value": content, "url": address}]
    )


@contextmanager
def open_desk(context: BrowserContext, app: Flask, seat: Seat) -> Iterator[str]:
    """Serve the application and yield its address, with the browser signed in."""
    with serve(app) as address:
        sign_in_browser(context, app, seat, address)
        yield address


@pytest.fixture
def seat(full_app: Flask) -> Seat:
    """A marketer of a new brand at the desk, with every bundled module."""
    return take_seat(full_app, create_brand(full_app, slug="club", name="Olympique Belleval"))
