"""Members of a brand for tests: made in the database, and signed in through the real door."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from masterapp.brands import members
from masterapp.brands.models import Member, MemberStore, Store
from masterapp.db import db

PASSWORD = "a long enough phrase"  # noqa: S105 - of members that exist in tests only.


def create_member(
    app: Flask,
    brand_id: UUID,
    role: str = "owner",
    *,
    email: str = "",
    password: str = PASSWORD,
    stores: tuple[UUID, ...] = (),
) -> UUID:
    """Create a member who can sign in, and return their id."""
    with app.app_context(), db.transaction() as session:
        member = Member(
            brand_id=brand_id,
            email=email or f"{role.replace('_', '-')}@team.example",
            name=role.replace("_", " ").title(),
            role=role,
            locale="en",
        )
        session.add(member)
        session.flush()
        members.set_password(member, password)
        for store in stores:
            session.add(MemberStore(brand_id=brand_id, member_id=member.id, store_id=store))
        return member.id


def create_store(app: Flask, brand_id: UUID, name: str = "Nantes") -> UUID:
    """Create a store and return its id."""
    with app.app_context(), db.transaction() as session:
        store = Store(brand_id=brand_id, code=name[:3].upper(), name=name)
        session.add(store)
        session.flush()
        return store.id


def sign_in(
    app: Flask, email: str, password: str = PASSWORD, *, door: str = "/admin/sign-in"
) -> FlaskClient:
    """Return a browser in which this member is signed in."""
    browser = app.test_client()
    answer = browser.post(door, data={"email": email, "password": password})
    assert answer.status_code == 303, answer.text
    return browser
