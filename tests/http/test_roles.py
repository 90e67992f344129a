"""Every route says who may open it, and everybody else is refused; another brand's ids do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from masterapp.brands import access
from masterapp.brands.access import Mark, allow, mark_of, public
from masterapp.brands.models import ROLES, Asset, Invitation, Store
from masterapp.coupons.models import Coupon, Redemption
from masterapp.db import db, new_id, now
from masterapp.testing.factories import (
    create_brand,
    create_fan,
    create_game,
    create_offer,
    create_prize,
)
from masterapp.testing.team import create_member, sign_in


def routes(app: Flask) -> Iterator[tuple[Rule, str, Mark | None]]:
    """Every address of the application with its method and marker."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, mark_of(app.view_functions[rule.endpoint], method)


def member_routes(app: Flask) -> list[tuple[Rule, str, Mark]]:
    """The addresses for members."""
    return [
        (rule, method, mark)
        for rule, method, mark in routes(app)
        if mark is not None and mark.kind == "member"
    ]


def address(app: Flask, rule: Rule, ids: dict[str, UUID]) -> str:
    """An address of the rule, with these ids where it names a thing of the brand."""
    values: dict[str, Any] = {
        name: ids.get(name, new_id()) if "uuid" in type(converter).__name__.lower() else "x"
        for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        return url_for(rule.endpoint, **values)


def team(app: Flask, brand_id: UUID) -> dict[str, FlaskClient]:
    """One signed-in browser per role."""
    for role in ROLES:
        create_member(app, brand_id, role)
    return {role: sign_in(app, f"{role.replace('_', '-')}@team.example") for role in ROLES}


def test_every_route_carries_one_marker(app: Flask) -> None:
    """A route that nobody thought about does not pass."""
    unmarked = [f"{method} {rule}" for rule, method, mark in routes(app) if mark is None]

    assert unmarked == []


def test_a_view_takes_one_marker_only() -> None:
    """Two markers on one view would hide one of them: the application does not start."""

    def view() -> str:
        return ""

    public(view)
    with pytest.raises(RuntimeError, match="two access markers"):
        allow("owner")(view)
    with pytest.raises(RuntimeError, match="needs roles"):
        allow("emperor")


def test_desk_and_till_are_for_members(app: Flask) -> None:
    """Under /admin and /staff only the door, and what a browser needs to install the till, is open to everybody."""
    opened = {
        str(rule)
        for rule, _method, mark in routes(app)
        if mark is not None and mark.kind != "member" and str(rule).startswith(("/admin", "/staff"))
    }

    assert all(
        path.startswith(
            ("/admin/sign-in", "/staff/sign-in", "/admin/password", "/admin/invitations")
        )
        or path in ("/staff/manifest.webmanifest", "/staff/worker.js", "/staff/offline")
        for path in opened
    ), opened


def test_nobody_else_opens_a_members_page(app: Flask, brand: UUID) -> None:
    """Whoever is not signed in is sent to the door or refused, on every address for members."""
    for rule, method, _mark in member_routes(app):
        answer = app.test_client().open(address(app, rule, {}), method=method)

        if answer.status_code == 302:
            assert method == "GET"
            assert "/sign-in?" in answer.location, str(rule)
        else:
            assert answer.status_code == 401, f"{method} {rule}"


def test_every_other_role_is_refused(app: Flask, brand: UUID) -> None:
    """Each address for members answers 403 to each role it does not name, whatever the body."""
    browsers = team(app, brand)
    for rule, method, mark in member_routes(app):
        path = address(app, rule, {})
        for role in set(ROLES) - mark.roles:
            answer = browsers[role].open(path, method=method)
            assert answer.status_code == 403, f"{method} {rule} opened for {role}"


def test_a_fans_bearer_opens_no_members_page(app: Flask, brand: UUID) -> None:
    """The credential of a fan is worth nothing at desk and till."""
    fan = create_fan(app, brand)
    for rule, method, _mark in member_routes(app):
        answer = app.test_client().open(address(app, rule, {}), method=method, headers=fan.headers)

        assert answer.status_code in (302, 401), f"{method} {rule}"


def test_a_members_cookie_opens_nothing_of_a_fan(app: Flask, brand: UUID) -> None:
    """Working for a brand does not make one its fan."""
    create_member(app, brand)
    browser = sign_in(app, "owner@team.example")
    for rule, method, mark in routes(app):
        if mark is not None and mark.kind == "fan":
            answer = browser.open(address(app, rule, {}), method=method, json={})
            assert answer.status_code in (401, 422), f"{method} {rule}"


def test_another_brands_things_do_not_exist(app: Flask, brand: UUID) -> None:
    """With the real ids of another brand every address answers 404, for the most powerful role it names."""
    ids = things(app, create_brand(app))
    browsers = team(app, brand)
    tried = 0
    for rule, method, mark in member_routes(app):
        if not rule.arguments & ids.keys():
            continue
        tried += 1
        role = "owner" if "owner" in mark.roles else sorted(mark.roles)[0]
        body = {"json": {"reason": "a mistake"}} if str(rule).startswith("/api/") else {}
        answer = browsers[role].open(address(app, rule, ids), method=method, **body)
        assert answer.status_code == 404, f"{method} {rule} answered {answer.status_code}"

    assert tried > 5


def test_another_brands_things_do_not_exist_for_fans(app: Flask, brand: UUID) -> None:
    """A fan's bearer finds nothing of another brand either."""
    ids = things(app, create_brand(app))
    fan = create_fan(app, brand)
    move = {"key": "a-key-of-this-test", "version": 1, "move": {}}
    for rule, method, mark in routes(app):
        if mark is not None and mark.kind == "fan" and rule.arguments & ids.keys():
            body = {"json": move} if method == "POST" else {}
            answer = app.test_client().open(
                address(app, rule, ids), method=method, headers=fan.headers, **body
            )
            assert answer.status_code == 404, f"{method} {rule} answered {answer.status_code}"


def test_an_unmarked_page_of_the_desk_stays_closed(app: Flask, brand: UUID) -> None:
    """Should a marker be forgotten all the same, the gate refuses rather than guesses."""
    create_member(app, brand)
    browser = sign_in(app, "owner@team.example")
    view = app.view_functions["admin_members.index"]
    mark = view.__dict__.pop(access._MARK)
    try:
        assert browser.get("/admin/members").status_code == 403
    finally:
        view.__dict__[access._MARK] = mark


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
        session.add(redemption)
        session.flush()
        ids |= {
            "store_id": store.id,
            "invitation_id": invitation.id,
            "asset_id": picture.id,
            "coupon_id": coupon.id,
            "redemption_id": redemption.id,
        }
    return ids
