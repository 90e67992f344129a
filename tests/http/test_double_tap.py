"""A double tap on every write: two at once, or one after the other, do once what exists once."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from masterapp.brands.invitations import make_key
from masterapp.brands.models import Invitation
from masterapp.db import db
from masterapp.identity.codes import make_code
from masterapp.testing.desk import Seat, take_seat
from masterapp.testing.factories import Player, create_brand, create_fan, create_offer, rows
from masterapp.testing.routes import address, routes, things


def twin(client: FlaskClient, app: Flask) -> FlaskClient:
    """The same browser once more: clients are not shared between threads."""
    other = app.test_client()
    for cookie in client._cookies.values():
        other._cookies[cookie._storage_key] = cookie
    return other


def tap_twice(app: Flask, client: FlaskClient, send: Callable[[FlaskClient], Any]) -> list[int]:
    """Send the same thing at the same moment from two tabs, and once more afterwards."""
    tabs = [twin(client, app) for _ in range(2)]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(send, tabs))
    answers.append(send(twin(client, app)))
    statuses = [answer.status_code for answer in answers]
    assert max(statuses) < 500, [answer.text for answer in answers]
    assert min(statuses) < 400, [answer.text for answer in answers]
    return statuses


def count(app: Flask, table: str) -> int:
    """How many rows a table has."""
    return int(rows(app, f"SELECT count(*) FROM {table}")[0][0])


@pytest.fixture
def owner(app: Flask) -> Seat:
    """An owner of a brand with one of everything."""
    return take_seat(app, create_brand(app, slug="taps"), "owner")


def picture() -> dict[str, Any]:
    """A picture to upload."""
    target = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(target, "PNG")
    return {"file": (io.BytesIO(target.getvalue()), "red.png")}


@pytest.mark.parametrize(
    ("path", "form", "table"),
    [
        ("/admin/stores/new", {"code": "LYON", "name": "Lyon", "active": "1"}, "store"),
        (
            "/admin/offers/new",
            {"label.en": "Ten", "code_source": "generated", "per_fan": "1", "valid_days": "3"},
            "offer",
        ),
        ("/admin/campaigns/", {"starter": "dummy/plain"}, "campaign"),
        ("/admin/exclusions", {"values": "rival.example", "reason": "competitor"}, "exclusion"),
        ("/admin/pictures/", None, "asset"),
    ],
)
def test_a_form_sent_twice_makes_one(
    app: Flask, owner: Seat, path: str, form: dict[str, str] | None, table: str
) -> None:
    """Two taps on a button that makes something make one of it."""
    page = owner.get(path if path.endswith("new") else f"{path.rstrip('/')}/new")
    key = (
        page.text.split('name="once" value="')[1].split('"')[0]
        if 'name="once"' in page.text
        else ""
    )

    tap_twice(
        app,
        owner.client,
        lambda tab: tab.post(path, data=picture() if form is None else {**form, "once": key}),
    )

    assert count(app, table) == 1


def test_an_invitation_is_sent_once(app: Flask, owner: Seat) -> None:
    """Two taps on "invite" leave one open invitation."""
    form = {"email": "new@taps.example", "role": "analyst"}

    tap_twice(app, owner.client, lambda tab: tab.post("/admin/members/invite", data=form))

    opened = "SELECT 1 FROM invitation WHERE cancelled_at IS NULL AND accepted_at IS NULL"
    assert len(rows(app, opened)) == 1


def test_an_invitation_is_accepted_once(app: Flask, owner: Seat) -> None:
    """Two taps on "join" make one member."""
    owner.post("/admin/members/invite", {"email": "new@taps.example", "role": "analyst"})
    with app.app_context():
        invitation = db.session.query(Invitation).one()
        key = make_key(invitation.brand_id, invitation.id)
    form = {"name": "New Person", "password": "several long words"}

    tap_twice(app, app.test_client(), lambda tab: tab.post(f"/admin/invitations/{key}", data=form))

    assert len(rows(app, "SELECT 1 FROM member WHERE email = 'new@taps.example'")) == 1
    assert len(rows(app, "SELECT 1 FROM audit_record WHERE action = 'member_joined'")) == 1


def test_a_code_opens_one_session(app: Flask) -> None:
    """A code sent twice at once signs in once; the other answer says that it was used."""
    create_brand(app, slug="taps")
    asked = app.test_client().post(
        "/api/v1/brands/taps/sign-in/codes", json={"email": "twice@taps.example"}
    )
    sign_in = asked.json["sign_in"]
    with app.app_context():
        proof = {"sign_in": sign_in, "code": make_code(UUID(sign_in), 1), "kind": "embed"}

    statuses = tap_twice(
        app,
        app.test_client(),
        lambda tab: tab.post("/api/v1/brands/taps/sign-in/sessions", json=proof),
    )

    assert sorted(statuses) == [200, 409, 409]
    assert (count(app, "fan"), count(app, "fan_session")) == (1, 1)


def test_a_consent_sent_twice_is_one(app: Flask, brand: UUID, fan: Player) -> None:
    """The same answer to the same words, tapped twice, is one line of the record."""
    slug = rows(app, "SELECT slug FROM brand")[0][0]
    words = app.test_client().get(f"/api/v1/brands/{slug}/consents").json["consents"][0]
    choice = {name: words[name] for name in ("purpose", "channel", "text_id")} | {"granted": True}
    body = {"consents": [choice]}

    tap_twice(
        app,
        fan.client,
        lambda tab: tab.put("/api/v1/me/consents", json=body, headers=fan.headers),
    )

    assert count(app, "consent") == 1


def test_an_erasure_happens_once(app: Flask, brand: UUID) -> None:
    """Two taps on "erase" erase once and say it once on record."""
    fan = create_fan(app, brand)
    support = take_seat(app, brand, "support")
    number = rows(app, "SELECT number FROM fan")[0][0]

    tap_twice(
        app,
        support.client,
        lambda tab: tab.post(f"/admin/fans/{fan.id}/erase", data={"number": number}),
    )

    assert len(rows(app, "SELECT 1 FROM fan WHERE erased_at IS NOT NULL")) == 1
    actors = rows(app, "SELECT actor_kind FROM audit_record WHERE action = 'fan_erased'")
    assert actors == [("member",)]


def test_prizes_saved_twice_are_one_list(app: Flask, owner: Seat) -> None:
    """Two taps on "save" of a prize with a picture and an offer make one prize."""
    owner.post("/admin/campaigns/", {"starter": "dummy/plain"})
    game = rows(app, "SELECT id FROM game")[0][0]
    uploaded = owner.post("/admin/pictures/", picture(), headers={"Accept": "application/json"})
    form = {
        "prizes": "0",
        "prizes.0.label.en": "Shirt",
        "prizes.0.stock": "2",
        "prizes.0.per_fan": "1",
        "prizes.0.picture": uploaded.json["id"],
        "prizes.0.offer": str(create_offer(app, owner.brand_id)),
        "revision": rows(app, "SELECT revision FROM game")[0][0],
    }

    tap_twice(app, owner.client, lambda tab: tab.post(f"/admin/games/{game}/prizes", data=form))

    assert rows(app, "SELECT stock, picture_id::text FROM prize") == [(2, uploaded.json["id"])]


def test_no_write_breaks_when_it_comes_twice(app: Flask, owner: Seat) -> None:
    """Every address that writes survives two empty taps at the same moment."""
    ids = things(app, owner.brand_id)
    fan = create_fan(app, owner.brand_id)
    for rule, method, mark in routes(app):
        if method == "GET" or "sign-out" in str(rule) or "/session" in str(rule):
            continue
        path = address(app, rule, ids).replace("/play/x/", "/play/taps/")
        path = path.replace("/brands/x/", "/brands/taps/")
        body: dict[str, Any] = {"json": {}} if path.startswith("/api/") else {"data": {}}
        bearer = fan.headers if mark is not None and mark.kind == "fan" else {}

        def send(tab: FlaskClient) -> int:
            answer = tab.open(path, method=method, headers=bearer, **body)  # noqa: B023
            return int(answer.status_code)

        with ThreadPoolExecutor(2) as both:
            statuses = list(both.map(send, [twin(owner.client, app) for _ in range(2)]))
        assert max(statuses) < 500, f"{method} {rule}"
