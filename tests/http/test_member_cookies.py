"""What is remembered of a member's signatures opens nothing that the signatures would not have opened."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask, session

from masterapp.brands import cookies
from masterapp.testing.desk import Seat, take_seat
from masterapp.testing.factories import create_brand

PAST_THE_GATE = "store_not_yours"


@pytest.fixture
def seat(app: Flask, brand: UUID, monkeypatch: pytest.MonkeyPatch) -> Seat:
    """An owner whose cookie and token were found good before."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    seat = take_seat(app, brand, "owner")
    token = seat.token()
    assert [word(seat, token) for _ in range(2)] == [PAST_THE_GATE] * 2
    return seat


def word(seat: Seat, token: str | None, **more: Any) -> str:
    """Judge a code in a store that does not exist, and return the word of the refusal."""
    headers = {"X-CSRFToken": token} if token else {}
    body = {"code": "AAAA-AAAA", "store": str(uuid4())}
    answer = seat.client.post(
        "/api/v1/staff/coupons/verdict",
        json=body,
        headers={**headers, **more.pop("headers", {})},
        **more,
    )
    assert answer.status_code == 403
    return str(answer.json["code"])


def test_a_changed_cookie_is_a_stranger(app: Flask, seat: Seat) -> None:
    """One other character, and nobody is signed in, however often the real cookie came before."""
    kept = seat.client.get_cookie("mapp_member")
    assert kept is not None
    stranger = app.test_client()
    for value in (kept.value[:-1] + "x", "x" + kept.value[1:], kept.value + "x", kept.value[:-1]):
        stranger.set_cookie("mapp_member", value)
        assert stranger.get("/admin/account").status_code == 302
    stranger.set_cookie("mapp_member", kept.value)
    assert stranger.get("/admin/account").status_code == 200


def test_a_remembered_cookie_still_expires(
    app: Flask, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its age is asked each time, not only when its signature was checked."""
    assert seat.get("/admin/account").status_code == 200
    later = time.time() + app.permanent_session_lifetime.total_seconds() + 5
    monkeypatch.setattr(time, "time", lambda: later)
    assert seat.get("/admin/account").status_code == 302


def test_requests_do_not_share_what_a_cookie_holds(app: Flask) -> None:
    """What one request does to its session stays out of the next one with the same cookie."""
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["basket"] = ["one"]
    value = client.get_cookie("mapp_member")
    assert value is not None
    for _ in range(3):
        with app.test_request_context(headers={"Cookie": f"mapp_member={value.value}"}):
            assert session["basket"] == ["one"]
            session["basket"].append("two")


def test_a_token_is_good_for_its_own_session_only(app: Flask, seat: Seat) -> None:
    """No token, another member's token and a changed one are refused beside a pair that is known."""
    other = take_seat(app, create_brand(app, slug="other"), "owner")
    good = seat.token()
    assert word(other, other.token()) == PAST_THE_GATE
    for token in (None, "", other.token(), good[:-1], good + "x"):
        assert word(seat, token) == "forged", token
    assert word(seat, good) == PAST_THE_GATE


def test_on_https_a_foreign_page_is_refused_with_a_known_token(seat: Seat) -> None:
    """The page that sends must be ours, the second time as well as the first."""
    token, ours = seat.token(), {"Referer": "https://localhost/staff/"}
    for _ in range(2):
        assert word(seat, token, base_url="https://localhost", headers=ours) == PAST_THE_GATE
        for foreign in ({"Referer": "https://evil.example/staff/"}, {}):
            assert word(seat, token, base_url="https://localhost", headers=foreign) == "forged"


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many visitors make it forget, not grow."""
    monkeypatch.setattr(cookies, "MOST_REMEMBERED", 10)
    memory: cookies.Remembered[int] = cookies.Remembered()
    for number in range(35):
        memory.keep(number, number)
        assert len(memory) <= 10
    assert memory[34] == 34
