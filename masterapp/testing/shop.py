"""A small brand with stores, staff, fans and offers, written straight to the database for tests of the till."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

import masterapp.models  # noqa: F401 - foreign keys need every table to be known.
from masterapp.brands.models import Brand, Member, MemberStore, Store
from masterapp.coupons import codes
from masterapp.coupons.models import Coupon, ImportedCode, Offer
from masterapp.db import db
from masterapp.fans.models import Fan
from masterapp.settings import Settings


@dataclass(frozen=True)
class Shop:
    """The ids of a brand with two stores, a cashier of the first one, a manager of both, and one fan."""

    brand: UUID
    slug: str
    stores: tuple[UUID, UUID]
    cashier: UUID
    manager: UUID
    fan: UUID


def till_app(database_url: str, connections: int) -> Flask:
    """An application with nothing but the database, for tests of services."""
    app = Flask("masterapp")
    app.config["SETTINGS"] = Settings(
        database_url=database_url, secret_key=secrets.token_hex(16), database_pool=connections
    )
    db.init_app(app)
    return app


@contextmanager
def committed(app: Flask) -> Iterator[Session]:
    """A session in an application context of its own; what is added is committed at the end."""
    with app.app_context(), db.transaction() as session:
        yield session


def open_shop(app: Flask, name: str = "Stade Sport") -> Shop:
    """Found a brand with two stores, two members and a fan."""
    slug = f"shop-{secrets.token_hex(4)}"
    with committed(app) as session:
        brand = Brand(slug=slug, name=name)
        session.add(brand)
        session.flush()
        stores = [
            Store(brand_id=brand.id, code=code, name=f"{name} {city}", city=city)
            for code, city in (("LYO", "Lyon"), ("NAN", "Nantes"))
        ]
        cashier, manager = (
            Member(brand_id=brand.id, email=f"{role}@{slug}.example", name=role, role=role)
            for role in ("cashier", "store_manager")
        )
        fan = Fan(brand_id=brand.id, email=f"ada@{slug}.example", email_key=f"ada@{slug}.example")
        session.add_all([*stores, cashier, manager, fan])
        session.flush()
        workplaces = ((cashier, stores[0]), (manager, stores[0]), (manager, stores[1]))
        for member, store in workplaces:
            session.add(MemberStore(brand_id=brand.id, member_id=member.id, store_id=store.id))
        return Shop(brand.id, slug, (stores[0].id, stores[1].id), cashier.id, manager.id, fan.id)


def staff_client(app: Flask, brand: UUID, member: UUID) -> FlaskClient:
    """A browser in which this member is signed in, and whose page holds the token of forms."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{brand.hex}:{member.hex}:"
        cookie["csrf_token"] = secrets.token_hex(20)
        token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(
            cookie["csrf_token"]
        )
    client.environ_base["HTTP_X_CSRFTOKEN"] = token
    return client


def add_fans(app: Flask, shop: Shop, number: int) -> list[UUID]:
    """Add so many fans to the brand."""
    with committed(app) as session:
        fans = [Fan(brand_id=shop.brand) for _ in range(number)]
        session.add_all(fans)
        session.flush()
        return [fan.id for fan in fans]


def add_cashier(app: Flask, shop: Shop, store: int) -> UUID:
    """Add a cashier who works in one store."""
    with committed(app) as session:
        email = f"{secrets.token_hex(4)}@{shop.slug}.example"
        member = Member(brand_id=shop.brand, email=email, name="Till", role="cashier")
        session.add(member)
        session.flush()
        session.add(
            MemberStore(brand_id=shop.brand, member_id=member.id, store_id=shop.stores[store])
        )
        return member.id


def add_offer(app: Flask, shop: Shop, *, listed: Sequence[str] = (), **values: Any) -> UUID:
    """Add an offer; *listed* codes make it one whose codes come from a list."""
    with committed(app) as session:
        offer = Offer(
            brand_id=shop.brand,
            **{
                "label": {"fr": "10 € de remise", "en": "€10 off"},
                "till_note": {"fr": "Déduire 10 € du panier", "en": "Take €10 off the basket"},
                "value_cents": 1000,
                "code_source": "imported" if listed else "generated",
                **values,
            },
        )
        session.add(offer)
        session.flush()
        session.add_all(
            ImportedCode(
                brand_id=shop.brand, offer_id=offer.id, code=code, code_key=codes.fold(code)
            )
            for code in listed
        )
        return offer.id


def add_coupon(
    app: Flask,
    shop: Shop,
    offer: UUID,
    *,
    code: str = "",
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> str:
    """Put a coupon of the offer in the fan's hands and return its code."""
    code = code or codes.new_code()
    with committed(app) as session:
        session.add(
            Coupon(
                brand_id=shop.brand,
                offer_id=offer,
                fan_id=shop.fan,
                code=code,
                code_key=codes.fold(code),
                valid_from=valid_from,
                valid_until=valid_until,
            )
        )
    return code
