"""The CRM table: fans by filters, one fan's whole story, and the export; few statements for any number of fans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.rows import dict_row

from masterapp.db import db

PAGE = 50
#: Rows fetched at a time by an export: little memory, few round trips.
BATCH = 1_000


@dataclass(frozen=True)
class Filter:
    """Which fans: every part that is set must hold. Dates are days on the brand's clock, both included."""

    words: str = ""
    #: ``offers:email`` (agreed) or ``-offers:email`` (did not).
    consent: str = ""
    campaign: UUID | None = None
    joined_from: date | None = None
    joined_to: date | None = None
    points: int = 0
    winners: bool = False


_COLUMNS = """
SELECT fan.id, fan.number, fan.display_name, fan.email, fan.locale, fan.created_at, fan.last_seen_at,
    coalesce(balance.amount, 0) AS points,
    (SELECT count(*) FROM play WHERE play.brand_id = fan.brand_id AND play.fan_id = fan.id) AS plays,
    (SELECT count(*) FROM prize_grant AS won
      WHERE won.brand_id = fan.brand_id AND won.fan_id = fan.id AND won.state <> 'cancelled') AS prizes,
    (SELECT coalesce(array_agg(newest.purpose || ':' || newest.channel ORDER BY 1), '{}') FROM (
        SELECT DISTINCT ON (purpose, channel) purpose, channel, granted FROM consent
        WHERE consent.brand_id = fan.brand_id AND consent.fan_id = fan.id
        ORDER BY purpose, channel, created_at DESC, id DESC) AS newest WHERE newest.granted) AS consents
FROM fan LEFT JOIN balance ON balance.brand_id = fan.brand_id AND balance.fan_id = fan.id
"""

_AGREED = """
(SELECT granted FROM consent
  WHERE consent.brand_id = fan.brand_id AND consent.fan_id = fan.id
    AND consent.purpose = %(purpose)s AND consent.channel = %(channel)s
  ORDER BY created_at DESC, id DESC LIMIT 1)
"""


def _conditions(brand_id: UUID, wanted: Filter, zone: ZoneInfo) -> tuple[str, dict[str, Any]]:
    """Return the WHERE of a filter and its values."""
    values: dict[str, Any] = {"brand": brand_id}
    parts = ["fan.brand_id = %(brand)s", "fan.erased_at IS NULL"]
    if wanted.words.strip():
        words = wanted.words.strip()
        values["like"] = (
            "%" + words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        )
        matches = "fan.display_name ILIKE %(like)s OR fan.email ILIKE %(like)s"
        if words.isascii() and words.isdigit() and len(words) < 18:
            values["number"] = int(words)
            matches += " OR fan.number = %(number)s"
        parts.append(f"({matches})")
    if wanted.consent:
        values["purpose"], _, values["channel"] = wanted.consent.lstrip("-").partition(":")
        agreed = f"coalesce({_AGREED}, false)"
        parts.append(f"NOT {agreed}" if wanted.consent.startswith("-") else agreed)
    if wanted.campaign:
        values["campaign"] = wanted.campaign
        parts.append(
            "EXISTS (SELECT FROM progress JOIN game ON game.brand_id = progress.brand_id AND game.id = progress.game_id"
            " WHERE progress.brand_id = fan.brand_id AND progress.fan_id = fan.id AND game.campaign_id = %(campaign)s)"
        )
    if wanted.joined_from:
        values["joined_from"] = datetime.combine(wanted.joined_from, datetime.min.time(), zone)
        parts.append("fan.created_at >= %(joined_from)s")
    if wanted.joined_to:
        end = wanted.joined_to + timedelta(days=1)
        values["joined_to"] = datetime.combine(end, datetime.min.time(), zone)
        parts.append("fan.created_at < %(joined_to)s")
    if wanted.points:
        values["points"] = wanted.points
        parts.append("coalesce(balance.amount, 0) >= %(points)s")
    if wanted.winners:
        parts.append(
            "EXISTS (SELECT FROM prize_grant AS won WHERE won.brand_id = fan.brand_id AND won.fan_id = fan.id"
            " AND won.state <> 'cancelled')"
        )
    return " WHERE " + " AND ".join(parts), values


def find(
    brand_id: UUID, wanted: Filter, zone: ZoneInfo, *, before: int | None = None
) -> tuple[list[dict[str, Any]], int]:
    """Return a page of fans, the newest first, and how many match in all. *before* is the last number seen."""
    where, values = _conditions(brand_id, wanted, zone)
    counted = db.driver.execute(
        "SELECT count(*) FROM fan LEFT JOIN balance"  # noqa: S608 - our own conditions.
        " ON balance.brand_id = fan.brand_id AND balance.fan_id = fan.id" + where,
        values,
    ).fetchone()
    if before is not None:
        where += " AND (fan.created_at, fan.number) < (SELECT created_at, number FROM fan AS last"
        where += " WHERE last.brand_id = %(brand)s AND last.number = %(before)s)"
        values["before"] = before
    order = f" ORDER BY fan.created_at DESC, fan.number DESC LIMIT {PAGE + 1}"
    cursor = db.driver.cursor(row_factory=dict_row)
    rows = cursor.execute(_COLUMNS + where + order, values).fetchall()
    return rows, counted[0] if counted else 0


def export(brand_id: UUID, wanted: Filter, zone: ZoneInfo) -> Iterator[Mapping[str, Any]]:
    """Yield every matching fan, read in batches by a cursor of the server: the memory stays small."""
    where, values = _conditions(brand_id, wanted, zone)
    with db.driver.cursor(name="export_of_fans", row_factory=dict_row) as cursor:
        cursor.itersize = BATCH
        cursor.execute(_COLUMNS + where + " ORDER BY fan.created_at DESC, fan.number DESC", values)
        yield from cursor


_STORY = """
SELECT at, kind, label, detail FROM (
    SELECT created_at AS at, 'joined' AS kind, NULL::jsonb AS label, source AS detail
    FROM fan WHERE brand_id = %(brand)s AND id = %(fan)s
    UNION ALL
    SELECT play.opened_at, 'play', game.title,
        jsonb_build_object('score', play.score, 'finished', play.finished_at IS NOT NULL, 'number', play.number)
    FROM play JOIN game ON game.brand_id = play.brand_id AND game.id = play.game_id
    WHERE play.brand_id = %(brand)s AND play.fan_id = %(fan)s
    UNION ALL
    SELECT created_at, 'points', label, jsonb_build_object('amount', amount, 'reason', reason)
    FROM point_entry WHERE brand_id = %(brand)s AND fan_id = %(fan)s
    UNION ALL
    SELECT won.created_at, 'prize', prize.label, jsonb_build_object('state', won.state)
    FROM prize_grant AS won JOIN prize ON prize.brand_id = won.brand_id AND prize.id = won.prize_id
    WHERE won.brand_id = %(brand)s AND won.fan_id = %(fan)s
    UNION ALL
    SELECT coupon.created_at, 'coupon', offer.label, jsonb_build_object('code', coupon.code)
    FROM coupon JOIN offer ON offer.brand_id = coupon.brand_id AND offer.id = coupon.offer_id
    WHERE coupon.brand_id = %(brand)s AND coupon.fan_id = %(fan)s
    UNION ALL
    SELECT redemption.created_at, 'redemption', offer.label,
        jsonb_build_object('store', store.name, 'undone', redemption.undone_at IS NOT NULL)
    FROM redemption
    JOIN coupon ON coupon.brand_id = redemption.brand_id AND coupon.id = redemption.coupon_id
    JOIN offer ON offer.brand_id = coupon.brand_id AND offer.id = coupon.offer_id
    JOIN store ON store.brand_id = redemption.brand_id AND store.id = redemption.store_id
    WHERE coupon.brand_id = %(brand)s AND coupon.fan_id = %(fan)s
    UNION ALL
    SELECT created_at, 'consent', NULL,
        jsonb_build_object('purpose', purpose, 'channel', channel, 'granted', granted, 'method', method)
    FROM consent WHERE brand_id = %(brand)s AND fan_id = %(fan)s
    UNION ALL
    SELECT created_at, 'trait', NULL, jsonb_build_object('name', name, 'value', value, 'source', source)
    FROM trait WHERE brand_id = %(brand)s AND fan_id = %(fan)s
    UNION ALL
    SELECT day::timestamp AT TIME ZONE 'UTC', 'refusal', game.title,
        jsonb_build_object('code', refusal.code, 'times', refusal.times)
    FROM refusal JOIN game ON game.brand_id = refusal.brand_id AND game.id = refusal.game_id
    WHERE refusal.brand_id = %(brand)s AND refusal.fan_id = %(fan)s
) AS story ORDER BY at DESC LIMIT %(most)s
"""


def one(brand_id: UUID, fan_id: UUID) -> dict[str, Any] | None:
    """Return one fan as in the table, or None when the brand has no such fan."""
    cursor = db.driver.cursor(row_factory=dict_row)
    return cursor.execute(
        _COLUMNS + " WHERE fan.brand_id = %(brand)s AND fan.id = %(fan)s AND fan.erased_at IS NULL",
        {"brand": brand_id, "fan": fan_id},
    ).fetchone()


def story(brand_id: UUID, fan_id: UUID, *, most: int = 100) -> Sequence[Mapping[str, Any]]:
    """Return what happened to one fan, the newest first: one statement over every room."""
    cursor = db.driver.cursor(row_factory=dict_row)
    return cursor.execute(_STORY, {"brand": brand_id, "fan": fan_id, "most": most}).fetchall()


def traits(brand_id: UUID, fan_id: UUID) -> Sequence[Mapping[str, Any]]:
    """Return what is known of a fan now, each with where it came from."""
    cursor = db.driver.cursor(row_factory=dict_row)
    return cursor.execute(
        "SELECT name, value, source, created_at FROM trait"
        " WHERE brand_id = %s AND fan_id = %s AND replaced_at IS NULL ORDER BY name",
        (brand_id, fan_id),
    ).fetchall()
