"""The OpenAPI document against the running API: no server error and no undocumented answer, whatever is sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from masterapp.db import now
from masterapp.testing.desk import take_seat
from masterapp.testing.draws import make_draw
from masterapp.testing.factories import (
    Player,
    create_fan,
    create_game,
    create_offer,
    create_prize,
    rows,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
    database=None,
)


@pytest.fixture
def document(app: Flask) -> Any:
    """The document as served."""
    return app.test_client().get("/api/openapi.json").json


def test_the_document_is_valid(document: Any) -> None:
    """The document is OpenAPI 3.1 and names only what it defines."""
    validate(document)


def test_every_operation_says_what_it_does(document: Any) -> None:
    """Every operation has a summary, and documents a refusal."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in ("get", "post", "put", "patch", "delete"):
                assert operation.get("summary"), (method, path)
                assert any(str(status).startswith("4") for status in operation["responses"]), (
                    method,
                    path,
                )


def operations_of(app: Flask) -> list[Any]:
    """Every operation of the document, ready to be called on the application."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    return [result.ok() for result in schema.get_all_operations()]


def test_no_answer_is_undocumented(app: Flask, brand: UUID) -> None:
    """Hypothesis sends what the schemas allow and what they do not; every answer is one the document names."""
    game = create_game(app, brand)
    create_prize(app, brand, game, stock=5)
    fan = create_fan(app, brand)
    opened = fan.play(game, goes_on=True).json["play"]["id"]
    owner = take_seat(app, brand, "owner")
    (slug,) = rows(app, "SELECT slug FROM brand WHERE id = %s", brand)[0]
    known = {"game_id": str(game), "play_id": opened, "brand": slug, "brand_slug": slug}
    known["offer_id"] = str(create_offer(app, brand))
    known["draw_id"] = str(make_draw(app, brand, game, at=now(), source="stakes", price=1))
    operations = operations_of(app)
    assert len(operations) > 15

    seen: set[int] = set()
    for operation in operations:
        seen |= attack(operation, create_fan(app, brand), owner, known)

    assert seen >= {200, 404, 422}


def attack(operation: Any, fan: Player, owner: Any, known: dict[str, str]) -> set[int]:
    """Send one operation many generated requests, with our own ids in the path; return the statuses seen."""
    seen: set[int] = set()
    headers = dict(fan.headers)
    cookies = {}
    if "/staff/" in operation.path:
        cookie = owner.client.get_cookie("mapp_member")
        cookies = {"mapp_member": cookie.value} if cookie else {}
        headers = {"X-CSRFToken": owner.token(), "Accept-Language": "en"}

    @EXAMPLES
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        for name in case.path_parameters or {}:
            if name in known:
                case.path_parameters[name] = known[name]
        answer = case.call_and_validate(headers=headers, cookies=cookies, checks=CHECKS)
        seen.add(answer.status_code)

    send()
    return seen
