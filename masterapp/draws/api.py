"""The draws API: what a fan sees of the brand's draws, enters and leaves, and takes home to check."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app, jsonify
from sqlalchemy import select

from masterapp.brands import assets
from masterapp.brands.access import fan_only
from masterapp.brands.models import Brand
from masterapp.db import db, now
from masterapp.draws import lists, promise, receipts, showing, tapping
from masterapp.draws.models import Draw
from masterapp.draws.schemas import (
    DrawLineSchema,
    DrawSchema,
    DrawsSchema,
    EntrySchema,
    ReceiptSchema,
    TicketSchema,
    WithdrawSchema,
)
from masterapp.draws.terms import Terms
from masterapp.identity.current import current_fan
from masterapp.limits import credential, limiter
from masterapp.points import service as points
from masterapp.texts import DEFAULT_LOCALE, language
from masterapp.validation import Blueprint, described, read_body

blueprint = Blueprint("draws", __name__, description="Draws: what a fan enters, leaves and checks.")

#: More than any hand can tap.
PACE = "60 per minute"
#: A ticket document reads a proof; nobody needs many.
PROOF_PACE = "30 per minute"
REFUSALS = {401: "No living session.", 404: "No such draw of this brand, or no entry of this fan."}
WRITES = {
    **REFUSALS,
    403: "A cookie came without its own page's word.",
    409: "Entries are closed, the list is fixed, the points or the limit say no.",
    413: "The body is too large.",
    422: "A field needs a correction.",
    429: "Too fast.",
}
PROOFS = {**REFUSALS, 409: "The list is not fixed yet.", 429: "Too fast."}
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]

#: One instance for all requests.
ENTRY, WITHDRAWAL, LINE, WHOLE = EntrySchema(), WithdrawSchema(), DrawLineSchema(), DrawSchema()


@blueprint.get("/draws")
@described(blueprint, DrawsSchema, {401: "No living session."}, security=BEARER)
@fan_only
def draws() -> Response:
    """List the draws of the fan's brand, those to come first."""
    fan = current_fan().fan
    slug = _slug(fan.brand_id)
    mine = {draw.id: part for draw, part in showing.all_mine(fan.brand_id, fan.id, numbers=False)}
    found = showing.announced(fan.brand_id)
    return jsonify(draws=[LINE.dump(_line(draw, mine.get(draw.id), slug)) for draw in found])


@blueprint.get("/draws/<uuid:draw_id>")
@described(blueprint, DrawSchema, REFUSALS, security=BEARER)
@fan_only
def draw(draw_id: UUID) -> Response:
    """Show a draw with the fan's tickets and, once it was held, its result."""
    return _shown(draw_id)


@blueprint.post("/draws/<uuid:draw_id>/entry")
@described(blueprint, DrawSchema, WRITES, body=EntrySchema, security=BEARER)
@limiter.limit(PACE, key_func=credential)
@fan_only
def enter(draw_id: UUID) -> Response:
    """Take the free ticket of a draw, or stake points in it."""
    fan = current_fan().fan
    found, body = tapping.find(fan.brand_id, draw_id), read_body(ENTRY)
    if body["free"]:
        tapping.take_free(found, fan.id, key=body["key"], at=now())
    else:
        tapping.stake(found, fan.id, body["stake"], key=body["key"], at=now())
    return _shown(draw_id)


@blueprint.post("/draws/<uuid:draw_id>/withdraw")
@described(blueprint, DrawSchema, WRITES, body=WithdrawSchema, security=BEARER)
@limiter.limit(PACE, key_func=credential)
@fan_only
def withdraw(draw_id: UUID) -> Response:
    """Leave a draw before its list is fixed; staked points come back."""
    fan = current_fan().fan
    found, body = tapping.find(fan.brand_id, draw_id), read_body(WITHDRAWAL)
    tapping.withdraw(found, fan.id, key=body["key"], at=now())
    return _shown(draw_id)


@blueprint.get("/draws/<uuid:draw_id>/receipt")
@described(blueprint, ReceiptSchema, {**REFUSALS, 429: "Too fast."}, security=BEARER)
@limiter.limit(PROOF_PACE, key_func=credential)
@fan_only
def receipt(draw_id: UUID) -> Response:
    """Give the fan the signed receipt of their entry."""
    fan = current_fan().fan
    return jsonify(receipts.receipt_of(tapping.find(fan.brand_id, draw_id), fan.id))


@blueprint.get("/draws/<uuid:draw_id>/ticket")
@described(blueprint, TicketSchema, PROOFS, security=BEARER)
@limiter.limit(PROOF_PACE, key_func=credential)
@fan_only
def ticket(draw_id: UUID) -> Response:
    """Give the fan the private document that proves their place in the fixed list."""
    fan = current_fan().fan
    return jsonify(lists.ticket_of(tapping.find(fan.brand_id, draw_id), fan.id))


def _slug(brand_id: UUID) -> str:
    return db.session.scalars(select(Brand.slug).where(Brand.id == brand_id)).one()


def _shown(draw_id: UUID) -> Response:
    fan = current_fan().fan
    found = tapping.find(fan.brand_id, draw_id)
    crowd, held = showing.crowd(found), showing.result(found)
    answer = {
        **_line(found, showing.mine(found, fan.id), _slug(fan.brand_id)),
        "prizes": [_prize(found, prize) for prize in found.prizes],
        "entrants": crowd.entrants,
        "tickets": str(crowd.tickets),
        "commit_hash": found.commit_hash.hex() if found.commit_hash else "",
        "round": showing.beacon_round(found),
        "level": showing.level(found),
        "result": _result(held) if held else None,
        "balance": points.balance_of(fan.brand_id, fan.id),
    }
    return jsonify(WHOLE.dump(answer))


def _line(found: Draw, mine: showing.Mine | None, slug: str) -> dict[str, Any]:
    terms = Terms.of(found.terms)
    return {
        "id": found.id,
        "campaign": found.campaign_id,
        "title": _words(found.title),
        "description": _words(found.description),
        "source": found.source,
        "phase": showing.phase(found, now()),
        "closes_at": found.closes_at,
        "commits_at": found.commits_at,
        "draws_at": found.draws_at,
        "price": terms.price if found.source == "stakes" else 0,
        "most": terms.most,
        "code": promise.code_of(found),
        "page": f"{current_app.config['SETTINGS'].base_url}/play/{slug}/draws/{found.id}",
        "mine": _mine(mine) if mine else None,
    }


def _mine(mine: showing.Mine) -> dict[str, Any]:
    outcome = None
    if mine.won:
        names = ("prize", "kind", "rank", "state")
        outcome = {name: getattr(mine.won, name) for name in names}
        outcome["ticket"] = str(mine.won.ticket)
    return {
        "tickets": str(mine.tickets),
        "of_plays": mine.earned,
        "free": mine.free,
        "staked": mine.staked,
        "entry_class": mine.kind,
        "seq": mine.seq,
        "first": None if mine.first is None else str(mine.first),
        "last": None if mine.last is None else str(mine.last),
        "outcome": outcome,
    }


def _prize(found: Draw, prize: dict[str, Any]) -> dict[str, Any]:
    picture, secret = prize.get("picture"), current_app.config["SETTINGS"].secret_key
    return {
        "id": prize["id"],
        "label": _words(prize["label"]),
        "description": _words(prize.get("description") or {}),
        "picture": assets.address(found.brand_id, picture, None, secret) if picture else None,
        "quantity": prize["qty"],
        "alternates": prize["alternates"],
    }


def _result(held: showing.Result) -> dict[str, Any]:
    return {
        "level": held.level,
        "seed": held.seed,
        "unfilled": held.unfilled,
        "places": [
            {"prize": prize, **vars(place)}
            for prize, places in held.places.items()
            for place in places
        ],
    }


def _words(texts: dict[str, str]) -> str:
    """Return a text in the fan's language, or in the one that it has."""
    return texts.get(language()) or texts.get(DEFAULT_LOCALE) or next(iter(texts.values()), "")
