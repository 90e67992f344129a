"""The door of desk and till over HTTP: passwords, phones, invitations, roles, and what is refused."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from masterapp.brands import invitations
from masterapp.brands.models import Member
from masterapp.db import db, new_id, now
from masterapp.testing.factories import create_brand, rows
from masterapp.testing.mail import Mailbox
from masterapp.testing.team import PASSWORD, create_member, create_store, sign_in

OWNER = "owner@team.example"
ACCOUNT = "/admin/account"


@pytest.fixture
def owner(app: Flask, brand: UUID) -> FlaskClient:
    """The brand's owner, signed in."""
    create_member(app, brand)
    return sign_in(app, OWNER)


def knock(app: Flask, email: str = OWNER, password: str = PASSWORD) -> Any:
    """Try to sign in."""
    return app.test_client().post("/admin/sign-in", data={"email": email, "password": password})


def is_in(browser: FlaskClient) -> bool:
    """Whether the browser is signed in."""
    return browser.get(ACCOUNT).status_code == 200


def change_member(app: Flask, email: str, **values: Any) -> None:
    """Change a member behind everybody's back."""
    with app.app_context(), db.transaction() as session:
        session.query(Member).filter_by(email=email).update(values)


def test_the_right_password_opens_the_desk(app: Flask, brand: UUID) -> None:
    """A member signs in, and the cookie is kept from scripts and other sites."""
    create_member(app, brand)

    answer = knock(app, email=" Owner@Team.Example ")

    assert (answer.status_code, answer.location) == (303, "/admin/campaigns/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("mapp_member=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_door_leads_back_where_one_came_from_but_never_elsewhere(
    app: Flask, brand: UUID
) -> None:
    """A page asked for before the sign-in opens after it; an address of another site does not."""
    create_member(app, brand)
    asked = app.test_client().get("/admin/account?x=1")
    assert asked.location == "/admin/sign-in?next=%2Fadmin%2Faccount%3Fx%3D1"
    body = {"email": OWNER, "password": PASSWORD}
    for wanted, where in (
        ("/admin/account", "/admin/account"),
        ("https://evil.example/admin/", "/admin/campaigns/"),
        ("//evil.example", "/admin/campaigns/"),
        ("/admin//evil.example", "/admin/campaigns/"),
        ("/admin/\\evil.example", "/admin/campaigns/"),
    ):
        answer = app.test_client().post("/admin/sign-in", data={**body, "next": wanted})
        assert answer.location == where


def test_unknown_wrong_and_closed_get_the_same_answer(app: Flask, brand: UUID) -> None:
    """The door does not tell whether an address belongs to a member."""
    create_member(app, brand)
    create_member(app, brand, "analyst")
    change_member(app, "analyst@team.example", active=False)

    pages = [
        re.sub(r'value="[^"]*"', "", knock(app, email, password).text)
        for email, password in (
            (OWNER, "wrong"),
            ("nobody@team.example", PASSWORD),
            ("analyst@team.example", PASSWORD),
        )
    ]

    assert len(set(pages)) == 1


def test_wrong_passwords_make_sign_in_pause(app: Flask, brand: UUID) -> None:
    """After five wrong tries even the right password waits; after the pause it opens."""
    create_member(app, brand)
    assert [knock(app, password="wrong").status_code for _ in range(5)] == [401] * 5

    assert knock(app).status_code == 401
    change_member(app, OWNER, paused_until=now() - timedelta(seconds=1))
    assert knock(app).status_code == 303
    assert rows(app, "SELECT failed_tries, paused_until FROM member") == [(0, None)]


def test_guesses_at_the_same_time_are_all_counted(app: Flask, brand: UUID) -> None:
    """Twenty wrong passwords at once reach the password check five times, not twenty."""
    create_member(app, brand)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: knock(app, password="wrong"), range(20)))

    assert rows(app, "SELECT failed_tries FROM member") == [(5,)]


def test_a_phone_is_asked_for_and_its_code_works_once(app: Flask, owner: FlaskClient) -> None:
    """With a phone added, the password alone opens nothing, and a code that was used is refused."""
    secret = add_phone(owner)
    change_member(app, OWNER, totp_last_step=0)
    code = pyotp.TOTP(secret).now()

    browser = app.test_client()
    step = browser.post("/admin/sign-in", data={"email": OWNER, "password": PASSWORD})
    assert step.location == "/admin/sign-in/step"
    assert not is_in(browser)
    assert browser.post("/admin/sign-in/step", data={"code": code}).status_code == 303
    assert is_in(browser)

    other = app.test_client()
    other.post("/admin/sign-in", data={"email": OWNER, "password": PASSWORD})
    replayed = other.post("/admin/sign-in/step", data={"code": code})
    assert replayed.status_code == 401
    assert not is_in(other)


def add_phone(browser: FlaskClient) -> str:
    """Turn the second step on and return its secret."""
    page = browser.get("/admin/account/phone").text
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert found
    secret = found.group(1).replace(" ", "")
    assert browser.post("/admin/account/phone", data={"code": "000000"}).status_code == 422
    done = browser.post("/admin/account/phone", data={"code": pyotp.TOTP(secret).now()})
    assert done.status_code == 200, done.text
    browser.recovery = re.findall(r"<li>([0-9a-f]{5}-[0-9a-f]{5})</li>", done.text)  # type: ignore[attr-defined]
    return secret


def test_a_recovery_code_opens_once(app: Flask, owner: FlaskClient) -> None:
    """A lost phone is replaced by a recovery code, each of which works once; the stored secret is not readable."""
    secret = add_phone(owner)
    code = owner.recovery[0]  # type: ignore[attr-defined]
    stored = rows(app, "SELECT totp_secret, recovery_hashes::text FROM member")[0]
    assert secret.encode() not in bytes(stored[0])
    assert code not in stored[1]

    for expected in (303, 401):
        browser = app.test_client()
        browser.post("/admin/sign-in", data={"email": OWNER, "password": PASSWORD})
        assert browser.post("/admin/sign-in/step", data={"code": code}).status_code == expected


def test_a_code_used_in_two_browsers_at_once_opens_one(app: Flask, owner: FlaskClient) -> None:
    """Of two proofs of one code at the same time, one wins."""
    secret = add_phone(owner)
    change_member(app, OWNER, totp_last_step=0)
    code = pyotp.TOTP(secret).now()

    def enter(_number: int) -> int:
        browser = app.test_client()
        browser.post("/admin/sign-in", data={"email": OWNER, "password": PASSWORD})
        return browser.post("/admin/sign-in/step", data={"code": code}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(enter, range(4))) == [303, 401, 401, 401]


def test_one_address_in_two_teams_chooses(app: Flask, brand: UUID) -> None:
    """A person who works for two brands is asked which one, and stays inside it."""
    other = create_brand(app, name="Autre marque")
    create_member(app, brand)
    create_member(app, other)
    browser = sign_in(app, OWNER)
    assert "Autre marque" in browser.get("/admin/sign-in/step").text
    assert not is_in(browser)

    browser.post("/admin/sign-in/step", data={"brand": str(other)})

    assert is_in(browser)
    assert browser.post("/admin/sign-in/step", data={"brand": str(brand)}).status_code == 401


def test_changing_the_password_ends_the_other_browsers(app: Flask, owner: FlaskClient) -> None:
    """A new password signs out everywhere else, and needs the current one."""
    elsewhere = sign_in(app, OWNER)
    new = "another long phrase"
    wrong = owner.post("/admin/account/password", data={"current": "no", "password": new})
    assert wrong.status_code == 422
    short = owner.post("/admin/account/password", data={"current": PASSWORD, "password": "short"})
    assert short.status_code == 422
    assert "at least 12" in short.text

    owner.post("/admin/account/password", data={"current": PASSWORD, "password": new})

    assert is_in(owner)
    assert not is_in(elsewhere)
    assert knock(app).status_code == 401
    assert knock(app, password=new).status_code == 303


def test_signing_out_everywhere(app: Flask, owner: FlaskClient) -> None:
    """All other browsers are signed out at once, this one stays."""
    elsewhere = sign_in(app, OWNER)

    owner.post("/admin/account/sign-out-everywhere")

    assert is_in(owner)
    assert not is_in(elsewhere)


def test_signing_out(owner: FlaskClient) -> None:
    """The button at the rail's foot ends the session of this browser."""
    owner.post("/admin/sign-out")

    assert not is_in(owner)


def test_an_invitation_by_email_makes_a_member_once(
    app: Flask, brand: UUID, owner: FlaskClient, mailbox: Mailbox
) -> None:
    """The link leads to a name and a password; afterwards it is used up."""
    store = create_store(app, brand)
    body = {"email": "Sam@team.example", "role": "cashier", "stores": str(store)}
    assert owner.post("/admin/members/invite", data=body).status_code == 303
    link = mailbox.link_for("sam@team.example")
    guest = app.test_client()
    assert "sam@team.example" in guest.get(link).text
    weak = guest.post(link, data={"name": "Sam", "password": "short", "locale": "en"})
    assert weak.status_code == 422

    joined = guest.post(link, data={"name": "Sam", "password": PASSWORD, "locale": "en"})

    assert (joined.status_code, joined.location) == (303, "/staff/")
    assert rows(app, "SELECT name, role FROM member WHERE email = 'sam@team.example'") == [
        ("Sam", "cashier")
    ]
    assert rows(app, "SELECT store_id FROM member_store") == [(store,)]
    assert guest.get(link).status_code == 409


def test_two_clicks_on_one_invitation_make_one_member(
    app: Flask, brand: UUID, owner: FlaskClient, mailbox: Mailbox
) -> None:
    """Ten acceptances at once: one joins."""
    owner.post("/admin/members/invite", data={"email": "sam@team.example", "role": "analyst"})
    link = mailbox.link_for("sam@team.example")
    body = {"name": "Sam", "password": PASSWORD, "locale": "en"}

    with ThreadPoolExecutor(10) as pool:
        statuses = list(
            pool.map(lambda _: app.test_client().post(link, data=body).status_code, range(10))
        )

    assert sorted(statuses) == [303] + [409] * 9


def test_cancelled_replaced_and_old_invitations_are_over(
    app: Flask, brand: UUID, owner: FlaskClient
) -> None:
    """Only the newest open invitation of an address opens the team, and a forged link never does."""
    for _ in range(2):
        owner.post("/admin/members/invite", data={"email": "sam@team.example", "role": "analyst"})
    first, second = (
        row[0] for row in rows(app, "SELECT id FROM invitation ORDER BY created_at, id")
    )
    with app.app_context():
        links = [
            f"/admin/invitations/{invitations.make_key(brand, one)}" for one in (first, second)
        ]
        forged = f"/admin/invitations/{invitations.make_key(new_id(), second)}"
    assert app.test_client().get(links[0]).status_code == 409
    assert app.test_client().get(links[1]).status_code == 200
    assert app.test_client().get(forged).status_code == 409
    assert app.test_client().get("/admin/invitations/nonsense").status_code == 409

    owner.post(f"/admin/members/invitations/{second}/cancel")

    assert app.test_client().get(links[1]).status_code == 409


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"email": "nonsense", "role": "analyst"}, "Write a full address"),
        ({"email": "a@team.example", "role": "emperor"}, "Choose a role"),
        ({"email": "a@team.example", "role": "cashier"}, "at least one of your stores"),
        ({"email": OWNER, "role": "analyst"}, "already belongs"),
    ],
)
def test_a_wrong_invitation_says_what_to_correct(
    owner: FlaskClient, body: dict[str, str], words: str
) -> None:
    """The form comes back with the cure at the field."""
    answer = owner.post("/admin/members/invite", data=body)

    assert answer.status_code in (409, 422)
    assert words in answer.text


def test_a_role_changes_at_once_and_is_on_record(
    app: Flask, brand: UUID, owner: FlaskClient
) -> None:
    """A member's next click obeys the new role; closing an access ends their session."""
    member = create_member(app, brand, "analyst")
    analyst = sign_in(app, "analyst@team.example")
    store = create_store(app, brand)
    body = {"role": "cashier", "stores": str(store)}

    assert owner.post(f"/admin/members/{member}", data=body).status_code == 303
    assert rows(app, "SELECT role FROM member WHERE id = %s", member) == [("cashier",)]
    assert is_in(analyst)
    owner.post(f"/admin/members/{member}/deactivate")
    assert not is_in(analyst)
    owner.post(f"/admin/members/{member}/reactivate")
    assert not is_in(analyst)
    assert knock(app, "analyst@team.example").status_code == 303
    actions = {row[0] for row in rows(app, "SELECT action FROM audit_record")}
    assert {"member_place_changed", "member_deactivated", "member_reactivated"} <= actions


def test_the_last_owner_stays(app: Flask, brand: UUID, owner: FlaskClient) -> None:
    """Nobody can lock a brand out of itself, not even two owners who remove each other at once."""
    me = rows(app, "SELECT id FROM member")[0][0]
    assert owner.post(f"/admin/members/{me}/deactivate").status_code == 409
    assert owner.post(f"/admin/members/{me}", data={"role": "analyst"}).status_code == 409
    other = create_member(app, brand, email="second@team.example")
    second = sign_in(app, "second@team.example")

    with ThreadPoolExecutor(2) as pool:
        statuses = list(
            pool.map(
                lambda pair: pair[0].post(f"/admin/members/{pair[1]}/deactivate").status_code,
                ((owner, other), (second, me)),
            )
        )

    assert sorted(statuses)[0] == 303
    assert rows(app, "SELECT count(*) FROM member WHERE active AND role = 'owner'") == [(1,)]


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(
    app: Flask, brand: UUID, mailbox: Mailbox
) -> None:
    """The page is the same for every address; the link sets a password once and ends all sessions."""
    create_member(app, brand)
    browser = sign_in(app, OWNER)
    known = app.test_client().post("/admin/password", data={"email": OWNER})
    unknown = app.test_client().post("/admin/password", data={"email": "nobody@team.example"})
    assert known.text == unknown.text
    link = mailbox.link_for(OWNER)
    assert len(mailbox.letters) == 1
    new = "another long phrase"

    assert app.test_client().post(link, data={"password": "short"}).status_code == 422
    assert app.test_client().post(link, data={"password": new}).status_code == 303

    assert not is_in(browser)
    assert knock(app, password=new).status_code == 303
    assert app.test_client().post(link, data={"password": PASSWORD}).status_code == 409


def test_forms_need_their_token_and_our_own_page(
    app: Flask, brand: UUID, owner: FlaskClient
) -> None:
    """A write from another site is refused, with or without a token; so is one without a token."""
    for origin in ("https://evil.example", "null"):
        forged = owner.post("/admin/account", data={"name": "X"}, headers={"Origin": origin})
        assert forged.status_code == 403
    cross = owner.post(
        "/admin/account", data={"name": "X"}, headers={"Sec-Fetch-Site": "same-site"}
    )
    assert cross.status_code == 403
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert owner.post("/admin/account", data={"name": "X"}).status_code == 403
        page = owner.get("/admin/account").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        body = {"name": "Ada", "csrf_token": found.group(1)}
        assert owner.post("/admin/account", data=body).status_code == 303
        assert knock(app).status_code == 403
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert rows(app, "SELECT name FROM member") == [("Ada",)]
