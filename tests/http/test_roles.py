"""Every route says who may open it, and everybody else is refused; another brand's ids do not exist."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from masterapp.brands import access
from masterapp.brands.access import Mark, allow, public
from masterapp.brands.models import ROLES
from masterapp.testing.factories import create_brand, create_fan
from masterapp.testing.routes import address, routes, things
from masterapp.testing.team import create_member, sign_in


def member_routes(app: Flask) -> list[tuple[Rule, str, Mark]]:
    """The addresses for members."""
    return [
        (rule, method, mark)
        for rule, method, mark in routes(app)
        if mark is not None and mark.kind == "member"
    ]


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
