"""The public page of a draw, from its announcement to its winners, and the forms with which a fan enters and leaves.

Every form works without a script. What is the same for all is kept for some seconds (``draws/showing.py``).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from babel.units import format_unit
from flask import Response, flash, g, jsonify, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from masterapp.brands.access import public
from masterapp.campaigns.models import Campaign
from masterapp.db import db, now
from masterapp.draws import lists, promise, reviewing, showing, tapping
from masterapp.draws.keeping import Kept
from masterapp.draws.models import Draw
from masterapp.draws.schemas import KEY
from masterapp.draws.terms import Terms
from masterapp.draws.vacancies import REASONS
from masterapp.errors import Refused
from masterapp.exact.drand import QUICKNET
from masterapp.fairness import beacon
from masterapp.fairness.policy import verifier_hashes
from masterapp.identity.current import cookie_name
from masterapp.limits import limiter, network
from masterapp.plays.answers import media
from masterapp.points import service as points
from masterapp.texts import language
from masterapp.texts import translate as _
from masterapp.web.fan import draw_files, draw_words
from masterapp.web.fan.frame import blueprint
from masterapp.web.fan.space import for_fan, room
from masterapp.web.ui import local

PACE = "60 per minute"
#: How many winners and alternates of a prize a page shows; the certificate has them all.
MOST_SHOWN = 50
SECONDS = 2

_live: Kept[dict[str, Any]] = Kept(SECONDS)


def forget() -> None:
    """Look at everything again."""
    _live.forget()
    draw_files.forget()


def prizes_of(draw: Draw) -> list[dict[str, Any]]:
    """Return the prizes with their signed pictures."""
    return [
        {**prize, "picture": media(draw.brand_id, prize.get("picture"))} for prize in draw.prizes
    ]


def utc(moment: datetime | None) -> str:
    """Write a moment in UTC to the second, as the documents do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if moment else ""


def folded(code: str) -> str:
    """Return a typed code as it is compared (docs/fairness.md, section 4)."""
    return re.sub(r"[\s-]", "", code).upper().translate(str.maketrans("ILO", "110"))


@blueprint.get("/draws/<uuid:draw_id>")
@public
def draw_page(draw_id: UUID) -> str:
    """The draw: what can be won, who is in, what was promised, what was drawn, and how to check it."""
    draw, at = draw_files.announced(draw_id), now()
    mine = showing.mine(draw, g.fan.id) if g.fan else None
    terms, phase = Terms.of(draw.terms), showing.phase(draw, at)
    left_out = mine is not None and mine.kind == reviewing.EXCLUDED
    return render_template(
        "fan/draw.html",
        draw=draw,
        phase=phase,
        terms=terms,
        mine=mine,
        why=reviewing.why_excluded(draw, g.fan.id) if left_out else None,
        words=draw_words,
        prizes=prizes_of(draw),
        campaign=db.session.get_one(Campaign, (draw.brand_id, draw.campaign_id)),
        crowd=showing.crowd(draw),
        gauge=showing.gauge(draw, at),
        held=showing.result(draw),
        entering=_ways_in(draw, terms, mine) if phase == "open" and not left_out else None,
        may_leave=bool(mine and not mine.kind and draw.state == "open"),
        code=promise.code_of(draw),
        asked=_asked(draw),
        reason=showing.why_called_off(draw) if phase == "cancelled" else "",
        utc=utc,
        most_shown=MOST_SHOWN,
        island=_island(draw, phase),
        tap=secrets.token_hex(12),
        claim=url_for("fan.win", winner_id=mine.won.id) if mine and mine.won else "",
        reasons=REASONS,
        **_sealed(draw),
    )


def _sealed(draw: Draw) -> dict[str, Any]:
    """Return what the part for sceptics needs."""
    fixed = draw.commitment is not None
    return {
        "fixed": fixed,
        "level": showing.level(draw),
        "public_beacon": beacon.current_chain() == QUICKNET,
        "round": showing.beacon_round(draw),
        "file_size": _size(lists.file_size(draw)) if fixed else "",
        "verifiers": verifier_hashes() if fixed else {},
        "records": showing.records(draw),
    }


def _size(count: int) -> str:
    """Write a number of bytes in the unit that people read."""
    unit, by = next(
        (unit, by)
        for unit, by in (("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 1000), ("byte", 1))
        if count >= by
    )
    return format_unit(round(count / by, 1), f"digital-{unit}", "long", locale=language())


def _ways_in(draw: Draw, terms: Terms, mine: showing.Mine | None) -> dict[str, Any]:
    """Return what the fan can do now: take the free ticket, stake for so many tickets."""
    ways: dict[str, Any] = {
        "free": draw.source != "second_chance" and not (mine and mine.free and not mine.withdrawn)
    }
    if draw.source == "stakes" and g.fan:
        balance = points.balance_of(g.brand.id, g.fan.id)
        room_left = balance // terms.price
        if terms.most_points is not None:
            staked = mine.staked if mine else 0
            room_left = min(room_left, (terms.most_points - staked) // terms.price)
        ways |= {"balance": balance, "most": max(0, room_left), "price": terms.price}
    return ways


def _asked(draw: Draw) -> dict[str, Any] | None:
    """Return the code that the reader typed and whether it is the draw's."""
    typed = request.args.get("code", "")[:60]
    if not typed.strip() or not draw.commit_hash:
        return None
    return {"typed": typed, "right": folded(typed) == folded(promise.code_of(draw))}


def _island(draw: Draw, phase: str) -> dict[str, Any]:
    """Return what the page's script needs: addresses, moments, words."""
    island: dict[str, Any] = {
        "phase": phase,
        "locale": language(),
        "draws_at": draw.draws_at,
        "texts": {name: str(words) for name, words in draw_words.SCRIPT.items()},
    }
    if draw.commitment is not None:
        island |= {
            "code": promise.code_of(draw),
            "modules": draw_files.check_address(),
            "commitment": url_for("fan.draw_commitment", draw_id=draw.id),
            "certificate": url_for("fan.draw_certificate", draw_id=draw.id),
            "live": url_for("fan.draw_live", draw_id=draw.id),
            "prizes": {prize["id"]: local(prize["label"]) for prize in draw.prizes},
        }
        if g.fan is not None:
            island["ticket"] = url_for("fan.my_ticket_file", draw_id=draw.id)
    return island


@blueprint.get("/draws/<uuid:draw_id>/live.json")
@public
def draw_live(draw_id: UUID) -> Response:
    """What everybody asks at the announced second: the round's signature as soon as it is here, and the state."""
    brand_id = g.brand.id
    response = jsonify(_live.get((brand_id, draw_id), lambda: _now(brand_id, draw_id)))
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return response


def _now(brand_id: UUID, draw_id: UUID) -> dict[str, Any]:
    draw = tapping.find(brand_id, draw_id)
    return {
        "phase": showing.phase(draw, now()),
        "revealed": draw.revealed,
        "server_time": now().isoformat(),
    }


def holder() -> str:
    """The session part of the fan's cookie, or their network: a stadium shares one network."""
    return request.cookies.get(cookie_name(g.brand.slug), "")[:46] or network()


def _tapped(draw_id: UUID, act: Callable[[Draw, str], None], done: str) -> AnyResponse:
    """Carry out a form's tap and lead back to the page, with what was done or why it was not."""
    page = redirect(url_for("fan.draw_page", draw_id=draw_id, _anchor="mine"), 303)
    if g.fan is None:
        return redirect(url_for("fan.sign_in", next=url_for("fan.draw_page", draw_id=draw_id)), 303)
    draw, key = draw_files.announced(draw_id), request.form.get("key", "")
    try:
        KEY(key)
    except ValidationError:
        raise Refused("malformed") from None
    try:
        act(draw, key)
    except Refused as refusal:
        if refusal.code == "not_found":
            raise
        db.rollback()
        flash(refusal.message, "bad")
        return page
    flash(done, "good")
    return page


@blueprint.post("/draws/<uuid:draw_id>/free")
@limiter.limit(PACE, key_func=holder)
@public
def draw_free(draw_id: UUID) -> AnyResponse:
    """Take the free ticket."""

    def act(draw: Draw, key: str) -> None:
        tapping.take_free(draw, g.fan.id, key=key, at=now())

    return _tapped(draw_id, act, _("You are in the draw. Good luck!"))


@blueprint.post("/draws/<uuid:draw_id>/stake")
@limiter.limit(PACE, key_func=holder)
@public
def draw_stake(draw_id: UUID) -> AnyResponse:
    """Stake points for as many tickets as the form says."""
    wanted = request.form.get("tickets", "")
    tickets = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 8 else 0

    def act(draw: Draw, key: str) -> None:
        price = Terms.of(draw.terms).price
        tapping.stake(draw, g.fan.id, tickets * price, key=key, at=now())

    return _tapped(draw_id, act, _("Your points are staked. Good luck!"))


@blueprint.post("/draws/<uuid:draw_id>/leave")
@limiter.limit(PACE, key_func=holder)
@public
def draw_leave(draw_id: UUID) -> AnyResponse:
    """Leave the draw."""

    def act(draw: Draw, key: str) -> None:
        tapping.withdraw(draw, g.fan.id, key=key, at=now())

    return _tapped(draw_id, act, _("You left the draw. Points that you staked are back."))


@blueprint.get("/me/draws")
@for_fan
def my_draws() -> str:
    """My draws: tickets, numbers, receipts, results."""
    at = now()
    found = [
        (draw, part, showing.phase(draw, at))
        for draw, part in showing.all_mine(g.brand.id, g.fan.id, numbers=True)
    ]
    return room("my_draws.html", "draws", draws=found, words=draw_words)
