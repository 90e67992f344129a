"""The facts a module may ask for in its manifest (``needs``), each read by one statement and kept with the move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from masterapp.db import db
from masterapp.prepared import Prepared
from masterapp.registry import Manifest
from masterapp.sdk.context import Activity, PointsFact

_TOTALS = Prepared("""
SELECT name, sum(amount)::bigint FROM counter WHERE brand_id = %(brand)s AND game_id = %(game)s GROUP BY name
""")

_POINTS = Prepared("""
SELECT coalesce(balance.amount, 0), coalesce(balance.earned, 0),
    (SELECT coalesce(jsonb_agg(entry ORDER BY entry ->> 'at' DESC), '[]') FROM (
        SELECT jsonb_build_object('amount', amount, 'reason', reason, 'label', label, 'at', created_at) AS entry
        FROM point_entry WHERE brand_id = fan.brand_id AND fan_id = fan.id
        ORDER BY created_at DESC, id DESC LIMIT 20) AS latest)
FROM fan LEFT JOIN balance ON balance.brand_id = fan.brand_id AND balance.fan_id = fan.id
WHERE fan.brand_id = %(brand)s AND fan.id = %(fan)s
""")

_ACTIVITY = Prepared("""
WITH finished AS (
    SELECT game.module, game.campaign_id, (play.finished_at AT TIME ZONE %(time_zone)s)::date AS day
    FROM play JOIN game ON game.brand_id = play.brand_id AND game.id = play.game_id
    WHERE play.brand_id = %(brand)s AND play.fan_id = %(fan)s AND play.finished_at IS NOT NULL
)
SELECT
    (SELECT jsonb_object_agg(module, n) FROM (SELECT module, count(*) AS n FROM finished GROUP BY module) AS every),
    (SELECT jsonb_object_agg(module, n) FROM (
        SELECT module, count(*) AS n FROM finished
        WHERE campaign_id = (SELECT campaign_id FROM game WHERE brand_id = %(brand)s AND id = %(game)s)
        GROUP BY module) AS here),
    (SELECT count(DISTINCT day) FROM finished),
    (SELECT count(*) FROM coupon WHERE brand_id = %(brand)s AND fan_id = %(fan)s),
    (SELECT count(*) FROM redemption JOIN coupon
        ON coupon.brand_id = redemption.brand_id AND coupon.id = redemption.coupon_id
      WHERE coupon.brand_id = %(brand)s AND coupon.fan_id = %(fan)s AND redemption.undone_at IS NULL),
    (SELECT count(*) FROM prize_grant WHERE brand_id = %(brand)s AND fan_id = %(fan)s AND state <> 'cancelled')
""")

_TRAITS = Prepared("""
SELECT name, value FROM trait
WHERE brand_id = %(brand)s AND fan_id = %(fan)s AND replaced_at IS NULL AND name = ANY(%(names)s)
""")


def read(
    manifest: Manifest, brand_id: UUID, game_id: UUID, fan_id: UUID | None, time_zone: str
) -> dict[str, Any]:
    """Return the facts of ``manifest.needs`` as plain JSON: no statement at all for a module that needs none."""
    facts: dict[str, Any] = {}
    names = {"brand": brand_id, "game": game_id, "fan": fan_id, "time_zone": time_zone}
    if "totals" in manifest.needs:
        facts["totals"] = dict(db.rows(_TOTALS, names))
    if fan_id is None:
        return facts
    if "points" in manifest.needs:
        row: Any = db.row(_POINTS, names) or (0, 0, [])
        facts["points"] = {"balance": row[0], "earned": row[1], "entries": row[2]}
    if "activity" in manifest.needs:
        row = db.row(_ACTIVITY, names)
        keys = ("plays", "campaign_plays", "days", "coupons", "redemptions", "prizes")
        facts["activity"] = dict(zip(keys, (row[0] or {}, row[1] or {}, *row[2:]), strict=True))
    if manifest.traits:
        facts["traits"] = dict(db.rows(_TRAITS, {**names, "names": list(manifest.traits)}))
    return facts


def as_context(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments of ``Context`` that these facts fill."""
    given: dict[str, Any] = {}
    if "totals" in facts:
        given["totals"] = facts["totals"]
    if "points" in facts:
        given["points"] = PointsFact(**facts["points"])
    if "activity" in facts:
        given["activity"] = Activity(**facts["activity"])
    return given
