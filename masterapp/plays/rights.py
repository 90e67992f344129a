"""What the road holds of a fan: shown in their download, and stripped of personal data when they are erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from masterapp.db import db
from masterapp.fans.registry import erases, exports
from masterapp.texts import translate as _

_PLAYS = """
SELECT game.slug AS game, game.module, play.number, play.opened_at, play.finished_at, play.score, play.origin,
    (SELECT jsonb_agg(move.input ORDER BY move.number) FROM move
      WHERE move.brand_id = play.brand_id AND move.play_id = play.id) AS moves
FROM play JOIN game ON game.brand_id = play.brand_id AND game.id = play.game_id
WHERE play.brand_id = %s AND play.fan_id = %s ORDER BY play.opened_at
"""
_REFUSALS = """
SELECT game.slug AS game, refusal.code, refusal.day, refusal.times
FROM refusal JOIN game ON game.brand_id = refusal.brand_id AND game.id = refusal.game_id
WHERE refusal.brand_id = %s AND refusal.fan_id = %s ORDER BY refusal.day
"""


def _plain(statement: str, brand_id: UUID, fan_id: UUID) -> list[dict[str, Any]]:
    rows = db.driver.cursor(row_factory=dict_row).execute(statement, (brand_id, fan_id)).fetchall()
    return [
        {
            key: value.isoformat() if hasattr(value, "isoformat") else value
            for key, value in row.items()
        }
        for row in rows
    ]


@exports("plays")
def _export_plays(brand_id: UUID, fan_id: UUID) -> list[dict[str, Any]]:
    return _plain(_PLAYS, brand_id, fan_id)


@exports("refusals")
def _export_refusals(brand_id: UUID, fan_id: UUID) -> list[dict[str, Any]]:
    return _plain(_REFUSALS, brand_id, fan_id)


@erases("plays")
def _erase_plays(brand_id: UUID, fan_id: UUID) -> str:
    """Forget what the fan sent, what a module was told of them and where they played from.

    Of each move the seed and what it gave stay as proof of prizes; a text that was typed may have held a name.
    """
    names = {"brand": brand_id, "fan": fan_id}
    db.driver.execute(
        "UPDATE move SET input = '{}', outcome = outcome - 'state' - 'view',"
        " given = given - 'traits' || '{\"erased\": true}'"
        " WHERE brand_id = %(brand)s AND fan_id = %(fan)s",
        names,
    )
    db.driver.execute(
        "UPDATE progress SET state = '{}' WHERE brand_id = %(brand)s AND fan_id = %(fan)s", names
    )
    db.driver.execute(
        "UPDATE play SET origin = '' WHERE brand_id = %(brand)s AND fan_id = %(fan)s", names
    )
    db.driver.execute("DELETE FROM refusal WHERE brand_id = %(brand)s AND fan_id = %(fan)s", names)
    return _("Your moves stay without your name: they prove that prizes were given fairly.")
