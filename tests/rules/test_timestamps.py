"""Third parties' dates: asked for over HTTP, believed only for our own hash, and kept so that anybody can verify."""

import base64
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from masterapp.exact.times import moment
from masterapp.fairness import timestamps
from masterapp.fairness.timestamps import TimestampUnavailable, date
from masterapp.testing.browser import serve
from tests.timestamp_authority import Authority, der, integer

HEAD = hashlib.sha256(b"a commitment").digest()
AUTHORITY = Authority()
Answer = tuple[str, list[tuple[str, str]], Iterable[bytes]]


def honest(request: bytes) -> Answer:
    """What an authority answers."""
    return "200 OK", [("Content-Type", "application/timestamp-reply")], [AUTHORITY.reply(request)]


@pytest.fixture
def authority() -> Iterator[SimpleNamespace]:
    """An authority on this machine; tests may change how it answers, and see what it was asked."""
    state = SimpleNamespace(answer=honest, asked=[])

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        state.asked.append((environ["REQUEST_METHOD"], environ.get("CONTENT_TYPE"), body))
        status, headers, answer = state.answer(body)
        start_response(status, headers)
        return list(answer)

    with serve(application) as address:
        state.url = f"{address}/tsa"
        yield state


@pytest.fixture(autouse=True)
def settings(request: pytest.FixtureRequest) -> Iterator[SimpleNamespace]:
    """An application whose settings name the authority, when there is one."""
    app = Flask(__name__)
    named = "authority" in request.fixturenames
    url = request.getfixturevalue("authority").url if named else ""
    app.config["SETTINGS"] = SimpleNamespace(timestamp_url=url)
    with app.app_context():
        yield app.config["SETTINGS"]


def test_a_hash_is_dated_by_an_authority_that_signs(authority: SimpleNamespace) -> None:
    """The request is the one of the specification, and the token verifies with the authority's root."""
    found = date(HEAD)
    assert found.keys() == {"authority", "ts", "token"}
    assert found["authority"] == authority.url
    assert abs(moment(found["ts"]) - time.time()) < 60
    [(method, kind, body)] = authority.asked
    assert (method, kind, len(body)) == ("POST", "application/timestamp-query", 59)
    token = base64.b64decode(found["token"])
    response = decode_timestamp_response(der(0x30, der(0x30, integer(0)), token))
    verifier = VerifierBuilder().add_root_certificate(AUTHORITY.root).build()
    assert verifier.verify(response, HEAD)
    stranger = VerifierBuilder().add_root_certificate(Authority().root).build()
    with pytest.raises(VerificationError):
        stranger.verify(response, HEAD)


def plain(status: str, body: bytes, *headers: tuple[str, str]) -> Callable[[bytes], Answer]:
    """An authority that always answers the same."""
    return lambda _request: (status, list(headers), [body])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (plain("200 OK", AUTHORITY.reply(bytes(59), status=2)), "refused"),
        (plain("200 OK", b"<html>busy</html>"), "not a timestamp"),
        (plain("200 OK", b""), "not a timestamp"),
        (plain("200 OK", b"\x30\x82\xff\xff" + bytes(65_600)), "too long"),
        (plain("500 Broken", b""), "answered 500"),
        (plain("302 Found", b"", ("Location", "http://127.0.0.1:1/")), "answered 302"),
    ],
)
def test_an_answer_that_is_no_date_is_refused(
    authority: SimpleNamespace, answer: Callable[[bytes], Answer], reason: str
) -> None:
    """Refusals, pages, endless answers and redirects give a reason and no date."""
    authority.answer = answer
    with pytest.raises(TimestampUnavailable, match=reason):
        date(HEAD)


def test_a_date_of_another_hash_is_refused(authority: SimpleNamespace) -> None:
    """A genuine token over something else, or by another algorithm, is not ours."""
    other_hash = (slice(24, 56), bytes(32))
    sha384 = (slice(9, 20), b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02")
    for place, value in (other_hash, sha384):

        def answer(request: bytes, place: slice = place, value: bytes = value) -> Answer:
            changed = bytearray(request)
            changed[place] = value
            return honest(bytes(changed))

        authority.answer = answer
        with pytest.raises(TimestampUnavailable, match="something else"):
            date(HEAD)


def test_without_an_authority_nothing_is_dated(settings: SimpleNamespace) -> None:
    """No address, no answer, or a hash of another length: a reason each."""
    with pytest.raises(TimestampUnavailable, match="no authority"):
        date(HEAD)
    settings.timestamp_url = "http://127.0.0.1:1/tsa"
    with pytest.raises(TimestampUnavailable, match="cannot be reached"):
        date(HEAD)


def test_a_silent_authority_is_not_waited_for(
    authority: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time-out there is a reason, not a worker that hangs."""
    monkeypatch.setattr(timestamps, "_PATIENCE", (0.2, 0.2))
    authority.answer = lambda request: (time.sleep(0.6), honest(request))[1]
    began = datetime.now(UTC)
    with pytest.raises(TimestampUnavailable, match="cannot be reached"):
        date(HEAD)
    assert datetime.now(UTC) - began < timedelta(seconds=2)
