"""What goes back to the page: views in the fan's language with signed pictures, and what was earned, won and left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import current_app
from psycopg.rows import dict_row

from masterapp.brands.assets import address
from masterapp.campaigns.quota import UNLIMITED, Used, left
from masterapp.db import db
from masterapp.prepared import Prepared
from masterapp.sdk.outcome import Outcome
from masterapp.texts import DEFAULT_LOCALE, language

if TYPE_CHECKING:
    from masterapp.coupons.service import Issued
    from masterapp.plays.service import Request, Standing

_PRIZES = """
SELECT prize_grant.id, prize.label, prize.description, prize.collection, prize.picture_id, prize.offer_id,
    prize_grant.state, prize_grant.created_at, play.number AS play_number
FROM prize_grant LEFT JOIN play ON play.brand_id = prize_grant.brand_id AND play.id = prize_grant.play_id
JOIN prize ON prize.brand_id = prize_grant.brand_id AND prize.id = prize_grant.prize_id
WHERE prize_grant.brand_id = %(brand)s AND
"""
_BALANCE = Prepared("SELECT amount FROM balance WHERE brand_id = %(brand)s AND fan_id = %(fan)s")
_COUPONS = """
SELECT coupon.id, coupon.offer_id, coupon.code, offer.label, coupon.valid_from, coupon.valid_until
FROM coupon JOIN offer ON offer.brand_id = coupon.brand_id AND offer.id = coupon.offer_id
WHERE coupon.brand_id = %(brand)s AND
"""


def resolve(view: Any, brand_id: UUID, locale: str) -> Any:
    """Return a module's view as the browser may read it: texts in one language, pictures as signed addresses."""
    # Most values of a view are plain: they are let through before anything slower is asked of them.
    if isinstance(view, str | int | None):
        return view
    if isinstance(view, dict | Mapping):
        if "$text" in view:
            return in_language(view["$text"], locale)
        if "$picture" in view:
            return media(brand_id, view["$picture"]["asset"], view["$picture"].get("blocks"))
        return {key: resolve(inner, brand_id, locale) for key, inner in view.items()}
    if isinstance(view, list | tuple):
        return [resolve(inner, brand_id, locale) for inner in view]
    return view


def in_language(localised: Mapping[str, str] | None, locale: str) -> str:
    """Return a localised text in *locale*, else in the default language, else in any it has."""
    if not localised:
        return ""
    return (
        localised.get(locale) or localised.get(DEFAULT_LOCALE) or next(iter(localised.values()), "")
    )


def media(brand_id: UUID, asset_id: UUID | str | None, blocks: int | None = None) -> str | None:
    """Return the signed address of a picture, or None when there is none."""
    if not asset_id:
        return None
    return address(brand_id, asset_id, blocks, current_app.config["SECRET_KEY"])


def stored(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as kept with its move: what a replay of the move must equal."""
    return {
        "state": outcome.state,
        "view": outcome.view,
        "finished": outcome.finished,
        "score": outcome.score,
        "duration_ms": outcome.duration_ms,
        "effects": [
            {"effect": type(effect).__name__, **vars_of(effect)} for effect in outcome.effects
        ],
    }


def vars_of(effect: Any) -> dict[str, Any]:
    """Return an effect's values as JSON."""
    values = {}
    for name in effect.__dataclass_fields__:
        value = getattr(effect, name)
        values[name] = vars_of(value) if hasattr(value, "__dataclass_fields__") else value
    return values


def of_look(standing: Standing, view: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Return the answer to a look at the game."""
    row = standing.row
    names = {"brand": standing.brand_id, "fan": row.fan_id, "game": row.game_id}
    balance = db.row(_BALANCE, names)
    return {
        "game": {
            "id": str(row.game_id),
            "slug": row.slug,
            "module": row.module,
            "title": in_language(row.title, language()),
            "opens_at": _iso(row.opens_at),
            "closes_at": _iso(row.closes_at),
            "paused": row.paused,
        },
        "version": version,
        "view": resolve(view, standing.brand_id, language()),
        "play": {"id": str(row.open_play_id), "number": row.plays} if row.open_play_id else None,
        "left": standing.left.as_json(),
        "grants": _grants(
            standing, "prize_grant.fan_id = %(fan)s AND prize_grant.game_id = %(game)s", names
        ),
        "coupons": _coupons(
            "coupon.fan_id = %(fan)s AND coupon.play_id IN (SELECT id FROM play WHERE brand_id = %(brand)s"
            " AND game_id = %(game)s AND fan_id = %(fan)s)",
            names,
        ),
        "points": {"earned": 0, "balance": balance[0] if balance else 0},
    }


def of_move(
    standing: Standing,
    request: Request,
    used: Used,
    outcome: Outcome,
    done: Mapping[str, Any],
    prizes: list[dict[str, Any]],
    codes: list[Issued],
) -> dict[str, Any]:
    """Return the answer to a move that was just carried out."""
    return {
        "play": {
            "id": str(done["play"]),
            "number": used.plays,
            "finished": outcome.finished,
            "score": outcome.score,
        },
        "version": request.version,
        "view": resolve(outcome.view, standing.brand_id, language()),
        "points": {"earned": done["credited"], "balance": done["balance"]},
        "grants": [_grant(standing, prize) for prize in prizes],
        "coupons": [_coupon(code, language()) for code in codes],
        "left": _left_after(standing, used),
    }


def of_replay(standing: Standing, first: Any) -> dict[str, Any]:
    """Return the answer that a key got the first time, from what was kept with its move."""
    names = {"brand": standing.brand_id, "play": first.play_id, "at": first.created_at}
    outcome = first.outcome
    return {
        "play": {
            "id": str(first.play_id),
            "number": first.play_number,
            "finished": outcome["finished"],
            "score": outcome["score"],
        },
        "version": first.version,
        "view": resolve(outcome["view"], standing.brand_id, language()),
        "points": {"earned": first.credited or 0, "balance": first.balance},
        "grants": _grants(
            standing, "prize_grant.play_id = %(play)s AND prize_grant.created_at = %(at)s", names
        ),
        "coupons": _coupons("coupon.play_id = %(play)s AND coupon.created_at = %(at)s", names),
        "left": _left_after(standing, standing.used),
    }


def _left_after(standing: Standing, used: Used) -> dict[str, Any]:
    row = standing.row
    if not standing.registered.manifest.limited:
        return UNLIMITED.as_json()
    return left(
        row.quota, used, now=standing.at, time_zone=row.time_zone, opens_at=row.opens_at
    ).as_json()


def _grants(standing: Standing, condition: str, names: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = db.driver.cursor(row_factory=dict_row).execute(
        _PRIZES + condition + " ORDER BY prize_grant.created_at DESC", names
    )
    return [_grant(standing, row) for row in rows.fetchall()]


def _grant(standing: Standing, row: Mapping[str, Any]) -> dict[str, Any]:
    locale = language()
    return {
        "id": str(row["id"]),
        "state": row["state"],
        "play": row["play_number"],
        "prize": {
            "label": in_language(row["label"], locale),
            "description": in_language(row["description"], locale),
            "collection": in_language(row["collection"], locale),
            "picture": media(standing.brand_id, row["picture_id"]),
        },
    }


def _coupons(condition: str, names: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = db.driver.execute(_COUPONS + condition + " ORDER BY coupon.created_at DESC", names)
    locale = language()
    return [_coupon_row(*row, locale=locale) for row in rows.fetchall()]


def _coupon(issued: Issued, locale: str) -> dict[str, Any]:
    return _coupon_row(
        issued.id,
        issued.offer_id,
        issued.code,
        issued.label,
        issued.valid_from,
        issued.valid_until,
        locale=locale,
    )


def _coupon_row(
    id_: UUID,
    offer_id: UUID,
    code: str,
    label: Mapping[str, str],
    valid_from: Any,
    valid_until: Any,
    *,
    locale: str,
) -> dict[str, Any]:
    return {
        "id": str(id_),
        "offer": str(offer_id),
        "code": code,
        "label": in_language(label, locale),
        "valid_from": _iso(valid_from),
        "valid_until": _iso(valid_until),
        "qr": f"/api/v1/me/coupons/{id_}/qr.svg",
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
