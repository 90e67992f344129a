"""Judges plays again from what was kept with their moves: same versions, inputs and seeds, same outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import namedtuple_row

from masterapp.campaigns import directory
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.plays import answers, facts
from masterapp.plays.judging import judge, read_move
from masterapp.registry import registry
from masterapp.sdk.context import Chance, Context, Fan

#: The moves of a fan in a game, in the order they were made: each starts from the state the one before it left.
_MOVES = """
SELECT move.brand_id, move.game_id, move.fan_id, move.play_id, move.number, move.version, move.input, move.seed,
    move.given, move.outcome, move.created_at, game.module
FROM move
JOIN play ON play.brand_id = move.brand_id AND play.id = move.play_id
JOIN game ON game.brand_id = move.brand_id AND game.id = move.game_id
WHERE (%(brand)s::uuid IS NULL OR move.brand_id = %(brand)s) AND (%(game)s::uuid IS NULL OR move.game_id = %(game)s)
ORDER BY move.brand_id, move.game_id, move.fan_id, play.number, move.number
"""


@dataclass(frozen=True)
class Difference:
    """A move that came out otherwise than recorded."""

    play_id: UUID
    number: int
    what: str


def verify(
    brand_id: UUID | None = None, game_id: UUID | None = None
) -> Iterator[Difference | None]:
    """Judge every recorded move again and yield, for each, None or how it differs."""
    state: Mapping[str, Any] = {}
    whose: tuple[UUID, UUID] | None = None
    with db.driver.cursor(name="moves_to_verify", row_factory=namedtuple_row) as cursor:
        cursor.execute(_MOVES, {"brand": brand_id, "game": game_id})
        move: Any
        for move in cursor:
            if whose != (move.game_id, move.fan_id):
                whose, state = (move.game_id, move.fan_id), {}
            yield _difference(move, state)
            state = move.outcome.get("state", {})


def _difference(move: Any, state: Mapping[str, Any]) -> Difference | None:
    """Judge one move again; None when everything is as recorded."""
    if move.given.get("erased"):
        # The fan asked to be forgotten: what they sent and the module saw is gone, so the move cannot be judged again.
        return None
    if move.module not in registry:
        return Difference(move.play_id, move.number, f"the module {move.module} is not installed")
    registered = registry[move.module]
    config = directory.config(move.brand_id, move.game_id, move.version)
    given = move.given
    context = Context(
        now=move.created_at,
        chance=Chance(bytes(move.seed)),
        fan=Fan(key=str(move.fan_id), traits=given.get("traits", {})),
        play_number=given["play_number"],
        **facts.as_context(given),
    )
    try:
        outcome, _ = judge(registered, config, state, read_move(registered, move.input), context)
    except Refused as refusal:
        return Difference(move.play_id, move.number, f"refused now: {refusal.code}")
    again = json.loads(json.dumps(answers.stored(outcome)))
    differing = [key for key in again if again[key] != move.outcome.get(key)]
    if not differing:
        return None
    return Difference(move.play_id, move.number, f"other {', '.join(differing)}")
