"""Tampered moves: whatever a client sends to any bundled module, from any of its starters, is judged or refused."""

from __future__ import annotations

import io
import secrets
from typing import Any

import pytest
from flask import Flask
from marshmallow import fields

from masterapp.cli.worker import run
from masterapp.registry import registry
from masterapp.testing.desk import take_seat
from masterapp.testing.factories import create_brand, create_fan, create_offer, rows
from masterapp.testing.factories import create_game as new_game

VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    2**31,
    10**30,
    1e308,
    "",
    "x" * 10_000,
    "=1+1'\"><script>",
    "\u0000",
    "\u202e",
    "0" * 400,
    [],
    [[]],
    [1] * 5_000,
    ["a", None, {}],
    {},
    {"__proto__": 1},
]


def _shapes(schema: Any) -> list[dict[str, Any]]:
    """Moves of every wrong kind: each field with each value, the others missing or plausible, and fields unknown."""
    plausible = {
        name: 1 if isinstance(field, fields.Integer) else "x"
        for name, field in schema.fields.items()
    }
    shapes: list[dict[str, Any]] = [{}, {"unknown": 1}, dict.fromkeys(plausible)]
    for name, field in schema.fields.items():
        choices = getattr(field.validate, "choices", None) or []
        for value in [*VALUES, *choices]:
            shapes += [{name: value}, {**plausible, name: value}]
    return shapes


@pytest.mark.parametrize("slug", ["quiz", "instant_win", "reveal", "coupon", "loyalty"])
def test_tampered_moves_are_refused(full_app: Flask, slug: str) -> None:
    """No move of any shape makes the road break; what is refused leaves no trace of it."""
    brand_id = create_brand(full_app)
    registered = registry[slug]
    starter = registered.module.starters[0]
    game = new_game(full_app, brand_id, module=slug, config=_playable(starter.config, registered))
    fan = create_fan(full_app, brand_id)
    refused = 0
    for move in _shapes(registered.move_schema):
        body = {"key": secrets.token_hex(8), "version": 1, "move": move}
        before = rows(full_app, "SELECT count(*) FROM move")[0][0]
        answer = fan.client.post(f"/api/v1/games/{game}/plays", json=body, headers=fan.headers)
        assert answer.status_code < 500, move
        if answer.status_code >= 400:
            refused += 1
            assert rows(full_app, "SELECT count(*) FROM move")[0][0] == before
        elif not answer.json["play"]["finished"]:
            path = f"/api/v1/games/{game}/plays/{answer.json['play']['id']}/moves"
            again = fan.client.post(
                path, json={**body, "key": secrets.token_hex(8)}, headers=fan.headers
            )
            assert again.status_code < 500, move

    assert refused > 10


def _playable(config: dict[str, Any], registered: Any) -> dict[str, Any]:
    """A starter's configuration with stand-ins for the pictures and offers that a brand would choose."""
    stand_in = "00000000-0000-7000-8000-000000000001"
    return _filled(registered.config_schema, config, stand_in)


def _filled(schema: Any, config: dict[str, Any], stand_in: str) -> dict[str, Any]:
    filled = dict(config)
    for name, field in schema.fields.items():
        if field.metadata.get("widget") in ("image", "offer") and not filled.get(name):
            filled[name] = stand_in if field.required else filled.get(name)
            if filled[name] is None:
                filled.pop(name, None)
        inner = getattr(getattr(field, "inner", None), "schema", None)
        if inner is not None and isinstance(filled.get(name), list):
            filled[name] = [_filled(inner, row, stand_in) for row in filled[name]]
    return filled


FILES = {
    "empty": b"",
    "binary": bytes(range(256)) * 50,
    "invalid UTF-8": b"question;answer\n\xff\xfe;\xe9\n",
    "NUL": b"a,b\0c\n::q\0:: x {=a ~b}\n",
    "quotes": b'"' * 20_000,
    "braces": b"{" * 20_000,
    "one line": b"x" * 400_000,
    "commas": b"," * 200_000,
    "UTF-16": "question;answer\nWas?;Ja".encode("utf-16"),
    "half a character": b"::q:: \\ud800 {=a ~b}",
    "backslashes": b"::" + b"\\" * 50_000 + b":: {=a}",
    "formulas": b"=cmd|' /C calc'!A0;=1+1\n@SUM(1);-1\n",
}


@pytest.mark.parametrize("name", FILES)
def test_hostile_files_are_read_or_refused(full_app: Flask, name: str) -> None:
    """A question file or a code list of any bytes imports what it can, or says which line it cannot read."""
    brand_id = create_brand(full_app)
    seat = take_seat(full_app, brand_id, "owner")
    offer = create_offer(full_app, brand_id, code_source="imported")
    for ending in ("csv", "gift"):
        upload = {"file": (io.BytesIO(FILES[name]), f"a.{ending}")}
        answer = seat.post("/admin/games/import/quiz/questions", upload)
        assert answer.status_code < 500
    sent = seat.client.post(f"/admin/offers/{offer}/codes?name=%00{name}.csv", data=FILES[name])
    assert sent.status_code < 500
    run(full_app, wait=False)

    states = rows(full_app, "SELECT state FROM code_import")
    assert all(state in ("done", "unreadable") for (state,) in states)
    assert rows(full_app, "SELECT 1 FROM procrastinate_jobs WHERE status <> 'succeeded'") == []
