"""Signing in with other providers: a known identity opens its fan, an unknown one must prove an e-mail first."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.identity.codes import make_code
from masterapp.identity.models import ProviderTrip
from masterapp.identity.providers import Provider, load
from masterapp.identity.unlinking import read_signed_request
from masterapp.settings import SettingError
from masterapp.testing.factories import create_brand, create_fan, rows
from masterapp.testing.providers import CLIENT_SECRET, LocalProvider, run_provider

HOME = "/play/stade/"


@dataclass
class Social:
    """A brand with one provider switched on, and a browser."""

    app: Flask
    provider: LocalProvider
    name: str
    browser: FlaskClient
    brand_id: UUID

    def go(self, back_to: str = HOME, browser: FlaskClient | None = None) -> str:
        """Press the button; return the path with which the provider sends the browser back."""
        begun = (browser or self.browser).get(f"/play/stade/sign-in/{self.name}?next={back_to}")
        assert begun.status_code == 302, begun.text
        allowed = requests.get(begun.location, allow_redirects=False, timeout=5)
        assert allowed.status_code == 302, allowed.text
        back = urlsplit(allowed.headers["Location"])
        return f"{back.path}?{back.query}"

    def code(self) -> tuple[str, str]:
        """Return the newest sign-in under way and its code."""
        found = rows(self.app, "SELECT id, sends FROM sign_in ORDER BY created_at DESC LIMIT 1")[0]
        with self.app.app_context():
            return str(found[0]), make_code(*found)

    def prove(self, **changes: str) -> Any:
        """Send the code."""
        sign_in, code = self.code()
        body = {"sign_in": sign_in, "code": code, **changes}
        return self.browser.post(f"/play/stade/sign-in/{self.name}/proof", data=body)

    def sign_in(self) -> Any:
        """Go out and come back."""
        return self.browser.get(self.go())

    @property
    def signed_in(self) -> bool:
        """Whether the browser holds the brand's cookie."""
        return self.browser.get_cookie("fan_stade") is not None


@pytest.fixture(params=["oidc", "facebook", "x"])
def social(request: pytest.FixtureRequest, app: Flask) -> Iterator[Social]:
    """A brand with each kind of provider in turn."""
    yield from _social(app, request.param)


@pytest.fixture
def openid(app: Flask) -> Iterator[Social]:
    """A brand with an OpenID Connect provider."""
    yield from _social(app, "oidc")


def _social(app: Flask, kind: str) -> Iterator[Social]:
    brand_id = create_brand(app, slug="stade")
    create_brand(app, slug="other")
    settings = app.config["SETTINGS"]
    with run_provider(kind) as (provider, entry):
        text = json.dumps({"stade": [entry], "other": [entry]})
        app.config["SETTINGS"] = replace(settings, sign_in_providers=text)
        try:
            yield Social(app, provider, kind, app.test_client(), brand_id)
        finally:
            app.config["SETTINGS"] = settings


def test_the_first_time_an_email_is_proved_and_then_the_identity_is_enough(social: Social) -> None:
    """The provider's e-mail gets a code; once it is proved, the provider alone signs the same fan in."""
    first = social.sign_in()
    assert first.status_code == 200
    assert not social.signed_in
    proved = social.prove()
    assert proved.status_code == 303
    assert social.signed_in
    social.browser.delete_cookie("fan_stade")

    again = social.sign_in()

    assert (again.status_code, again.location) == (303, HOME)
    assert social.signed_in
    assert rows(social.app, "SELECT count(*) FROM fan") == [(1,)]
    assert rows(social.app, "SELECT provider, subject FROM identity ORDER BY provider") == sorted(
        [("email", "ada@example.org"), (social.name, "subject-1")]
    )


def test_without_an_email_the_fan_is_asked_for_one(social: Social) -> None:
    """A provider that tells no e-mail leads to a page that asks for it, and the fan may choose any of theirs."""
    social.provider.account.email = None
    page = social.sign_in()
    assert 'name="email"' in page.text

    sent = social.browser.post(
        f"/play/stade/sign-in/{social.name}/email", data={"email": "other@example.org"}
    )

    assert sent.status_code == 200
    assert social.prove().status_code == 303
    assert rows(social.app, "SELECT email FROM fan") == [("other@example.org",)]


def test_a_verified_email_of_the_provider_opens_nothing(openid: Social) -> None:
    """Whatever the provider says of an address, an existing fan is joined only by the code sent there."""
    create_fan(openid.app, openid.brand_id, "ada@example.org")

    openid.sign_in()

    assert not openid.signed_in
    assert rows(openid.app, "SELECT count(*) FROM identity") == [(0,)]
    _, code = openid.code()
    wrong = openid.prove(code=f"{(int(code) + 1) % 1_000_000:06d}")
    assert wrong.status_code == 422
    assert rows(openid.app, "SELECT count(*) FROM identity") == [(0,)]
    assert openid.prove().status_code == 303
    assert rows(openid.app, "SELECT count(*), count(DISTINCT fan_id) FROM identity") == [(2, 1)]
    assert rows(openid.app, "SELECT count(*) FROM fan") == [(1,)]


def test_a_wrong_state_is_refused(social: Social) -> None:
    """A return that this browser did not begin is refused, and the real one still works."""
    back = social.go()

    forged = social.browser.get(re.sub(r"state=[^&]+", "state=guessed", back))

    assert forged.status_code == 409
    assert not social.signed_in
    assert social.browser.get(back).status_code == 200


def test_a_return_works_once(social: Social) -> None:
    """The same return again, cookie and all, is refused."""
    back = social.go()
    social.browser.get(back)

    assert social.browser.get(back).status_code == 409


def test_a_return_in_another_browser_is_refused(openid: Social) -> None:
    """A return address caught by somebody else opens nothing in their browser."""
    back = openid.go()

    thief = openid.app.test_client()

    assert thief.get(back).status_code == 409
    openid.go(browser=thief)
    assert thief.get(back).status_code == 409


def test_a_return_to_another_brand_is_refused(openid: Social) -> None:
    """State and code of one brand are worth nothing at another, though both use the provider."""
    back = openid.go().replace("/play/stade/", "/play/other/")
    cookie = openid.browser.get_cookie("mapp_trip", path="/play/stade/sign-in")
    assert cookie is not None
    openid.browser.set_cookie("mapp_trip", cookie.value, path="/play/other/sign-in")

    assert openid.browser.get(back).status_code == 409


def test_a_late_return_is_refused(openid: Social) -> None:
    """After ten minutes a return is too late."""
    back = openid.go()
    with openid.app.app_context(), db.transaction() as session:
        session.query(ProviderTrip).update({"expires_at": now() - timedelta(seconds=1)})

    assert openid.browser.get(back).status_code == 409


def test_a_code_made_for_another_trip_is_refused(openid: Social) -> None:
    """A stolen code inside a trip of one's own fails at the provider: the verifier is another one."""
    stolen = parse_qs(urlsplit(openid.go(browser=openid.app.test_client())).query)["code"][0]
    back = openid.go()

    answer = openid.browser.get(re.sub(r"code=[^&]+", f"code={stolen}", back))

    assert answer.status_code == 502
    assert not openid.signed_in


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another trip"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["masterapp-tests", "another"], "azp": "another"},
        {"exp": 1_000_000_000},
        {"sub": ""},
    ],
)
def test_a_wrong_identity_token_is_refused(openid: Social, claims: dict[str, Any]) -> None:
    """A token of another trip, issuer, client or time signs nobody in."""
    openid.provider.claims = claims

    answer = openid.sign_in()

    assert answer.status_code == 502
    assert not openid.signed_in
    assert rows(openid.app, "SELECT count(*) FROM sign_in") == [(0,)]


def test_a_token_signed_by_somebody_else_is_refused(openid: Social) -> None:
    """Only the provider's published keys count."""
    openid.provider.forge = True

    assert openid.sign_in().status_code == 502


def test_declining_leads_back_with_a_sentence(openid: Social) -> None:
    """Who says no at the provider reads what to do next."""
    answer = openid.browser.get("/play/stade/sign-in/oidc/callback?error=access_denied")

    assert answer.status_code == 403
    assert not openid.signed_in


def test_an_unknown_provider_does_not_exist(openid: Social) -> None:
    """A provider that the brand has not switched on is not found."""
    assert openid.browser.get("/play/stade/sign-in/nothing").status_code == 404


def test_going_back_stays_with_the_brand(openid: Social) -> None:
    """A sign-in cannot be used to send people to another site."""
    openid.sign_in()
    openid.prove()
    openid.browser.delete_cookie("fan_stade")

    answer = openid.browser.get(openid.go("https://evil.example/"))

    assert answer.location == HOME


def test_the_sign_in_page_offers_the_provider(openid: Social) -> None:
    """The hosted sign-in page shows the button that leads out."""
    page = openid.browser.get("/play/stade/sign-in")

    assert "/play/stade/sign-in/oidc?next=" in page.text


@pytest.mark.parametrize(
    "setting",
    [
        "{",
        "[]",
        '{"stade": {}}',
        '{"stade": [{"name": "x"}]}',
        '{"stade": [{"name": "x", "kind": "telepathy", "client_id": "a", "client_secret": "b"}]}',
        '{"stade": [{"name": "code", "kind": "x", "client_id": "a", "client_secret": "b"}]}',
        '{"stade": [{"name": "o", "kind": "oidc", "client_id": "a", "client_secret": "b"}]}',
        "@/no/such/file",
    ],
)
def test_a_wrong_setting_stops_the_boot(setting: str) -> None:
    """A setting that cannot work is refused with a sentence that names it."""
    with pytest.raises(SettingError, match="MASTERAPP_SIGN_IN_PROVIDERS"):
        load(setting)


def signed(payload: dict[str, Any], secret: str = CLIENT_SECRET) -> str:
    """Sign a request as Facebook does."""
    body = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    signature = hmac.digest(secret.encode(), body.encode(), hashlib.sha256)
    return f"{base64.urlsafe_b64encode(signature).decode().rstrip('=')}.{body}"


REMOVED = {"algorithm": "HMAC-SHA256", "user_id": "subject-1", "issued_at": 1}


@pytest.fixture
def facebook(app: Flask) -> Iterator[Social]:
    """A fan who came with Facebook."""
    for social in _social(app, "facebook"):
        social.sign_in()
        social.prove()
        yield social


def test_removing_the_app_at_facebook_removes_the_link(facebook: Social) -> None:
    """Facebook's word that somebody removed the app unlinks their identity, and only that."""
    answer = facebook.app.test_client().post(
        "/play/stade/sign-in/facebook/deauthorisation", data={"signed_request": signed(REMOVED)}
    )

    assert answer.status_code == 204
    assert rows(facebook.app, "SELECT provider FROM identity") == [("email",)]
    assert rows(facebook.app, "SELECT count(*) FROM fan") == [(1,)]


def test_a_deletion_asked_for_at_facebook_gets_a_receipt(facebook: Social) -> None:
    """The answer has the shape that Facebook documents, and its address tells what was deleted."""
    client = facebook.app.test_client()

    answer = client.post(
        "/play/stade/sign-in/facebook/deletion", data={"signed_request": signed(REMOVED)}
    )

    assert answer.status_code == 200
    assert answer.json.keys() == {"url", "confirmation_code"}
    assert answer.json["confirmation_code"].isalnum()
    page = client.get(urlsplit(answer.json["url"]).path)
    assert page.status_code == 200
    assert answer.json["confirmation_code"] in page.text
    assert client.get(urlsplit(answer.json["url"]).path[:-1] + "x").status_code == 404
    assert rows(facebook.app, "SELECT provider FROM identity") == [("email",)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "a.b.c",
        "é.é",
        signed(REMOVED, "another secret"),
        signed({**REMOVED, "algorithm": "none"}),
        signed({"algorithm": "HMAC-SHA256"}),
        "vlXgu64BQGFSQrY0ZcJBZASMvYvTHu9GQ0YM9rjPSso"
        ".eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsIjAiOiJwYXlsb2FkIn0",
    ],
)
def test_nobody_but_facebook_unlinks_anybody(facebook: Social, text: str) -> None:
    """A request that Facebook did not sign for this app, or that names nobody, changes nothing."""
    for path in ("deauthorisation", "deletion"):
        answer = facebook.app.test_client().post(
            f"/play/stade/sign-in/facebook/{path}", data={"signed_request": text}
        )
        assert answer.status_code == 403

    assert rows(facebook.app, "SELECT count(*) FROM identity") == [(2,)]


def test_facebooks_documented_example_is_read() -> None:
    """The example of Facebook's documentation carries a signature that we find right."""
    example = Provider("facebook", "facebook", "app", "secret")
    text = (
        "vlXgu64BQGFSQrY0ZcJBZASMvYvTHu9GQ0YM9rjPSso"
        ".eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsIjAiOiJwYXlsb2FkIn0"
    )

    with pytest.raises(Refused) as refused:
        read_signed_request(text, example)

    # The signature is right: what is missing is the person.
    assert isinstance(refused.value.__context__, KeyError)


def test_the_example_of_the_documentation_works() -> None:
    """What an operator copies from docs/sign-in-providers.md is a setting that starts."""
    page = (Path(__file__).parents[2] / "docs" / "sign-in-providers.md").read_text()
    found = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert found

    providers = load(found.group(1))["stade"]

    assert {provider.kind for provider in providers.values()} == {"oidc", "facebook", "x"}
    assert {one.name for one in fields(Provider)} == set(re.findall(r"`([a-z_]+)`", page)) & {
        one.name for one in fields(Provider)
    }
