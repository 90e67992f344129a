"""Sessions and proofs under load and over time: rotation, theft, races, and who ends what."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

import pytest
from flask import Flask

from masterapp.brands.models import Brand
from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.fans.models import Fan
from masterapp.identity import service, sessions
from masterapp.identity.codes import make_code
from masterapp.identity.road import GRACE
from masterapp.identity.tasks import tidy_sign_ins
from masterapp.identity.tokens import EMBED_LIFE, TOKEN_LIFE, Token
from masterapp.testing.factories import Player, create_fan, rows

T = TypeVar("T")
MANY = 50


def at_once(app: Flask, work: Callable[[int], T], number: int = MANY) -> list[T | str]:
    """Do the work on as many connections at the same moment, each in its own transaction; a refusal gives its code."""
    ready = Barrier(number)

    def run(index: int) -> T | str:
        with app.app_context():
            db.session.connection()
            ready.wait(timeout=30)
            try:
                with db.transaction():
                    return work(index)
            except Refused as refusal:
                return refusal.code

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def ask(app: Flask, brand: UUID, email: str, at: datetime | None = None) -> UUID:
    """Ask for a code."""
    with app.app_context(), db.transaction() as session:
        found = session.get(Brand, brand)
        assert found is not None
        return service.request_code(found, email, locale="en", at=at or now()).sign_in


def prove(brand: UUID, sign_in: UUID, sends: int = 1) -> Any:
    """Prove the code and open a session, as the API does."""
    found = db.session.get(Brand, brand)
    assert found is not None
    code = make_code(sign_in, sends)
    proved = service.prove_code(found, sign_in, code, source={}, at=now())
    return sessions.open_session(proved.fan, "embed", at=now()).token


def test_fifty_proofs_of_one_code_open_one_session(app: Flask, brand: UUID) -> None:
    """Of fifty devices that prove one code at the same moment exactly one is signed in."""
    sign_in = ask(app, brand, "ada@example.org")

    answers = at_once(app, lambda _: prove(brand, sign_in))

    assert len([answer for answer in answers if isinstance(answer, Token)]) == 1
    assert answers.count("code_used") == MANY - 1
    assert rows(app, "SELECT count(*) FROM fan_session") == [(1,)]


def test_fifty_first_sign_ins_make_one_fan(app: Flask, brand: UUID) -> None:
    """Fifty codes of one new address, proved at the same moment, make one fan with fifty sessions."""
    earlier = [now() - timedelta(hours=2 * (MANY - number)) for number in range(MANY)]
    asked = [ask(app, brand, "ada@example.org", at) for at in earlier]
    with app.app_context(), db.transaction():
        db.driver.execute("UPDATE sign_in SET expires_at = now() + interval '5 minutes'")

    answers = at_once(app, lambda index: prove(brand, asked[index]))

    assert all(isinstance(answer, Token) for answer in answers)
    assert rows(app, "SELECT count(*) FROM fan") == [(1,)]
    assert rows(app, "SELECT count(*) FROM identity") == [(1,)]
    assert rows(app, "SELECT count(*) FROM fan_session") == [(MANY,)]


def test_guesses_at_once_are_all_counted(app: Flask, brand: UUID) -> None:
    """Fifty wrong codes at the same moment use up five tries, not one."""
    sign_in = ask(app, brand, "ada@example.org")

    def guess(index: int) -> str:
        with app.app_context():
            right = make_code(sign_in, 1)
        wrong = f"{(int(right) + 1 + index) % 1_000_000:06d}"
        answer = app.test_client().post(
            f"/api/v1/brands/{slug}/sign-in/sessions",
            json={"sign_in": str(sign_in), "code": wrong, "kind": "embed"},
        )
        return str(answer.json["code"])

    slug = rows(app, "SELECT slug FROM brand")[0][0]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(guess, range(MANY)))

    assert answers.count("code_wrong") == 4
    assert answers.count("code_spent") == MANY - 4
    assert rows(app, "SELECT tries_left FROM sign_in") == [(0,)]


def test_many_askers_at_once_share_the_limit(app: Flask, brand: UUID) -> None:
    """Fifty requests for one address at the same moment send no more e-mails than an hour allows."""

    def work(_index: int) -> UUID:
        found = db.session.get(Brand, brand)
        assert found is not None
        return service.request_code(found, "ada@example.org", locale="en", at=now()).sign_in

    answers = at_once(app, work)

    assert answers.count("too_many_requests") == MANY - 8
    assert rows(app, "SELECT count(*) FROM procrastinate_jobs") == [(8,)]


def open_one(app: Flask, fan: Player, kind: str = "embed", at: datetime | None = None) -> Token:
    """Open a session."""
    with app.app_context(), db.transaction() as session:
        found = session.get(Fan, (fan.brand_id, fan.id))
        assert found is not None
        return sessions.open_session(found, kind, at=at or now()).token


def rotate(app: Flask, token: Token, at: datetime | None = None) -> Token:
    """Rotate a bearer."""
    with app.app_context(), db.transaction():
        return sessions.rotate(token, at=at or now()).token


def works(app: Flask, token: Token, at: datetime | None = None) -> bool:
    """Whether a bearer is accepted; what a refusal writes is kept, as in a request."""
    with app.app_context(), db.transaction():
        try:
            sessions.find_session(token, at=at or now())
        except Refused:
            return False
    return True


def test_a_rotated_bearer_works_for_a_minute_more(app: Flask, fan: Player) -> None:
    """Requests under way with the old bearer are served, later ones are not, and the new one goes on."""
    old = open_one(app, fan)
    fresh = rotate(app, old)

    assert works(app, fresh)
    assert works(app, old, now() + GRACE - timedelta(seconds=5))
    assert works(app, fresh, now() + timedelta(minutes=20))


def test_a_bearer_shown_after_its_grace_ends_the_session(app: Flask, fan: Player) -> None:
    """An old bearer that turns up later was stolen or copied: thief and fan are both signed out, on record."""
    old = open_one(app, fan)
    fresh = rotate(app, old)

    assert not works(app, old, now() + GRACE + timedelta(seconds=5))

    assert not works(app, fresh)
    assert rows(app, "SELECT action FROM audit_record") == [("session_ended_after_reuse",)]


def test_a_lost_answer_to_a_rotation_costs_nothing(app: Flask, fan: Player) -> None:
    """The same rotation asked again within the grace, or by two tabs at once, gives the same bearer."""
    old = open_one(app, fan)

    answers = at_once(app, lambda _: str(sessions.rotate(old, at=now()).token), 10)

    assert len(set(answers)) == 1
    assert str(rotate(app, old)) in answers


def test_an_expired_bearer_can_be_exchanged_while_the_session_lives(
    app: Flask, fan: Player
) -> None:
    """A page left open over lunch goes on; one left open over night asks to sign in."""
    token = open_one(app, fan)
    after_lunch = now() + TOKEN_LIFE + timedelta(minutes=10)
    assert not works(app, token, after_lunch)

    fresh = rotate(app, token, after_lunch)

    assert works(app, fresh, after_lunch)
    with pytest.raises(Refused, match="session_expired"):
        rotate(app, fresh, now() + EMBED_LIFE)


def test_a_hosted_page_has_a_bearer_that_ends_with_its_cookie(app: Flask, fan: Player) -> None:
    """The bearer of a page is another secret than the cookie, and signing out ends both."""
    cookie = open_one(app, fan, "hosted")
    with app.app_context(), db.transaction():
        parent = sessions.find_session(cookie, at=now()).session
        page = sessions.open_page_session(parent, at=now()).token
    assert page.secret != cookie.secret
    assert works(app, page)
    fresh = rotate(app, page)

    with app.app_context(), db.transaction():
        signed_in = sessions.find_session(fresh, at=now())
        sessions.end_session(signed_in.brand_id, signed_in.root_id)

    assert not works(app, fresh)
    assert not works(app, cookie)


def test_a_cookie_is_not_rotated_into_a_bearer(app: Flask, fan: Player) -> None:
    """The cookie's long-lived secret cannot be exchanged for a bearer of the same life."""
    cookie = open_one(app, fan, "hosted")

    with pytest.raises(Refused):
        rotate(app, cookie)


def test_a_guessed_secret_harms_nobody(app: Flask, fan: Player) -> None:
    """A made-up secret for a known session is refused, and the session goes on."""
    token = open_one(app, fan)

    assert not works(app, token._replace(secret=b"x" * 32))

    assert works(app, token)


def test_what_is_over_is_deleted(app: Flask, brand: UUID, fan: Player) -> None:
    """Ended sessions and old sign-ins leave the database; living ones stay."""
    open_one(app, fan, at=now() - timedelta(days=3))
    living = open_one(app, fan)
    ask(app, brand, "old@example.org", now() - timedelta(days=3))
    ask(app, brand, "new@example.org")

    with app.app_context():
        tidy_sign_ins(0)

    assert works(app, living)
    assert rows(app, "SELECT email FROM sign_in") == [("new@example.org",)]
    assert rows(app, "SELECT count(*) FROM fan_session WHERE expires_at < now()") == [(0,)]


def test_an_erased_fan_is_signed_out(app: Flask, brand: UUID) -> None:
    """A bearer of somebody who has been erased opens nothing, whoever erased them."""
    fan = create_fan(app, brand)
    token = open_one(app, fan)
    with app.app_context(), db.transaction() as session:
        found = session.get(Fan, (brand, fan.id))
        assert found is not None
        found.erased_at = now()

    assert not works(app, token)
