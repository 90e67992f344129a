"""What the ledger holds of a fan, for their download; entries are nameless amounts and stay."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from masterapp.db import db
from masterapp.fans.registry import erases, exports
from masterapp.texts import translate as _


@exports("points")
def _export_points(brand_id: UUID, fan_id: UUID) -> list[dict[str, Any]]:
    rows = db.driver.execute(
        "SELECT amount, reason, label, created_at FROM point_entry"
        " WHERE brand_id = %s AND fan_id = %s ORDER BY created_at, id",
        (brand_id, fan_id),
    ).fetchall()
    return [
        {"amount": amount, "reason": reason, "label": label, "at": at.isoformat()}
        for amount, reason, label, at in rows
    ]


@erases("points")
def _keep_points(_brand_id: UUID, _fan_id: UUID) -> str:
    return _("Your points stay as amounts without your name: the ledger is never changed.")
