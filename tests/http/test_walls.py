"""Walls seen from outside: forged requests, foreign ids in bodies, headers, cookies, logs, and HTML in names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest
import structlog
from flask import Flask

from masterapp.campaigns.models import Campaign
from masterapp.db import db
from masterapp.limits import limiter
from masterapp.testing.desk import take_seat
from masterapp.testing.factories import (
    Player,
    create_brand,
    create_fan,
    create_game,
    create_offer,
    create_prize,
    rows,
)
from masterapp.testing.routes import address, routes, things
from masterapp.testing.team import PASSWORD, create_member, create_store

#: What somebody could call themselves: it ends an attribute, an element, and would run in a spreadsheet.
NASTY = "=1+1'\"><xss7 onx=alert(1)>"
LOCALISED = {"fr": NASTY, "en": NASTY}


@pytest.fixture
def guarded(app: Flask) -> Iterator[Flask]:
    """The application with the protection of forms on, as it runs."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def test_no_write_without_the_forms_token(guarded: Flask) -> None:
    """Each write made with a member's cookie, or on a public form, is refused without the token of its form."""
    brand_id = create_brand(guarded, slug="walls")
    ids = things(guarded, brand_id)
    seat = take_seat(guarded, brand_id, "owner")
    tried = 0
    for rule, method, mark in routes(guarded):
        if method == "GET" or mark is None or mark.kind in ("fan", "post"):
            continue
        if mark.kind == "public" and str(rule).startswith("/api/"):
            continue
        path = address(guarded, rule, ids).replace("/play/x/", "/play/walls/")
        body: dict[str, Any] = {"json": {}} if str(rule).startswith("/api/") else {"data": {}}
        answer = seat.client.open(path, method=method, **body)
        assert answer.status_code == 403, f"{method} {rule} answered {answer.status_code}"
        tried += 1

    assert tried > 40


def test_no_write_from_another_site(app: Flask) -> None:
    """A browser that says the request comes from elsewhere is refused on every write, whatever cookie it holds."""
    brand_id = create_brand(app, slug="walls")
    ids = things(app, brand_id)
    seat = take_seat(app, brand_id, "owner")
    seat.client.set_cookie("fan_walls", str(create_fan(app, brand_id).token))
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        for rule, method, mark in routes(app):
            if method == "GET" or mark is None or mark.kind == "post":
                continue
            if mark.kind == "public" and str(rule).startswith("/api/"):
                continue
            path = address(app, rule, ids).replace("/play/x/", "/play/walls/")
            answer = seat.client.open(path, method=method, headers=headers, json={})
            # Some routes read the body before they ask who is there; they refuse it too.
            refused = answer.status_code == 403 or (
                mark.kind == "fan" and answer.status_code in (401, 422)
            )
            assert refused, f"{method} {rule} answered {answer.status_code}"


class Elements(HTMLParser):
    """What a browser would see in a page: its elements with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))


def inline(text: str) -> list[str]:
    """What in a page would run or colour without being asked from a file of ours: there must be nothing."""
    return [
        f"{tag} {name}"
        for tag, attributes in Elements(text).found
        for name in (attributes or {"": ""})
        if tag in ("xss7", "style")
        or name.startswith("on")
        or name == "style"
        or (
            tag == "script"
            and "src" not in attributes
            and attributes.get("type") != "application/json"
        )
    ]


def nasty_world(app: Flask) -> tuple[UUID, dict[str, UUID], Player]:
    """A brand in which everything that has a name has a nasty one."""
    brand_id = create_brand(
        app,
        slug="walls",
        name=NASTY,
        contact={"email": "a@b.example", "partners": [NASTY, NASTY]},
    )
    ids = things(app, brand_id)
    fan = create_fan(app, brand_id, display_name=NASTY, source={"page": NASTY, "origin": NASTY})
    ids["fan_id"] = fan.id
    fan.play(ids["game_id"], points=3, offer=str(ids["offer_id"]), note=NASTY)
    create_prize(app, brand_id, ids["game_id"], description=LOCALISED, collection=LOCALISED)
    with app.app_context(), db.transaction() as session:
        for table, column in (
            ("campaign", "title"),
            ("campaign", "summary"),
            ("campaign", "rules"),
            ("game", "title"),
            ("prize", "label"),
            ("offer", "label"),
            ("offer", "conditions"),
            ("offer", "till_note"),
        ):
            session.connection().exec_driver_sql(
                f"UPDATE {table} SET {column} = jsonb_build_object('fr', %s::text, 'en', %s::text)",
                (NASTY, NASTY),
            )
        for table, column in (
            ("store", "name"),
            ("store", "city"),
            ("store", "address"),
            ("member", "name"),
            ("asset", "name"),
            ("exclusion", "note"),
            ("code_import", "file_name"),
        ):
            session.connection().exec_driver_sql(f"UPDATE {table} SET {column} = %s", (NASTY,))
        session.connection().exec_driver_sql(
            "UPDATE code_import SET state = 'done', rejected = '{\"too_long\": 1}', problems = %s::jsonb",
            ('[[1, "=1+1", "too_long"]]',),
        )
    fan.client.patch(
        "/api/v1/me",
        json={"trait": {"name": "first_name", "value": NASTY}},
        headers=fan.headers,
    )
    return brand_id, ids, fan


def readers(app: Flask, brand_id: UUID, fan: Player) -> list[Any]:
    """Everybody who reads pages: the team by role, the fan, and a passer-by."""
    team = [take_seat(app, brand_id, role).client for role in ("owner", "support", "cashier")]
    return [*team, fan.browser, app.test_client()]


def pages(app: Flask, ids: dict[str, UUID]) -> list[str]:
    """The address of every page, with the real names of this world where it has names."""
    with app.app_context():
        campaign, game = db.driver.execute(
            "SELECT campaign.slug, game.slug FROM game JOIN campaign ON campaign.id = game.campaign_id"
            " WHERE game.id = %s",
            (ids["game_id"],),
        ).fetchone() or ("", "")
    found = []
    for rule, method, _mark in routes(app):
        if method != "GET" or "<path:" in str(rule):
            continue
        path = address(app, rule, ids).replace("/play/x/", "/play/walls/")
        path = path.replace("/embed/x/x/x", f"/embed/walls/{campaign}/{game}")
        path = path.replace("/campaigns/x/x", f"/campaigns/{campaign}/{game}")
        found.append(path.replace("/campaigns/x/", f"/campaigns/{campaign}/"))
    return [*found, "/admin/fans?fan=" + str(ids["fan_id"]), "/admin/search.json?q=xss"]


def test_names_are_words_on_every_page(app: Flask) -> None:
    """HTML in any name is shown as it was typed, on every page and to everybody, and never becomes HTML."""
    brand_id, ids, fan = nasty_world(app)
    seen = 0
    for browser in readers(app, brand_id, fan):
        for path in pages(app, ids):
            answer = browser.get(path, buffered=True)
            assert answer.status_code < 500, path
            if answer.mimetype in ("text/html", "image/svg+xml"):
                assert inline(answer.text) == [], path
                seen += answer.status_code == 200 and "xss7" in answer.text

    assert seen > 30


def test_no_cell_of_an_export_is_a_formula(app: Flask) -> None:
    """Whatever people call themselves, no cell of any export begins as a formula does."""
    brand_id, ids, _fan = nasty_world(app)
    owner = take_seat(app, brand_id, "owner").client
    paths = [path for path in pages(app, ids) if ".csv" in path]
    overview = owner.get(f"/admin/campaigns/{ids['campaign_id']}/").text
    paths += sorted(set(re.findall(r'href="([^"]+\.csv[^"]*)"', overview)))
    told = 0
    for path in paths:
        answer = owner.get(path.replace("&amp;", "&"), buffered=True)
        if answer.status_code != 200:
            continue
        assert answer.mimetype == "text/csv"
        for row in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))):
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "\t", "\r")), f"{path}: {cell}"
                told += "=1+1" in cell

    assert told > 2


def directives(policy: str) -> dict[str, set[str]]:
    """A content policy taken apart."""
    parts = [part.split() for part in policy.split(";")]
    return {name: set(values) for name, *values in parts}


def test_every_page_carries_a_strict_policy(app: Flask) -> None:
    """No answer lets inline scripts or styles run, or anything come from elsewhere; only embeds may be framed."""
    brand_id, ids, fan = nasty_world(app)
    allowed = {"'self'", "'none'", "data:", "blob:", "mediastream:", "'wasm-unsafe-eval'"}
    for browser in readers(app, brand_id, fan):
        for path in pages(app, ids):
            answer = browser.get(path, buffered=True)
            policy = directives(answer.headers["Content-Security-Policy"])
            framing = policy.pop("frame-ancestors", {"'none'"})
            policy.pop("sandbox", None)
            assert set().union(*policy.values()) <= allowed, path
            assert policy["default-src"] == {"'none'"}, path
            inside = path.startswith(("/embed/", "/admin/preview/", "/admin/brand/sample"))
            assert framing <= ({"'self'", "'none'"} if inside else {"'none'"}), path
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            if answer.mimetype == "text/html":
                assert inline(answer.text) == [], path


def test_only_the_campaigns_origins_frame_a_game(app: Flask) -> None:
    """The frame of a game names the campaign's own origins and nobody else's."""
    brand_id = create_brand(app, slug="walls")
    ids = things(app, brand_id)
    with app.app_context(), db.transaction() as session:
        campaign = session.get_one(Campaign, (brand_id, ids["campaign_id"]))
        campaign.origins = ["https://shop.example", "https://a.example; script-src *"]
    path = next(path for path in pages(app, ids) if path.startswith("/embed/walls/"))

    answer = app.test_client().get(path)

    policy = directives(answer.headers["Content-Security-Policy"])
    assert policy["frame-ancestors"] == {"'self'", "https://shop.example"}
    assert policy["script-src"] == {"'self'"}


def test_cookies_are_out_of_reach(app: Flask) -> None:
    """Every cookie that opens something is hidden from scripts and stays at home on requests from other sites."""
    brand_id = create_brand(app, slug="walls")
    create_member(app, brand_id, "owner", email="someone@walls.example")
    fan = create_fan(app, brand_id)
    browser = fan.browser
    set_by = [
        browser.get("/play/walls/?lang=en"),
        browser.get("/play/walls/me"),
        app.test_client().get("/admin/sign-in?lang=en"),
        app.test_client().post(
            "/admin/sign-in", data={"email": "someone@walls.example", "password": PASSWORD}
        ),
        browser.post("/play/walls/me/sign-out"),
    ]
    cookies = [line for answer in set_by for line in answer.headers.getlist("Set-Cookie")]

    assert cookies
    for line in cookies:
        assert "HttpOnly" in line, line
        assert "SameSite=Lax" in line or "SameSite=Strict" in line, line


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/play/walls/..//evil.example",
        "/play/walls/\t//evil.example",
        "/admin//evil.example",
        "javascript:alert(1)",
        "/play/wallsevil.example",
        "/play/walls/\r\nSet-Cookie: a=b",
    ],
)
def test_a_return_address_stays_at_home(app: Flask, wanted: str) -> None:
    """Nobody is sent elsewhere after signing in, however the address is written."""
    brand_id = create_brand(app, slug="walls")
    browser = create_fan(app, brand_id).browser

    answer = browser.get("/play/walls/sign-in", query_string={"next": wanted})
    door = app.test_client().get("/admin/sign-in", query_string={"next": wanted})

    assert answer.location == "/play/walls/"
    assert "evil" not in door.text


def foreign_bodies(
    ids: dict[str, UUID], mine: dict[str, UUID]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Forms of my own things that name things of another brand: (address, form)."""
    prize = {
        "prizes": "0",
        "prizes.0.label.en": "Shirt",
        "prizes.0.stock": "1",
        "prizes.0.per_fan": "1",
        "revision": "1",
        "confirmed": "yes",
    }
    path = f"/admin/games/{mine['game_id']}/prizes"
    for name in ("offer", "picture", "id"):
        wanted = ids[
            "prize_id" if name == "id" else "asset_id" if name == "picture" else "offer_id"
        ]
        yield path, {**prize, f"prizes.0.{name}": str(wanted)}
    rules = {"title.en": "T", "revision": "1", "picture_id": str(ids["asset_id"])}
    yield f"/admin/campaigns/{mine['campaign_id']}/rules", rules
    theme = {"accent": "#112233", "font": "inter", "radius": "soft", "logo": str(ids["asset_id"])}
    yield "/admin/brand/theme", theme
    invite = {"email": "x@y.example", "role": "cashier", "stores": str(ids["store_id"])}
    yield "/admin/members/invite", invite
    place = {"role": "cashier", "stores": str(ids["store_id"])}
    yield f"/admin/members/{mine['member_id']}", place


def test_foreign_ids_in_forms_leave_no_trace(app: Flask) -> None:
    """A form that names another brand's prize, offer, picture or store is refused, and the id is kept nowhere."""
    foreign = things(app, create_brand(app))
    brand_id = create_brand(app)
    mine = things(app, brand_id)
    seat = take_seat(app, brand_id, "owner")
    for path, form in foreign_bodies(foreign, mine):
        answer = seat.post(path, form)
        assert answer.status_code in (404, 409, 422), f"{path} answered {answer.status_code}"
    offer = {"label.en": "O", "code_source": "generated", "store_ids": str(foreign["store_id"])}
    seat.post("/admin/offers/new", {**offer, "per_fan": "1", "valid_days": "1", "active": "1"})

    for name in ("store_id", "offer_id", "asset_id", "prize_id"):
        assert mentions(app, brand_id, str(foreign[name])) == []


def mentions(app: Flask, brand_id: UUID, words: str) -> list[str]:
    """The tables in which some row of the brand holds these words, anywhere in it."""
    found = []
    for (table,) in rows(
        app,
        "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    ):
        whose = (
            ""
            if table == "brand" or table.startswith(("procrastinate", "alembic"))
            else "brand_id = %s AND"
        )
        values = (brand_id, f"%{words}%") if whose else (f"%{words}%",)
        if rows(app, f"SELECT 1 FROM {table} AS held WHERE {whose} held::text ILIKE %s", *values):
            found.append(table)
    return found


def test_foreign_ids_in_the_api_do_not_exist(app: Flask) -> None:
    """Words of consent, sign-ins and coupon codes of another brand are unknown in this one."""
    other = create_brand(app, slug="other")
    foreign = things(app, other)
    brand_id = create_brand(app, slug="walls")
    fan = create_fan(app, brand_id)
    anybody = app.test_client()
    words = anybody.get("/api/v1/brands/other/consents").json["consents"][0]
    asked = anybody.post("/api/v1/brands/other/sign-in/codes", json={"email": "a@b.example"}).json
    choice = {key: words[key] for key in ("purpose", "channel", "text_id")} | {"granted": True}
    chosen = fan.client.put("/api/v1/me/consents", json={"consents": [choice]}, headers=fan.headers)
    again = anybody.post(f"/api/v1/brands/walls/sign-in/codes/{asked['sign_in']}/resend")
    proof = {"sign_in": asked["sign_in"], "code": "123456", "kind": "embed"}
    proved = anybody.post("/api/v1/brands/walls/sign-in/sessions", json=proof)
    erased = fan.client.delete("/api/v1/me", json=proof | {"kind": None}, headers=fan.headers)
    seat = take_seat(app, brand_id, "owner")
    store = create_store(app, brand_id)
    with app.app_context():
        code = db.driver.execute("SELECT code FROM coupon").fetchone()
    use = {"code": code[0] if code else "", "store": str(store), "key": "a-key-of-this-test"}
    used = seat.client.post("/api/v1/staff/redemptions", json=use)
    elsewhere = seat.client.post(
        "/api/v1/staff/redemptions", json={**use, "store": str(foreign["store_id"])}
    )

    assert chosen.status_code == 422
    assert again.status_code == 404
    assert proved.status_code == 404
    assert erased.status_code in (404, 422)
    assert used.status_code in (404, 422)
    assert elsewhere.status_code in (403, 404, 422)
    assert rows(app, "SELECT brand_id FROM consent WHERE brand_id = %s", brand_id) == []


@pytest.mark.parametrize(
    ("path", "form", "most"),
    [
        ("/admin/sign-in", {"email": "a@b.example", "password": "wrong"}, 20),
        ("/admin/sign-in/step", {"code": "123456"}, 20),
        ("/staff/sign-in", {"email": "a@b.example", "password": "wrong"}, 20),
        ("/admin/password", {"email": "a@b.example"}, 5),
    ],
)
def test_doors_slow_down_who_hammers(
    app: Flask, path: str, form: dict[str, str], most: int
) -> None:
    """As installed, with no setting, a door answers "wait" after some tries in a minute from one network."""
    create_brand(app)
    limiter.enabled = True
    try:
        caller = {"REMOTE_ADDR": f"203.0.113.{sum(map(ord, path)) % 250}"}
        tries = [
            app.test_client().post(path, data=form, environ_overrides=caller).status_code
            for _ in range(most + 1)
        ]
    finally:
        limiter.enabled = False

    assert tries[-1] == 429
    assert 429 not in tries[:most]


def test_logs_hold_no_personal_data(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a refusal nor an error that nobody expected writes an address, a code or a name to the log."""
    told = io.StringIO()
    usual = structlog.get_config()["logger_factory"]
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=told))
    brand_id = create_brand(app, slug="walls")
    fan = create_fan(app, brand_id, "secret.person@hidden.example", display_name="Secret Person")
    monkeypatch.setattr(app, "testing", False)
    with app.app_context(), db.transaction() as session:
        session.connection().exec_driver_sql(
            "ALTER TABLE fan ADD CONSTRAINT broken CHECK (display_name <> 'Hidden Name')"
        )
    try:
        broken = fan.client.patch(
            "/api/v1/me", json={"display_name": "Hidden Name"}, headers=fan.headers
        )
    finally:
        with app.app_context(), db.transaction() as session:
            session.connection().exec_driver_sql("ALTER TABLE fan DROP CONSTRAINT broken")
    asked = {"email": "secret.person@hidden.example"}
    app.test_client().post("/api/v1/brands/walls/sign-in/codes", json=asked)
    app.test_client().post("/admin/sign-in", data={**asked, "password": "open sesame"})
    app.test_client().get("/play/walls/unsubscribe/a-token-of-somebody?email=hidden.example")
    structlog.configure(logger_factory=usual)
    logged = told.getvalue()

    assert broken.status_code == 500
    assert "unhandled_error" in logged
    for word in ("hidden.example", "Secret Person", "Hidden Name", "sesame", fan.token, "a-token"):
        assert word not in logged, word


def test_an_erased_fan_is_gone_from_every_table(app: Flask) -> None:
    """After an erasure no row of any table, no export and no queue holds the fan's address, name or traits."""
    brand_id = create_brand(app, slug="walls")
    game = create_game(app, brand_id)
    create_offer(app, brand_id)
    fan = create_fan(app, brand_id, "ada.lovelace@hidden.example", display_name="Ada Countess")
    words = app.test_client().get("/api/v1/brands/walls/consents").json["consents"][0]
    choice = {key: words[key] for key in ("purpose", "channel", "text_id")} | {"granted": True}
    fan.client.put("/api/v1/me/consents", json={"consents": [choice]}, headers=fan.headers)
    for name, value in (("first_name", "Adawalks"), ("phone", "+33612345678")):
        trait = {"trait": {"name": name, "value": value}}
        assert fan.client.patch("/api/v1/me", json=trait, headers=fan.headers).status_code == 200
    fan.play(game, points=2, note="ada.lovelace@hidden.example")
    app.test_client().post(
        "/api/v1/brands/walls/sign-in/codes", json={"email": "Ada.Lovelace@hidden.example"}
    )
    with app.app_context(), db.transaction() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO provider_trip"
            " (brand_id, id, provider, secret_hash, return_to, subject, email, name, expires_at)"
            " VALUES (%s, gen_random_uuid(), 'x', 'h', '/', 's', 'ada.lovelace@hidden.example', 'Ada Countess', now())",
            (brand_id,),
        )
    support = take_seat(app, brand_id, "support")
    number = rows(app, "SELECT number FROM fan")[0][0]
    assert support.post(f"/admin/fans/{fan.id}/erase", {"number": number}).status_code == 302

    for word in ("lovelace", "Countess", "Adawalks", "33612345678"):
        assert mentions(app, brand_id, word) == [], word
    owner = take_seat(app, brand_id, "owner")
    export = owner.get("/admin/fans/export.csv", buffered=True).text
    assert "lovelace" not in export
    assert fan.look(game).status_code == 401
