"""THE road of a play: read and lock, judge, write. Down once, up once; the request's end commits.

Two statements carry a move, whatever the mechanic (see ``statements``). A double tap, a retry after a lost connection
and two devices at once are decided by the database: the progress row's lock puts the moves of one fan in a line, and
the unique key of a move lets each happen once.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from masterapp import events
from masterapp.campaigns import directory
from masterapp.campaigns.quota import UNLIMITED, Left, Used, left, spend, zone
from masterapp.coupons import service as coupons
from masterapp.db import db, new_id, now
from masterapp.draws import road as draws
from masterapp.eligibility import service as eligibility
from masterapp.eligibility.road import check_verdict
from masterapp.errors import Refused
from masterapp.identity.road import check_session
from masterapp.identity.tokens import Token
from masterapp.plays import answers, facts, statements
from masterapp.plays.judging import Asked, judge, read_move
from masterapp.prepared import Prepared
from masterapp.prizes import places
from masterapp.registry import Registered, registry
from masterapp.sdk.context import Chance, Context, Fan
from masterapp.sdk.outcome import Outcome

log = structlog.get_logger(__name__)

#: Shared counters are spread over this many rows.
SLOTS = 16


@dataclass(frozen=True)
class Request:
    """A move as it arrives: *play_id* is None when it opens an attempt."""

    game_id: UUID
    key: str
    version: int
    move: Mapping[str, Any]
    play_id: UUID | None = None
    #: The signed token of the store where the fan plays, when there is one.
    at: str = ""


@dataclass(frozen=True)
class Standing:
    """What the first statement read: the fan at the door of a game, and where they stand in it."""

    row: Any
    brand_id: UUID
    at: datetime

    @property
    def registered(self) -> Registered:
        """The game's module."""
        return registry[self.row.module]

    @property
    def used(self) -> Used:
        """The attempts used so far."""
        row = self.row
        if row.plays is None:
            return Used()
        return Used(row.plays, row.day, row.day_plays, row.period, row.period_plays)

    @property
    def left(self) -> Left:
        """The attempts left."""
        if not self.registered.manifest.limited:
            return UNLIMITED
        row = self.row
        return left(
            row.quota, self.used, now=self.at, time_zone=row.time_zone, opens_at=row.opens_at
        )

    def local(self, moment: datetime) -> datetime:
        """The moment on the brand's clock."""
        return moment.astimezone(zone(self.row.time_zone))

    def after(self, request: Request) -> Used:
        """The attempts used once *request* is carried out: an opening uses one, a further move none."""
        row = self.row
        if request.play_id is not None:
            return self.used
        return spend(
            row.quota, self.used, now=self.at, time_zone=row.time_zone, opens_at=row.opens_at
        )


def move(token: Token, request: Request) -> dict[str, Any]:
    """Carry one move out and return the page's answer. The same key gives the first answer again.

    Raises ``Refused``: nothing is recorded but, for an excluded fan, the fact of the refusal.
    """
    for attempt in (1, 2):
        standing = _stand(token, request.game_id, statements.TAKE)
        try:
            if standing.row.last_key == request.key:
                return _first_answer(standing, request) or _impossible()
            _check(standing, request)
            return _carry_out(standing, request)
        except Refused as refusal:
            # Whatever the move had begun to write is undone before we look whether this key is an old one.
            db.rollback()
            first = _first_answer(standing, request)
            if first is not None:
                return first
            eligibility.count_refusal(standing.brand_id, standing.row, refusal.code, standing.at)
            raise
        except UniqueViolation:
            # Another device opened the fan's first attempt, or used this key, while we judged: look again.
            db.rollback()
            if attempt == 2:
                raise Refused("conflict") from None
    raise AssertionError("unreachable")


def look(token: Token, game_id: UUID) -> dict[str, Any]:
    """Return what the page shows before the next move: the view, the open attempt and what is left."""
    standing = _stand(token, game_id, statements.LOOK)
    _check_published(standing)
    row = standing.row
    version = row.open_version if row.open_play_id else row.version
    config = directory.config(standing.brand_id, row.game_id, version)
    given = facts.read(
        standing.registered.manifest, standing.brand_id, row.game_id, row.fan_id, row.time_zone
    )
    context = _context(standing, given, b"", max(1, standing.used.plays))
    view = standing.registered.module.view(config, row.fan_state or {}, context)
    return answers.of_look(standing, view, version)


def _stand(token: Token, game_id: UUID, statement: Prepared) -> Standing:
    """Read the fan at the game's door, and refuse strangers, other brands' games and erased fans."""
    names = {"brand": token.brand_id, "session": token.session_id, "game": game_id}
    row = db.row(statement, names)
    at = now()
    if row is None or row.erased_at is not None:
        raise Refused("session_expired")
    check_session(
        token.secret,
        secret_hash=row.secret_hash,
        previous_hash=row.previous_hash,
        rotated_at=row.rotated_at,
        token_expires_at=row.token_expires_at,
        expires_at=row.expires_at,
        now=at,
    )
    if row.game_id is None or row.module not in registry:
        raise Refused("not_found")
    return Standing(row, token.brand_id, at)


def _check_published(standing: Standing) -> None:
    if standing.row.state == "draft" or standing.row.opens_at is None:
        raise Refused("not_found")


def _check(standing: Standing, request: Request) -> None:
    """Refuse what the calendar, the lists, the version or the quota does not allow. The server's clock decides."""
    row = standing.row
    _check_published(standing)
    if standing.at < row.opens_at:
        raise Refused("game_not_open", opens_at=standing.local(row.opens_at))
    if row.state == "archived" or (row.closes_at is not None and standing.at >= row.closes_at):
        raise Refused("game_closed", closed_at=standing.local(row.closes_at or standing.at))
    if row.paused:
        raise Refused("game_paused")
    check_verdict(row.exclusion)
    if request.play_id is None:
        if request.version != row.version:
            raise Refused("stale_version", version=row.version)
        refusal = standing.left.refusal
        if refusal:
            again_at = standing.left.again_at
            raise Refused(refusal, again_at=standing.local(again_at) if again_at else None)
    elif row.open_play_id != request.play_id:
        raise Refused("play_not_open")
    elif request.version != row.open_version:
        raise Refused("stale_version", version=row.open_version)


def _context(standing: Standing, given: Mapping[str, Any], seed: bytes, number: int) -> Context:
    fan = Fan(key=str(standing.row.fan_id), traits=given.get("traits", {}))
    return Context(
        now=standing.at,
        chance=Chance(seed),
        fan=fan,
        play_number=number,
        **facts.as_context(given),
    )


def _carry_out(standing: Standing, request: Request) -> dict[str, Any]:
    """Judge the move and write everything it asks for in one statement."""
    row, registered = standing.row, standing.registered
    config = directory.config(standing.brand_id, row.game_id, request.version)
    used = standing.after(request)
    given = facts.read(
        registered.manifest, standing.brand_id, row.game_id, row.fan_id, row.time_zone
    )
    seed = secrets.token_bytes(16)
    outcome, asked = judge(
        registered,
        config,
        row.fan_state or {},
        read_move(registered, request.move),
        _context(standing, given, seed, used.plays),
    )
    done = _write(standing, request, used, outcome, asked, seed, given)
    prizes, codes = _after_writing(standing, done, asked)
    events.after_commit(
        events.play_recorded,
        brand_id=standing.brand_id,
        game_id=row.game_id,
        fan_id=row.fan_id,
        play_id=done["play"],
        finished=outcome.finished,
    )
    return answers.of_move(standing, request, used, outcome, done, prizes, codes)


def _write(
    standing: Standing,
    request: Request,
    used: Used,
    outcome: Outcome,
    asked: Asked,
    seed: bytes,
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """Run the move's one writing statement and return its names together with what the database answered."""
    row, at = standing.row, standing.at
    opens = request.play_id is None
    play_id = request.play_id or new_id()
    number = 1 if opens else row.open_moves + 1
    shape = statements.Shape(
        first=row.plays is None,
        opens=opens,
        finishes=outcome.finished,
        credits=bool(asked.points or asked.consolation),
        tries=asked.pool is not None,
        counts=bool(asked.counts),
        tickets=bool(row.feeds) and outcome.finished,
    )
    names = {
        "brand": standing.brand_id,
        "game": row.game_id,
        "fan": row.fan_id,
        "now": at,
        **vars(used),
        "open_play": None if outcome.finished else play_id,
        "open_version": None if outcome.finished else request.version,
        "open_moves": 0 if outcome.finished else number,
        "state": Jsonb(outcome.state),
        "key": request.key,
        "play": play_id,
        "version": request.version,
        "origin": row.origin,
        "finished_at": at if outcome.finished else None,
        "score": outcome.score,
        "duration": outcome.duration_ms,
        "move": number,
        "input": Jsonb(request.move),
        "seed": seed,
        "given": Jsonb({"play_number": used.plays, **given}),
        "outcome": Jsonb(answers.stored(outcome)),
        "slot": secrets.randbelow(SLOTS),
        "counters": list(asked.counts),
        "amounts": list(asked.counts.values()),
        "pool": asked.pool,
        "store": places.read(standing.brand_id, request.at),
        "grant": new_id(),
        "points": asked.points,
        "consolation": asked.consolation,
        "label": Jsonb(asked.label or row.title),
        "entry": new_id(),
        "entry_key": f"move:{play_id}:{number}",
    }
    if shape.tickets:
        names |= draws.names(row.feeds, row.campaign_id, row, at)
    granted, credited, balance = db.row(statements.carry_out(shape), names)
    return {**names, "granted": granted, "credited": credited or 0, "balance": balance}


def _after_writing(
    standing: Standing, done: Mapping[str, Any], asked: Asked
) -> tuple[list[dict[str, Any]], list[coupons.Issued]]:
    """Do what only few moves need: give coupons, and announce the prize that was won."""
    names = {"play_id": done["play"], "at": standing.at}
    codes = [
        coupons.issue(standing.brand_id, offer, standing.row.fan_id, **names)
        for offer in asked.offers
    ]
    prize = done["granted"]
    if prize is None:
        return [], codes
    if prize["offer_id"]:
        codes += _coupon_of_prize(standing, prize, names)
    events.after_commit(
        events.grant_made,
        brand_id=standing.brand_id,
        fan_id=standing.row.fan_id,
        grant_id=done["grant"],
        prize_id=UUID(prize["prize_id"]),
    )
    return [prize], codes


def _coupon_of_prize(
    standing: Standing, prize: Mapping[str, Any], names: Mapping[str, Any]
) -> list[coupons.Issued]:
    """Give the code of a prize that is a coupon. A sold-out offer does not take the prize away: support settles it."""
    try:
        with db.session.begin_nested():
            issued = coupons.issue(
                standing.brand_id,
                UUID(prize["offer_id"]),
                standing.row.fan_id,
                grant_id=UUID(prize["id"]),
                **names,
            )
            return [issued]
    except Refused as refusal:
        log.error("prize_without_coupon", grant_id=prize["id"], reason=refusal.code)
        return []


def _first_answer(standing: Standing, request: Request) -> dict[str, Any] | None:
    """Return the answer that this key got the first time, or None when it is new."""
    names = {
        "brand": standing.brand_id,
        "game": request.game_id,
        "fan": standing.row.fan_id,
        "key": request.key,
    }
    first = db.row(statements.FIRST_ANSWER, names)
    if first is None:
        return None
    if first.input != dict(request.move) or request.play_id not in (None, first.play_id):
        raise Refused("key_reused")
    return answers.of_replay(standing, first)


def _impossible() -> Any:
    raise AssertionError("the database answered with no row where there is always one")
