"""My own data over HTTP: what I said, what I agreed to, what I can download, and how I disappear."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from masterapp.brands.models import Brand
from masterapp.db import db, now
from masterapp.fans import consents
from masterapp.fans.unsubscribe import Link, write_link_token
from masterapp.identity.codes import make_code
from masterapp.identity.models import FanSession
from masterapp.testing.factories import Player, create_brand, create_fan, rows


def me(fan: Player, method: str, path: str = "", **body: Any) -> Any:
    """Ask or tell something about oneself."""
    more = {"json": body} if body else {}
    return fan.client.open(f"/api/v1/me{path}", method=method, headers=fan.headers, **more)


def texts(app: Flask, brand: UUID) -> dict[tuple[str, str], Any]:
    """The words that are shown, by purpose and channel."""
    slug = rows(app, "SELECT slug FROM brand WHERE id = %s", brand)[0][0]
    shown = app.test_client().get(
        f"/api/v1/brands/{slug}/consents", headers={"Accept-Language": "en"}
    )
    return {(one["purpose"], one["channel"]): one for one in shown.json["consents"]}


def choice(text: dict[str, Any], granted: bool) -> dict[str, Any]:
    """An answer to these words."""
    return {key: text[key] for key in ("purpose", "channel", "text_id")} | {"granted": granted}


def test_who_is_not_signed_in_is_told_so(app: Flask) -> None:
    """No credential, a broken one and a cookie of nobody are refused alike."""
    client = app.test_client()
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Cookie": "fan_x=nonsense"}):
        answer = client.get("/api/v1/me", headers=headers)
        assert (answer.status_code, answer.json["code"]) == (401, "sign_in_required")


def test_name_language_and_one_trait_are_kept(app: Flask, fan: Player) -> None:
    """What the fan says is kept with where it came from; an older value stays as history."""
    answer = me(
        fan,
        "PATCH",
        display_name="  Ada \u200a L. ",
        locale="en",
        trait={"name": "postcode", "value": "44 000"},
    )
    assert answer.status_code == 200
    assert answer.json["display_name"] == "Ada L."
    assert answer.json["traits"] == {"postcode": "44 000"}
    for _ in range(2):
        me(fan, "PATCH", trait={"name": "postcode", "value": "75011"})

    assert me(fan, "GET").json["traits"] == {"postcode": "75011"}
    assert rows(
        app, "SELECT value, source, replaced_at IS NULL FROM trait ORDER BY created_at"
    ) == [("44 000", "declared", False), ("75011", "declared", True)]


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("phone", "06 12 34 56 78", "+33612345678"),
        ("phone", "0044 20 7946 0958", "+442079460958"),
        ("birth_date", "1990-12-31", "1990-12-31"),
        ("first_name", "  Marie   Claire ", "Marie Claire"),
    ],
)
def test_a_trait_gets_one_spelling(fan: Player, name: str, value: str, kept: str) -> None:
    """However it is typed, a value is stored in one form."""
    answer = me(fan, "PATCH", trait={"name": name, "value": value})

    assert answer.json["traits"] == {name: kept}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"trait": {"name": "shoe_size", "value": "44"}}, "trait.name"),
        ({"trait": {"name": "birth_date", "value": "2999-01-01"}}, "trait.value"),
        ({"trait": {"name": "birth_date", "value": "31/12/1990"}}, "trait.value"),
        ({"trait": {"name": "phone", "value": "call me"}}, "trait.value"),
        ({"trait": {"name": "postcode", "value": "<b>44</b>"}}, "trait.value"),
        ({"trait": {"name": "city", "value": ""}}, "trait.value"),
        ({"trait": {"name": "city"}}, "trait.value"),
        ({"display_name": "x" * 61}, "display_name"),
        ({"display_name": "a\x00b"}, "display_name"),
        ({"locale": "de"}, "locale"),
        ({"email": "new@example.org"}, "email"),
        ({"number": 1}, "number"),
    ],
)
def test_a_wrong_value_names_its_field(
    app: Flask, fan: Player, body: dict[str, Any], field: str
) -> None:
    """A value that cannot be kept is refused with the field and a cure, and nothing changes."""
    answer = me(fan, "PATCH", **body)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert list(answer.json["fields"]) == [field]
    assert rows(app, "SELECT count(*) FROM trait") == [(0,)]


def test_consents_are_given_and_withdrawn_on_record(app: Flask, brand: UUID, fan: Player) -> None:
    """Every answer is added to the record, and the newest counts; nothing is ticked before."""
    before = me(fan, "GET", "/consents").json["consents"]
    assert {(one["granted"], one["at"]) for one in before} == {(None, None)}
    text = texts(app, brand)["offers", "email"]
    for granted in (True, False, True):
        answer = me(fan, "PUT", "/consents", consents=[choice(text, granted)])
        assert answer.status_code == 200

    standing = {(one["purpose"], one["channel"]): one["granted"] for one in answer.json["consents"]}

    assert standing == {("offers", "email"): True, ("offers", "sms"): None}
    assert rows(app, "SELECT granted, method FROM consent ORDER BY created_at") == [
        (True, "my_space"),
        (False, "my_space"),
        (True, "my_space"),
    ]


def test_words_of_another_brand_or_purpose_are_refused(
    app: Flask, brand: UUID, fan: Player
) -> None:
    """An answer must name the words that this brand showed for this very purpose and channel."""
    foreign = texts(app, create_brand(app))["offers", "email"]
    own = texts(app, brand)["offers", "email"]
    swapped = choice(own, True) | {"channel": "sms"}

    for wrong in (choice(foreign, True), swapped):
        answer = me(fan, "PUT", "/consents", consents=[choice(own, True), wrong])
        assert answer.status_code == 422
        assert "consents.1.text_id" in answer.json["fields"]

    assert rows(app, "SELECT count(*) FROM consent") == [(0,)]


def test_new_words_become_a_new_version(app: Flask, brand: UUID) -> None:
    """When the brand changes its name, the words shown change, and the old words stay provable."""
    first = texts(app, brand)["offers", "email"]
    assert texts(app, brand)["offers", "email"] == first
    with app.app_context(), db.transaction() as session:
        found = session.get(Brand, brand)
        assert found is not None
        found.name = "Nouveau nom"
        found.contact = {"partners": ["Boulangerie Ada", "Cycles Blaise"]}

    second = texts(app, brand)

    assert "Nouveau nom" in second["offers", "email"]["text"]
    assert second["offers", "email"]["text_id"] != first["text_id"]
    assert "Boulangerie Ada and Cycles Blaise" in second["partners", "email"]["text"]
    kept = rows(app, "SELECT text FROM consent_text WHERE id = %s", UUID(first["text_id"]))
    assert kept == [(first["text"],)]


def test_one_click_in_the_mail_program_stops_offers(app: Flask, fan: Player) -> None:
    """The link works without a sign-in and without a page, twice; opening it alone changes nothing."""
    text = texts(app, fan.brand_id)["offers", "email"]
    me(fan, "PUT", "/consents", consents=[choice(text, True)])
    path = unsubscribe_path(app, fan)
    page = app.test_client().get(path)
    assert page.status_code == 200
    assert agrees(app, fan)

    for _ in range(2):
        answer = app.test_client().post(
            path,
            data={"List-Unsubscribe": "One-Click"},
            headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
        )
        assert answer.status_code == 204

    assert not agrees(app, fan)
    assert rows(app, "SELECT method FROM consent ORDER BY created_at") == [
        ("my_space",),
        ("unsubscribe",),
    ]
    assert app.test_client().post(path).status_code == 200


def agrees(app: Flask, fan: Player) -> bool:
    """Whether offers by e-mail may be sent."""
    with app.app_context():
        return consents.has_agreed(fan.brand_id, fan.id, "offers", "email")


def unsubscribe_path(app: Flask, fan: Player) -> str:
    """The address at the foot of an offer."""
    slug = rows(app, "SELECT slug FROM brand WHERE id = %s", fan.brand_id)[0][0]
    with app.app_context():
        token = write_link_token(Link(fan.brand_id, fan.id, "offers", "email"))
    return f"/play/{slug}/unsubscribe/{token}"


def test_a_forged_unsubscribe_link_does_nothing(app: Flask, fan: Player) -> None:
    """Only our own links count, and only for their own brand."""
    path = unsubscribe_path(app, fan)
    create_brand(app, slug="other")
    slug = path.split("/")[2]

    for wrong in (path[:-2] + "xx", path.replace(slug, "other"), f"/play/{slug}/unsubscribe/x.y"):
        assert app.test_client().post(wrong).status_code == 404


def test_a_download_holds_everything(app: Flask, fan: Player) -> None:
    """The document has a part for every room that holds something."""
    text = texts(app, fan.brand_id)["offers", "email"]
    me(fan, "PUT", "/consents", consents=[choice(text, True)])
    me(fan, "PATCH", trait={"name": "city", "value": "Nantes"})

    answer = me(fan, "GET", "/data")

    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    data = answer.json
    assert {"fan", "traits", "consents", "identities", "sessions"} <= data.keys()
    assert data["fan"]["email"].endswith("@example.org")
    assert data["traits"][0]["value"] == "Nantes"
    assert data["consents"][0]["text"] == text["text"]
    assert len(data["sessions"]) == 1


def test_an_erasure_leaves_no_personal_datum(app: Flask, fan: Player) -> None:
    """After the second step nothing in the database tells who it was, and the reasons for what stays are said."""
    email = rows(app, "SELECT email FROM fan WHERE id = %s", fan.id)[0][0]
    text = texts(app, fan.brand_id)["offers", "email"]
    me(fan, "PUT", "/consents", consents=[choice(text, True)])
    me(fan, "PATCH", display_name="Ada", trait={"name": "city", "value": "Nantes"})

    answer = me(fan, "DELETE", confirm=True)

    assert answer.status_code == 200
    assert len(answer.json["kept"]) >= 1
    found = rows(app, "SELECT fan::text FROM fan WHERE id = %s", fan.id)[0][0]
    assert email not in found
    assert "Ada" not in found
    for table in ("identity", "fan_session", "trait"):
        assert rows(app, f"SELECT count(*) FROM {table}") == [(0,)]
    assert rows(app, "SELECT count(*) FROM consent") == [(1,)]
    assert email not in str(rows(app, "SELECT data::text FROM audit_record"))
    assert me(fan, "GET").status_code == 401


def test_an_erasure_needs_its_second_step(app: Flask, fan: Player) -> None:
    """It must be said on purpose; and when the sign-in is old, a fresh code to one's own address proves who asks."""
    for body in ({}, {"confirm": False}, {"confirm": "yes"}):
        refused = fan.client.delete("/api/v1/me", json=body, headers=fan.headers)
        assert refused.status_code == 422
    with app.app_context(), db.transaction() as session:
        session.query(FanSession).update({"created_at": now() - timedelta(hours=1)})
    answer = me(fan, "DELETE", confirm=True)
    assert (answer.status_code, answer.json["code"]) == (403, "confirm_first")
    slug, email = rows(app, "SELECT slug, email FROM brand, fan")[0]
    other = ask(app, slug, "somebody-else@example.org")
    refused = me(fan, "DELETE", confirm=True, sign_in=str(other), code=code_of(app, other))
    assert refused.status_code == 404
    own = ask(app, slug, email)

    answer = me(fan, "DELETE", confirm=True, sign_in=str(own), code=code_of(app, own))

    assert answer.status_code == 200


def ask(app: Flask, slug: str, email: str) -> UUID:
    """Ask for a code."""
    answer = app.test_client().post(f"/api/v1/brands/{slug}/sign-in/codes", json={"email": email})
    return UUID(answer.json["sign_in"])


def code_of(app: Flask, sign_in: UUID) -> str:
    """The code in the e-mail."""
    with app.app_context():
        return make_code(sign_in, 1)


def hosted(app: Flask, slug: str, email: str) -> tuple[FlaskClient, str]:
    """A browser signed in on hosted pages, and the bearer of its page."""
    sign_in = ask(app, slug, email)
    browser = app.test_client()
    body = {"sign_in": str(sign_in), "code": code_of(app, sign_in), "kind": "hosted"}
    answer = browser.post(f"/api/v1/brands/{slug}/sign-in/sessions", json=body)
    assert answer.status_code == 200
    return browser, answer.json["token"]


def test_a_cookie_is_kept_from_scripts_and_writes_only_from_our_pages(app: Flask) -> None:
    """The hosted cookie is HttpOnly and Lax, is not the page's bearer, and is no help to a forged request."""
    create_brand(app, slug="stade")
    browser, bearer = hosted(app, "stade", "ada@example.org")
    cookie = browser.get_cookie("fan_stade")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.value != bearer
    assert browser.get("/api/v1/me").status_code == 200
    change = {"json": {"display_name": "Ada"}}

    for headers, status in (
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://localhost"}, 200),
    ):
        assert browser.patch("/api/v1/me", headers=headers, **change).status_code == status


def test_signing_out_ends_cookie_and_bearer(app: Flask) -> None:
    """Signing out with the page's bearer takes the cookie back too; the other device stays."""
    create_brand(app, slug="stade")
    browser, bearer = hosted(app, "stade", "ada@example.org")
    other, _ = hosted(app, "stade", "ada@example.org")

    answer = browser.delete("/api/v1/session", headers={"Authorization": f"Bearer {bearer}"})

    assert answer.status_code == 204
    assert browser.get_cookie("fan_stade") is None
    assert other.get("/api/v1/me").status_code == 200


def test_signing_out_everywhere_ends_all_devices(app: Flask) -> None:
    """One call ends the sessions of all devices."""
    create_brand(app, slug="stade")
    browser, bearer = hosted(app, "stade", "ada@example.org")
    other, _ = hosted(app, "stade", "ada@example.org")

    answer = browser.delete("/api/v1/sessions", headers={"Authorization": f"Bearer {bearer}"})

    assert answer.status_code == 204
    assert other.get("/api/v1/me").status_code == 401
    assert rows(app, "SELECT count(*) FROM fan_session") == [(0,)]


def test_two_brands_on_one_host_need_to_be_told_apart(app: Flask) -> None:
    """With the cookies of two brands the request must name its brand; it never gets the other one's fan."""
    create_brand(app, slug="stade")
    create_brand(app, slug="other")
    browser, _ = hosted(app, "stade", "ada@example.org")
    there, _ = hosted(app, "other", "bob@example.org")
    cookie = there.get_cookie("fan_other")
    assert cookie is not None
    browser.set_cookie("fan_other", cookie.value)

    assert browser.get("/api/v1/me").status_code == 401
    named = {
        slug: browser.get("/api/v1/me", headers={"X-Brand": slug}) for slug in ("stade", "other")
    }
    assert named["stade"].json["email"] == "ada@example.org"
    assert named["other"].json["email"] == "bob@example.org"


def test_the_language_of_a_refusal_is_the_fans(app: Flask, brand: UUID) -> None:
    """A fan who reads French is refused in French whatever the browser says."""
    fan = create_fan(app, brand, locale="fr")

    answer = fan.client.patch(
        "/api/v1/me",
        json={"trait": {"name": "birth_date", "value": "2999-01-01"}},
        headers={**fan.headers, "Accept-Language": "en"},
    )

    assert answer.json["fields"]["trait.value"] == [
        "Écrivez une date passée, sous la forme AAAA-MM-JJ."
    ]
