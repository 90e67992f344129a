"""The prizes a fan has won, for their download; a prize that was given stays recorded, without a name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from masterapp.db import db
from masterapp.fans.registry import erases, exports
from masterapp.texts import translate as _


@exports("prizes")
def _export_prizes(brand_id: UUID, fan_id: UUID) -> list[dict[str, Any]]:
    rows = db.driver.execute(
        "SELECT prize.label, won.state, won.created_at, won.handed_over_at FROM prize_grant AS won"
        " JOIN prize ON prize.brand_id = won.brand_id AND prize.id = won.prize_id"
        " WHERE won.brand_id = %s AND won.fan_id = %s ORDER BY won.created_at",
        (brand_id, fan_id),
    ).fetchall()
    return [
        {
            "label": label,
            "state": state,
            "won_at": won_at.isoformat(),
            "handed_over_at": handed_over_at.isoformat() if handed_over_at else None,
        }
        for label, state, won_at, handed_over_at in rows
    ]


@erases("prizes")
def _keep_prizes(_brand_id: UUID, _fan_id: UUID) -> str:
    return _(
        "Prizes you have won stay recorded without your name: the brand must prove what it gave."
    )
