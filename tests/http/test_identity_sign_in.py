"""Signing in over HTTP: a code by real e-mail, a session, and a clear refusal for everything else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from masterapp.brands.models import Brand
from masterapp.db import db, new_id, now
from masterapp.identity.codes import make_code
from masterapp.identity.models import SignIn
from masterapp.limits import Windows, limiter
from masterapp.testing.factories import Player, create_brand, create_fan, rows
from masterapp.testing.mail import Mailbox

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def slug(app: Flask) -> str:
    """The slug of a brand."""
    create_brand(app, slug="stade", name="Stade & Cie")
    return "stade"


def ask(app: Flask, slug: str, email: str = "ada@example.org", **more: Any) -> Any:
    """Ask for a code."""
    return app.test_client().post(
        f"/api/v1/brands/{slug}/sign-in/codes", json={"email": email, **more}, headers=ENGLISH
    )


def prove(app: Flask, slug: str, sign_in: str, code: str, **more: Any) -> Any:
    """Prove a code."""
    body = {"sign_in": sign_in, "code": code, "kind": "embed", **more}
    return app.test_client().post(
        f"/api/v1/brands/{slug}/sign-in/sessions", json=body, headers=ENGLISH
    )


def code_of(app: Flask, sign_in: str, sends: int = 1) -> str:
    """The code that the e-mail holds."""
    with app.app_context():
        return make_code(UUID(sign_in), sends)


def wrong(code: str) -> str:
    """Another six digits."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def bearer(token: str) -> dict[str, str]:
    """The header of a bearer."""
    return {"Authorization": f"Bearer {token}", **ENGLISH}


def sign_in(app: Flask, slug: str, email: str = "ada@example.org", **more: Any) -> dict[str, Any]:
    """Sign in and return the answer."""
    asked = ask(app, slug, email).json["sign_in"]
    answer = prove(app, slug, asked, code_of(app, asked), **more)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def change_sign_in(app: Flask, sign_in: str, **values: Any) -> None:
    """Move a sign-in in time."""
    with app.app_context(), db.transaction() as session:
        found = session.query(SignIn).filter_by(id=UUID(sign_in)).one()
        for name, value in values.items():
            setattr(found, name, value)


def test_a_code_by_email_opens_a_session(app: Flask, slug: str, mailbox: Mailbox) -> None:
    """The code arrives by SMTP, opens a session, and the bearer says who it is."""
    asked = ask(app, slug, "Ada.Lovelace@Example.ORG", locale="en")
    assert asked.status_code == 202
    assert asked.json["resend_in"] == 30

    answer = prove(app, slug, asked.json["sign_in"], mailbox.code_for("Ada.Lovelace@example.org"))

    assert answer.status_code == 200
    assert answer.json["fan"]["new"] is True
    me = app.test_client().get("/api/v1/me", headers=bearer(answer.json["token"]))
    assert me.json == {
        "number": answer.json["fan"]["number"],
        "email": "Ada.Lovelace@example.org",
        "display_name": "",
        "locale": "en",
        "traits": {},
    }


def test_the_same_person_is_found_again_whatever_the_case(app: Flask, slug: str) -> None:
    """Another spelling of the same address is the same fan, and not a new one."""
    first = sign_in(app, slug, "ada@example.org")
    second = sign_in(app, slug, "ADA@EXAMPLE.org")

    assert second["fan"] == {"number": first["fan"]["number"], "new": False}


def test_an_imported_fan_is_joined_by_the_proof_of_the_address(app: Flask, slug: str) -> None:
    """A row that an import brought belongs to whoever proves its address."""
    brand_id = rows(app, "SELECT id FROM brand")[0][0]
    imported = create_fan(app, brand_id, "ada@example.org")

    assert sign_in(app, slug, "ada@example.org")["fan"]["new"] is False
    assert rows(app, "SELECT fan_id FROM identity") == [(imported.id,)]


def test_known_and_unknown_addresses_get_the_same_answer(app: Flask, slug: str) -> None:
    """Nobody learns from the answer whether an address is known."""
    sign_in(app, slug, "known@example.org")

    known, unknown = ask(app, slug, "known@example.org"), ask(app, slug, "unknown@example.org")

    assert known.status_code == unknown.status_code == 202
    assert known.json.keys() == unknown.json.keys()
    assert known.json["resend_in"] == unknown.json["resend_in"]


def test_five_wrong_tries_end_the_sign_in(app: Flask, slug: str) -> None:
    """Wrong tries are counted though they are refused; after the fifth even the right code is refused."""
    asked = ask(app, slug).json["sign_in"]
    code = code_of(app, asked)

    answers = [prove(app, slug, asked, wrong(code)) for _ in range(5)]
    last = prove(app, slug, asked, code)

    assert [answer.json["code"] for answer in answers] == ["code_wrong"] * 4 + ["code_spent"]
    assert [answer.json["facts"].get("tries_left") for answer in answers[:4]] == [4, 3, 2, 1]
    assert last.json["code"] == "code_spent"
    assert rows(app, "SELECT count(*) FROM fan") == [(0,)]


def test_a_code_works_once(app: Flask, slug: str) -> None:
    """A replayed code is refused and says what to do."""
    asked = ask(app, slug).json["sign_in"]
    assert prove(app, slug, asked, code_of(app, asked)).status_code == 200

    again = prove(app, slug, asked, code_of(app, asked))

    assert (again.status_code, again.json["code"]) == (409, "code_used")
    assert rows(app, "SELECT count(*) FROM fan_session") == [(1,)]


def test_an_old_code_is_refused(app: Flask, slug: str) -> None:
    """After ten minutes the right code is refused."""
    asked = ask(app, slug).json["sign_in"]
    change_sign_in(app, asked, expires_at=now() - timedelta(seconds=1))

    answer = prove(app, slug, asked, code_of(app, asked))

    assert (answer.status_code, answer.json["code"]) == (409, "code_expired")


def test_a_code_of_another_brand_is_unknown(app: Flask, slug: str) -> None:
    """A sign-in of one brand does not exist for another one, right code or not."""
    create_brand(app, slug="other")
    asked = ask(app, slug).json["sign_in"]

    answer = prove(app, "other", asked, code_of(app, asked))

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert prove(app, slug, str(new_id()), "123456").status_code == 404
    assert ask(app, "nowhere").status_code == 404


def test_a_resent_code_replaces_the_one_before(app: Flask, slug: str, mailbox: Mailbox) -> None:
    """A second e-mail must wait half a minute; then its code works and the first one does not."""
    asked = ask(app, slug).json["sign_in"]
    path = f"/api/v1/brands/{slug}/sign-in/codes/{asked}/resend"
    too_soon = app.test_client().post(path, headers=ENGLISH)
    assert (too_soon.status_code, too_soon.json["code"]) == (429, "too_many_requests")
    assert 0 < int(too_soon.headers["Retry-After"]) <= 30
    change_sign_in(app, asked, sent_at=now() - timedelta(seconds=31))

    answer = app.test_client().post(path, headers=ENGLISH)

    assert (answer.status_code, answer.json) == (202, {"sign_in": asked, "resend_in": 60})
    assert prove(app, slug, asked, code_of(app, asked, 1)).json["code"] == "code_wrong"
    newest = mailbox.code_for("ada@example.org")
    assert newest == code_of(app, asked, 2)
    assert prove(app, slug, asked, newest).status_code == 200
    assert len(mailbox.letters) == 1, "the overtaken e-mail is not sent"


def test_resending_has_an_end(app: Flask, slug: str) -> None:
    """A sign-in sends at most four e-mails."""
    asked = ask(app, slug).json["sign_in"]
    path = f"/api/v1/brands/{slug}/sign-in/codes/{asked}/resend"
    pauses = []
    for _ in range(3):
        change_sign_in(app, asked, sent_at=now() - timedelta(minutes=5))
        pauses.append(app.test_client().post(path).json["resend_in"])
    change_sign_in(app, asked, sent_at=now() - timedelta(minutes=5))

    answer = app.test_client().post(path, headers=ENGLISH)

    assert pauses == [60, 120, None]
    assert (answer.status_code, answer.json["code"]) == (409, "resend_spent")


def test_an_address_gets_few_emails_an_hour(app: Flask, slug: str) -> None:
    """Nobody can flood an address: the ninth e-mail of an hour is refused, for this address only."""
    answers = [ask(app, slug, "Flooded@example.org").status_code for _ in range(9)]

    assert answers == [202] * 8 + [429]
    assert ask(app, slug, "flooded@example.org").status_code == 429
    assert ask(app, slug, "other@example.org").status_code == 202


def test_nothing_readable_is_stored_or_queued(app: Flask, slug: str) -> None:
    """Neither the code nor the address waits in the queue, and no table holds code or bearer."""
    asked = ask(app, slug).json["sign_in"]
    code = code_of(app, asked)
    queued = rows(app, "SELECT args::text FROM procrastinate_jobs")[0][0]
    token = prove(app, slug, asked, code).json["token"]

    stored = rows(app, "SELECT sign_in::text FROM sign_in") + rows(
        app, "SELECT fan_session::text FROM fan_session"
    )

    assert code not in queued
    assert "ada@" not in queued
    assert all(token[-20:] not in row and f",{code}," not in row for (row,) in stored)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "nonsense"}, "email"),
        ({"email": "a@b@c"}, "email"),
        ({"email": "a\x00@example.org"}, "email"),
        ({"email": "x" * 300 + "@example.org"}, "email"),
        ({"email": 12}, "email"),
        ({"email": "ada@example.org", "locale": "xx"}, "locale"),
        ({"email": "ada@example.org", "surprise": 1}, "surprise"),
    ],
)
def test_a_bad_request_names_the_field(
    app: Flask, slug: str, body: dict[str, Any], field: str
) -> None:
    """What cannot be read is refused with the field and a cure."""
    answer = app.test_client().post(
        f"/api/v1/brands/{slug}/sign-in/codes", json=body, headers=ENGLISH
    )

    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert field in answer.json["fields"]
    assert answer.json["fields"][field][0]


def test_a_cure_is_said_in_french(app: Flask, slug: str) -> None:
    """A French browser reads the refusal and the field's cure in French."""
    answer = app.test_client().post(
        f"/api/v1/brands/{slug}/sign-in/codes",
        json={"email": "nonsense"},
        headers={"Accept-Language": "fr"},
    )

    assert answer.json["message"] == "Certains champs sont à corriger."
    assert answer.json["fields"]["email"] == ["Écrivez une adresse complète, comme nom@exemple.fr."]


@pytest.mark.parametrize("data", [b"{", b"\xff\xfe", b'"text"', b"[]", b"null"])
def test_a_body_that_is_not_an_object_is_refused(app: Flask, slug: str, data: bytes) -> None:
    """Broken JSON, bad UTF-8 and other values than objects are refused, never a server error."""
    answer = app.test_client().post(
        f"/api/v1/brands/{slug}/sign-in/codes", data=data, content_type="application/json"
    )

    assert answer.status_code in (400, 422)


def test_choices_made_with_the_code_are_recorded(app: Flask, slug: str) -> None:
    """Consents given at sign-in are kept with the words that were shown, method, origin and network."""
    shown = app.test_client().get(f"/api/v1/brands/{slug}/consents", headers=ENGLISH).json
    offers = next(text for text in shown["consents"] if text["at_sign_in"])
    choice = {"granted": True, **{key: offers[key] for key in ("purpose", "channel", "text_id")}}

    sign_in(app, slug, consents=[choice], origin="https://shop.example")

    assert rows(
        app, "SELECT purpose, channel, granted, method, origin, address_prefix FROM consent"
    ) == [("offers", "email", True, "sign_in", "https://shop.example", "127.0.0.0/24")]


def test_an_unknown_consent_text_undoes_the_sign_in(app: Flask, slug: str) -> None:
    """A choice about words that were never shown is refused, and the code can still be used."""
    asked = ask(app, slug).json["sign_in"]
    choice = {
        "purpose": "offers",
        "channel": "email",
        "granted": True,
        "text_id": str(new_id()),
    }

    answer = prove(app, slug, asked, code_of(app, asked), consents=[choice])

    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert "consents.0.text_id" in answer.json["fields"]
    assert rows(app, "SELECT count(*) FROM fan") == [(0,)]
    assert prove(app, slug, asked, code_of(app, asked)).status_code == 200


def test_a_campaign_is_remembered_as_the_source(app: Flask, slug: str) -> None:
    """Who came through an embed of a shop is known to come from there; unknown campaigns are no error."""
    asked = ask(app, slug, campaign="no-such-campaign").json["sign_in"]
    prove(app, slug, asked, code_of(app, asked), origin="https://shop.example")

    assert rows(app, "SELECT source->>'origin' FROM fan") == [("https://shop.example",)]


def test_the_limiter_stops_hammering(app: Flask, slug: str) -> None:
    """One network may ask for sixty codes a minute; the next one is told to wait."""
    limiter.use(Windows())
    limiter.enabled = True
    try:
        answers = [ask(app, slug, f"fan{number}@example.org") for number in range(61)]
    finally:
        limiter.enabled = False

    assert [answer.status_code for answer in answers] == [202] * 60 + [429]
    assert answers[-1].json["code"] == "too_many_requests"


def test_another_brand_knows_another_fan(app: Flask, slug: str, fan: Player) -> None:
    """The same address at two brands is two fans; a bearer works for its own brand only."""
    create_brand(app, slug="other")
    here, there = sign_in(app, slug), sign_in(app, "other")

    assert here["fan"]["number"] != there["fan"]["number"]
    with app.app_context():
        brands = {brand.slug: brand.id for brand in db.session.query(Brand)}
    assert rows(app, "SELECT count(*) FROM fan WHERE brand_id = %s", brands["other"]) == [(1,)]
