"""The play API: parse, say who the fan is, hand over to the road."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import marshmallow as ma
from flask import Response, jsonify, request
from flask_smorest import Blueprint

from masterapp.brands.access import fan_only
from masterapp.errors import Refused
from masterapp.identity.tokens import Token, read_bearer
from masterapp.limits import credential, limiter
from masterapp.plays import rights, service  # noqa: F401 - rights declares what plays hold of a fan.
from masterapp.plays.schemas import LookSchema, MoveAnswerSchema, MoveSchema
from masterapp.points import rights as points_rights  # noqa: F401 - likewise.
from masterapp.prizes import rights as prizes_rights  # noqa: F401 - likewise.
from masterapp.validation import ProblemSchema, flatten

blueprint = Blueprint("plays", __name__, description="Games: look, open an attempt, go on with it.")

#: One instance for all requests: building a schema costs more than loading a move.
MOVE = MoveSchema()
View = TypeVar("View", bound=Callable[..., Any])

#: More than any hand can tap; a script that plays faster is told to wait.
PACE = "240 per minute"
REFUSALS = {
    401: "No living session.",
    403: "The eligibility rules say no, and why.",
    404: "No such game of this brand.",
    409: "The calendar, the quota, the version or the attempt says no.",
    413: "The body is too large.",
    422: "A field needs a correction.",
    429: "Too fast.",
}
UNREADABLE = {400: "The body is not readable JSON.", 415: "The body is not marked as JSON."}


def _documented(schema: type[ma.Schema]) -> Callable[[View], View]:
    """Describe the answers of a view in the OpenAPI document, without a wrapper around each call."""

    def response(text: str, body: type[ma.Schema]) -> dict[str, Any]:
        return {"description": text, "content": {"application/json": {"schema": body}}}

    responses = {status: response(text, ProblemSchema) for status, text in REFUSALS.items()}
    responses[200] = response("Carried out.", schema)
    described: dict[str, Any] = {"security": [{"bearer": []}], "responses": responses}
    if schema is MoveAnswerSchema:
        for status, words in UNREADABLE.items():
            responses[status] = response(words, ProblemSchema)
        body = {"application/json": {"schema": MoveSchema}}
        described["requestBody"] = {"required": True, "content": body}
    return blueprint.doc(**described)  # type: ignore[no-any-return]


def _token() -> Token:
    token = read_bearer(request.headers.get("Authorization", ""))
    if token is None:
        raise Refused("sign_in_required")
    return token


def _body() -> dict[str, Any]:
    """Return the move as it arrived. The hot road loads its one schema itself, without the parser's wrappers."""
    try:
        loaded: dict[str, Any] = MOVE.load(request.get_json())
    except ma.ValidationError as error:
        raise Refused("invalid", fields=dict(flatten(error.messages))) from None
    return loaded


@blueprint.get("/games/<uuid:game_id>")
@_documented(LookSchema)
@fan_only
def look(game_id: UUID) -> Response:
    """Look at a game: its view, the open attempt, what is left."""
    return jsonify(service.look(_token(), game_id))


@blueprint.post("/games/<uuid:game_id>/plays")
@_documented(MoveAnswerSchema)
@limiter.limit(PACE, key_func=credential)
@fan_only
def open_play(game_id: UUID) -> Response:
    """Open an attempt with its first move."""
    return jsonify(service.move(_token(), service.Request(game_id, **_body())))


@blueprint.post("/games/<uuid:game_id>/plays/<uuid:play_id>/moves")
@_documented(MoveAnswerSchema)
@limiter.limit(PACE, key_func=credential)
@fan_only
def go_on(game_id: UUID, play_id: UUID) -> Response:
    """Go on with an open attempt."""
    return jsonify(service.move(_token(), service.Request(game_id, **_body(), play_id=play_id)))
