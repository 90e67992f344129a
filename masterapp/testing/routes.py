"""Every address of the application, and one of everything that an address may name: for tests that walk all routes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Flask, url_for
from werkzeug.routing import Rule

from masterapp.brands.access import Mark, mark_of
from masterapp.brands.models import Asset, Invitation, Store
from masterapp.coupons.models import Coupon, Redemption
from masterapp.db import db, new_id, now
from masterapp.draws.models import Draw
from masterapp.testing.factories import create_fan, create_game, create_offer, create_prize
from masterapp.testing.team import create_member


def routes(app: Flask) -> Iterator[tuple[Rule, str, Mark | None]]:
    """Every address of the application with its method and marker."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, mark_of(app.view_functions[rule.endpoint], method)


def address(app: Flask, rule: Rule, ids: dict[str, UUID]) -> str:
    """An address of the rule, with these ids where it names a thing of the brand."""
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        kind = type(converter).__name__.lower()
        values[name] = ids.get(name, new_id()) if "uuid" in kind else 1 if "int" in kind else "x"
    with app.test_request_context():
        return url_for(rule.endpoint, **values)


def things(app: Flask, brand_id: UUID) -> dict[str, UUID]:
    """One of everything that an address may name, in one brand."""
    game_id = create_game(app, brand_id)
    offer_id = create_offer(app, brand_id)
    fan = create_fan(app, brand_id)
    member_id = create_member(app, brand_id, email="somebody@other.example")
    ids = {"game_id": game_id, "offer_id": offer_id, "fan_id": fan.id, "member_id": member_id}
    ids["prize_id"] = create_prize(app, brand_id, game_id)
    with app.app_context(), db.transaction() as session:
        campaign = session.connection().exec_driver_sql(
            "SELECT campaign_id FROM game WHERE id = %s", (game_id,)
        )
        ids["campaign_id"] = campaign.scalar_one()
        store = Store(brand_id=brand_id, code="X", name="X")
        invitation = Invitation(
            brand_id=brand_id,
            email="x@other.example",
            role="analyst",
            secret_hash=b"x",
            invited_by=member_id,
            expires_at=now(),
        )
        picture = Asset(brand_id=brand_id, name="x", sha256="x", width=1, height=1, content=b"x")
        coupon = Coupon(
            brand_id=brand_id,
            offer_id=offer_id,
            fan_id=fan.id,
            code="X",
            code_key="X",
            valid_from=now(),
        )
        session.add_all([store, invitation, picture, coupon])
        session.flush()
        redemption = Redemption(
            brand_id=brand_id,
            coupon_id=coupon.id,
            store_id=store.id,
            member_id=member_id,
            key="a-key-of-this-test",
        )
        draw = Draw(
            brand_id=brand_id,
            campaign_id=ids["campaign_id"],
            title={"en": "x"},
            description={},
            source="plays",
            terms={},
        )
        session.add_all([redemption, draw])
        session.flush()
        ids |= {
            "draw_id": draw.id,
            "store_id": store.id,
            "invitation_id": invitation.id,
            "asset_id": picture.id,
            "coupon_id": coupon.id,
            "redemption_id": redemption.id,
        }
    return ids
