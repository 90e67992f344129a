"""The play API: parse, say who the fan is, hand over to the road."""

from __future__ import annotations

from uuid import UUID

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from masterapp.brands.access import fan_only
from masterapp.draws import rights as draws_rights  # noqa: F401 - likewise.
from masterapp.errors import Refused
from masterapp.identity.tokens import Token, read_bearer
from masterapp.limits import credential, limiter
from masterapp.plays import rights, service  # noqa: F401 - rights declares what plays hold of a fan.
from masterapp.plays.schemas import LookSchema, MoveAnswerSchema, MoveSchema
from masterapp.points import rights as points_rights  # noqa: F401 - likewise.
from masterapp.prizes import rights as prizes_rights  # noqa: F401 - likewise.
from masterapp.validation import described, read_body

blueprint = Blueprint("plays", __name__, description="Games: look, open an attempt, go on with it.")

#: One instance for all requests: building a schema costs more than loading a move.
MOVE = MoveSchema()

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
#: Who may ask: the bearer of a living session.
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]


def _token() -> Token:
    token = read_bearer(request.headers.get("Authorization", ""))
    if token is None:
        raise Refused("sign_in_required")
    return token


@blueprint.get("/games/<uuid:game_id>")
@described(blueprint, LookSchema, REFUSALS, security=BEARER)
@fan_only
def look(game_id: UUID) -> Response:
    """Look at a game: its view, the open attempt, what is left."""
    return jsonify(service.look(_token(), game_id))


@blueprint.post("/games/<uuid:game_id>/plays")
@described(blueprint, MoveAnswerSchema, REFUSALS, body=MoveSchema, security=BEARER)
@limiter.limit(PACE, key_func=credential)
@fan_only
def open_play(game_id: UUID) -> Response:
    """Open an attempt with its first move."""
    return jsonify(service.move(_token(), service.Request(game_id, **read_body(MOVE))))


@blueprint.post("/games/<uuid:game_id>/plays/<uuid:play_id>/moves")
@described(blueprint, MoveAnswerSchema, REFUSALS, body=MoveSchema, security=BEARER)
@limiter.limit(PACE, key_func=credential)
@fan_only
def go_on(game_id: UUID, play_id: UUID) -> Response:
    """Go on with an open attempt."""
    return jsonify(
        service.move(_token(), service.Request(game_id, **read_body(MOVE), play_id=play_id))
    )
