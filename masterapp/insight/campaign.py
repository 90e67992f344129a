"""The figures of one campaign, in few statements: funnel, plays over time, stock against plan, opt-ins, refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db
from masterapp.sdk.module import Totals

_GAMES = "SELECT id FROM game WHERE brand_id = %(brand)s AND campaign_id = %(campaign)s"

_FUNNEL = f"""
WITH games AS ({_GAMES}),
played AS (SELECT fan_id, bool_or(plays > 0) AS played FROM progress
    WHERE brand_id = %(brand)s AND game_id IN (SELECT id FROM games) GROUP BY fan_id),
finished AS (SELECT DISTINCT fan_id FROM play
    WHERE brand_id = %(brand)s AND game_id IN (SELECT id FROM games) AND finished_at IS NOT NULL),
given AS (SELECT coupon.id, coupon.fan_id FROM coupon JOIN play
    ON play.brand_id = coupon.brand_id AND play.id = coupon.play_id
    WHERE coupon.brand_id = %(brand)s AND play.game_id IN (SELECT id FROM games)),
won AS (SELECT fan_id FROM prize_grant
    WHERE brand_id = %(brand)s AND game_id IN (SELECT id FROM games) AND state <> 'cancelled'
    UNION SELECT fan_id FROM given),
used AS (SELECT DISTINCT given.fan_id FROM given JOIN redemption
    ON redemption.brand_id = %(brand)s AND redemption.coupon_id = given.id AND redemption.undone_at IS NULL
    UNION SELECT fan_id FROM prize_grant WHERE brand_id = %(brand)s AND game_id IN (SELECT id FROM games)
      AND state = 'handed_over'),
came AS (SELECT fan_id FROM played
    UNION SELECT fan_id FROM refusal WHERE brand_id = %(brand)s AND game_id IN (SELECT id FROM games)
    UNION SELECT fan.id FROM sign_in JOIN fan ON fan.brand_id = sign_in.brand_id AND fan.email_key = sign_in.email_key
      WHERE sign_in.brand_id = %(brand)s AND sign_in.campaign_id = %(campaign)s AND sign_in.used_at IS NOT NULL)
SELECT (SELECT count(*) FROM came), (SELECT count(*) FROM played WHERE played), (SELECT count(*) FROM finished),
    (SELECT count(*) FROM won), (SELECT count(*) FROM used)
"""  # noqa: S608 - constants of ours only.

_PER_DAY = f"""
SELECT (opened_at AT TIME ZONE %(zone)s)::date AS day, count(*) AS plays, count(DISTINCT fan_id) AS fans
FROM play WHERE brand_id = %(brand)s AND game_id IN ({_GAMES}) AND opened_at >= %(since)s
GROUP BY day ORDER BY day
"""  # noqa: S608 - constants of ours only.

_STOCK = f"""
SELECT prize.id, prize.game_id, prize.label, prize.stock, prize.value_cents,
    greatest(prize.stock,
      count(moment.id) FILTER (WHERE moment.passed_at IS NULL OR moment.draw_id IS NOT NULL)) AS planned,
    count(moment.id) FILTER (WHERE moment.opens_at <= %(now)s
      AND (moment.taken_at IS NOT NULL OR NOT moment.guaranteed)) AS due,
    count(moment.taken_at) AS taken
FROM prize LEFT JOIN winning_moment AS moment ON moment.brand_id = prize.brand_id AND moment.prize_id = prize.id
WHERE prize.brand_id = %(brand)s AND prize.game_id IN ({_GAMES})
GROUP BY prize.brand_id, prize.id ORDER BY prize.game_id, prize.position
"""  # noqa: S608 - constants of ours only.

_OPT_INS = """
SELECT purpose, channel, count(*) FILTER (WHERE granted) AS given, count(*) FILTER (WHERE NOT granted) AS refused
FROM consent WHERE brand_id = %(brand)s AND campaign_id = %(campaign)s
GROUP BY purpose, channel ORDER BY purpose, channel
"""

_REFUSALS = f"""
SELECT code, count(DISTINCT fan_id) AS fans, sum(times)::bigint AS times
FROM refusal WHERE brand_id = %(brand)s AND game_id IN ({_GAMES}) GROUP BY code ORDER BY times DESC, code
"""  # noqa: S608 - constants of ours only.

_TOTALS = """
SELECT count(DISTINCT fan_id) AS fans, count(*) AS plays, count(finished_at) AS finished,
    (SELECT count(*) FROM prize_grant
      WHERE brand_id = %(brand)s AND game_id = %(game)s AND state <> 'cancelled') AS grants,
    (SELECT coalesce(sum(amount), 0)::bigint FROM point_entry
      WHERE brand_id = %(brand)s AND game_id = %(game)s AND amount > 0) AS points,
    (SELECT coalesce(jsonb_object_agg(name, amount), '{}') FROM (SELECT name, sum(amount)::bigint AS amount
      FROM counter WHERE brand_id = %(brand)s AND game_id = %(game)s GROUP BY name) AS c) AS counters,
    (SELECT coalesce(jsonb_object_agg(score, n), '{}') FROM (SELECT score, count(*) AS n
      FROM play WHERE brand_id = %(brand)s AND game_id = %(game)s AND score IS NOT NULL AND finished_at IS NOT NULL
      GROUP BY score) AS s) AS scores
FROM play WHERE brand_id = %(brand)s AND game_id = %(game)s
"""

_COUPONS = """
SELECT count(*) AS coupons, count(redemption.id) AS redemptions
FROM coupon JOIN play ON play.brand_id = coupon.brand_id AND play.id = coupon.play_id
LEFT JOIN redemption ON redemption.brand_id = coupon.brand_id AND redemption.coupon_id = coupon.id
  AND redemption.undone_at IS NULL
WHERE coupon.brand_id = %(brand)s AND play.game_id = %(game)s
"""

_LIST = """
SELECT game.campaign_id, count(DISTINCT progress.fan_id) AS fans, coalesce(sum(progress.plays), 0)::bigint AS plays
FROM game JOIN progress ON progress.brand_id = game.brand_id AND progress.game_id = game.id AND progress.plays > 0
WHERE game.brand_id = %(brand)s GROUP BY game.campaign_id
"""

_PACE = """
SELECT count(*) FROM play WHERE brand_id = %(brand)s AND game_id = %(game)s AND opened_at >= %(since)s
"""

FUNNEL_STEPS = ("came", "played", "finished", "won", "used")


@dataclass(frozen=True)
class Figures:
    """Everything the campaign's page shows in numbers."""

    funnel: Mapping[str, int]
    days: Sequence[tuple[date, int, int]]
    stock: Sequence[Mapping[str, Any]]
    opt_ins: Sequence[Mapping[str, Any]]
    refusals: Sequence[Mapping[str, Any]]
    totals: Mapping[UUID, Totals] = field(default_factory=dict)

    @property
    def plays(self) -> int:
        """All the attempts."""
        return sum(totals.plays for totals in self.totals.values())


def read(campaign: Campaign, games: Sequence[Game], time_zone: str, now: datetime) -> Figures:
    """Return the figures of a campaign."""
    names = {
        "brand": campaign.brand_id,
        "campaign": campaign.id,
        "zone": time_zone,
        "now": now,
        "since": campaign.opens_at or now,
    }
    row = db.driver.execute(_FUNNEL, names).fetchone()
    assert row is not None
    return Figures(
        funnel=dict(zip(FUNNEL_STEPS, row, strict=True)),
        days=db.driver.execute(_PER_DAY, names).fetchall(),
        stock=_rows(_STOCK, names),
        opt_ins=_rows(_OPT_INS, names),
        refusals=_rows(_REFUSALS, names),
        totals={game.id: totals(game) for game in games},
    )


def totals(game: Game) -> Totals:
    """Return what a module summarises about its game."""
    names = {"brand": game.brand_id, "game": game.id}
    found = {**_rows(_TOTALS, names)[0], **_rows(_COUPONS, names)[0]}
    scores = {int(score): number for score, number in found.pop("scores").items()}
    return Totals(scores=scores, **found)


def of_brand(brand_id: UUID) -> dict[UUID, Mapping[str, int]]:
    """Return fans and attempts of every campaign of a brand that was played."""
    rows = _rows(_LIST, {"brand": brand_id})
    return {row["campaign_id"]: {"fans": row["fans"], "plays": row["plays"]} for row in rows}


def plays_to_come(game: Game, campaign: Campaign, now: datetime) -> int:
    """Return about how many attempts are to be expected until the end, at the pace of the last seven days."""
    if campaign.opens_at is None or campaign.closes_at is None or now <= campaign.opens_at:
        return 0
    since = max(campaign.opens_at, now - timedelta(days=7))
    row = db.driver.execute(
        _PACE, {"brand": game.brand_id, "game": game.id, "since": since}
    ).fetchone()
    pace = (row[0] if row else 0) / max((now - since).total_seconds(), 3600.0)
    return round(pace * max(0.0, (campaign.closes_at - now).total_seconds()))


def _rows(statement: str, names: Mapping[str, Any]) -> list[dict[str, Any]]:
    return db.driver.cursor(row_factory=dict_row).execute(statement, names).fetchall()
