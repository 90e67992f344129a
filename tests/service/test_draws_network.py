"""Draws and the world outside: a relay that speaks drand's protocol and an authority that dates, over real HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from masterapp.draws import holding, tasks
from masterapp.fairness import beacon
from masterapp.fairness.demo_beacon import DEMO, sign
from masterapp.testing import draws as kit
from masterapp.testing.browser import serve
from masterapp.testing.draws import Clock
from masterapp.testing.factories import create_game, rows
from tests.timestamp_authority import Authority

#: The same key under another name: a network whose rounds come from relays and are not computed here.
ABROAD = replace(DEMO, name="abroad", hash="ab" * 32)


class Outside:
    """A relay and an authority in one server; tests take rounds away from it and give them back."""

    def __init__(self) -> None:
        self.authority = Authority()
        self.asked: list[str] = []
        self.silent = False
        self.lies = False

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer as a drand relay (version 1 of its HTTP API) or as an RFC 3161 authority."""
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            start_response("200 OK", [("Content-Type", "application/timestamp-reply")])
            return [self.authority.reply(body)]
        if self.silent or "/public/" not in path:
            start_response("404 Not Found", [])
            return [b"no such round"]
        number = int(path.rsplit("/", 1)[1])
        signature = sign(number + self.lies).hex()
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"round": number, "signature": signature}).encode()]


@pytest.fixture
def outside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """The world outside, named in the settings of the application."""
    server = Outside()
    with serve(server) as address:
        settings = replace(
            app.config["SETTINGS"], beacon_relays=address, timestamp_url=f"{address}/tsa"
        )
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        monkeypatch.setattr(beacon, "current_chain", lambda: ABROAD)
        monkeypatch.setattr(beacon, "chain_of", lambda _hash: ABROAD)
        yield server


def test_a_draw_takes_its_round_from_a_relay_and_its_date_from_an_authority(
    app: Flask, brand: UUID, outside: Outside, clock: Clock
) -> None:
    """The relay is asked for the announced round only when it is due; a lie and a silence are waited out."""
    draw = kit.make_draw(app, brand, create_game(app, brand))
    kit.enter_many(app, brand, draw, {"ada": 1, "bob": 2})
    outside.silent = True
    fixed = kit.fix(app, brand, draw, clock)
    assert fixed.commitment is not None
    number = fixed.commitment["entropy"][0]["round"]
    for _ in range(2):
        with app.app_context():
            tasks.date_commitment(str(brand), str(draw))
    assert kit.hold(app, brand, draw, clock).trouble == "beacon"
    outside.silent, outside.lies = False, True
    assert kit.hold(app, brand, draw, clock).trouble == "beacon"
    outside.lies = False
    held = kit.hold(app, brand, draw, clock)

    assert (held.state, held.trouble) == ("drawn", "")
    assert f"/{ABROAD.hash}/public/{number}" in outside.asked
    assert outside.asked.count("/tsa") == 1
    document = kit.certificate(app, brand, draw)
    assert document["entropy"][0]["signature"] == sign(number).hex()
    (stamp,) = document["timestamps"]
    token = base64.b64decode(stamp["token"])
    assert held.commit_hash is not None
    assert held.commit_hash in token
    assert ("draw_dated",) in rows(app, "SELECT record ->> 'type' FROM fairness_log")


def test_a_relay_that_knows_a_round_too_early_proves_our_clock_wrong(
    app: Flask, brand: UUID, outside: Outside, clock: Clock
) -> None:
    """Nothing is fixed while the round that should be to come is already out."""
    draw = kit.make_draw(app, brand, create_game(app, brand))
    kit.enter_many(app, brand, draw, {"ada": 1})
    waiting = kit.fix(app, brand, draw, clock)
    assert (waiting.state, waiting.trouble) == ("open", "clock")
    outside.silent = True
    assert kit.fix(app, brand, draw, clock).state == "committed"


def test_without_a_network_the_round_can_be_pasted_as_the_relay_wrote_it(
    app: Flask, brand: UUID, outside: Outside, clock: Clock
) -> None:
    """The whole answer of a relay, copied from a phone, is taken as well as the 96 characters alone."""
    draw = kit.make_draw(app, brand, create_game(app, brand))
    kit.enter_many(app, brand, draw, {"ada": 1})
    outside.silent = True
    fixed = kit.fix(app, brand, draw, clock)
    assert fixed.commitment is not None
    number = fixed.commitment["entropy"][0]["round"]
    clock.reach(fixed.draws_at)
    copied = json.dumps({"round": number, "randomness": "…", "signature": sign(number).hex()})
    with app.app_context():
        holding.paste_round(kit.service.find(brand, draw), copied, member_id=None)
    assert kit.hold(app, brand, draw, clock).state == "drawn"
