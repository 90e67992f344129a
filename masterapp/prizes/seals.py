"""Seals at work: committed at publication, computed once the beacon's round is out, opened win by win."""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from masterapp.brands.models import Brand
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.exact.drand import Chain
from masterapp.exact.faults import ProtocolError
from masterapp.fairness import beacon, log
from masterapp.fairness.beacon import BeaconUnavailable, Round
from masterapp.fairness.demo_beacon import DEMO
from masterapp.jobs import jobs
from masterapp.prizes import pace, sealing, vault
from masterapp.prizes.models import Prize, Seal, WinningMoment
from masterapp.prizes.traffic import Traffic
from masterapp.texts import lazy_text as _l

#: The round of a plan comes so many seconds after it is committed, at least.
LEAD_SECONDS = 3
#: How long to wait after each time the beacon did not answer; the last one again and again.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (0, 1, 2, 4, 8, 15))
LONGEST_TROUBLE = 500

_TOO_SHORT = _l("Too little time is left for winning moments: choose a later end.")
_TOO_MANY = _l("At most %(most)s units can be sealed in one game.")
_NOT_THE_ROUND = _l("This is not the beacon’s signature of round %(round)s. Copy it once more.")

_COPY = (
    "COPY winning_moment (brand_id, id, game_id, prize_id, pool, opens_at, to_pass, seal_id, j, t_ms, k, salt)"
    " FROM STDIN"
)


def of_game(game: Game) -> list[Seal]:
    """Return the game's seals by number."""
    rows = select(Seal).where(Seal.brand_id == game.brand_id, Seal.game_id == game.id)
    return list(db.session.scalars(rows.order_by(Seal.number)))


def find(brand_id: UUID, seal_id: UUID) -> Seal:
    """Return a seal of the brand, or refuse with ``not_found``."""
    seal = db.session.get(Seal, (brand_id, seal_id))
    if seal is None:
        raise Refused("not_found")
    return seal


def make(
    game: Game,
    campaign: Campaign,
    units: Sequence[tuple[Prize, int]],
    now: datetime,
    *,
    chain: Chain | None = None,
) -> Seal | None:
    """Commit to a schedule for so many units of each prize, over what is left of the campaign.

    The plan and the hash of the secret are on record before the beacon's round exists.
    """
    units = [(prize, many) for prize, many in units if many]
    if not units:
        return None
    if sum(many for _prize, many in units) > sealing.MOST_MOMENTS:
        sentence = str(_TOO_MANY) % {"most": sealing.MOST_MOMENTS}
        raise Refused("invalid", fields={"prizes": [sentence]})
    secret, seal_id = secrets.token_bytes(32), new_id()
    chosen = pace.of_game(game)
    plan = _plan(game, campaign, units, chosen, secret, now, chain or beacon.current_chain())
    seal = Seal(
        brand_id=game.brand_id,
        id=seal_id,
        game_id=game.id,
        number=_next_number(game),
        plan=plan.document(),
        open_hours=chosen.open_hours,
        secret=vault.lock(secret, seal_id),
        count=sum(many for _prize, many in units),
        created_at=now,
    )
    db.session.add(seal)
    db.session.flush()
    log.append(
        game.brand_id,
        "prizes_planned",
        {
            "seal": str(seal_id),
            "game": str(game.id),
            "number": seal.number,
            "open_hours": seal.open_hours,
            "plan": plan.document(),
            "plan_hash": plan.hash().hex(),
        },
        at=now,
        subject_id=seal_id,
    )
    if needs_no_waiting(plan):
        finish(seal, beacon.obtain(plan.round, at=emitted_at(plan), chain=DEMO), now)
    else:
        jobs.defer(
            "seal_prizes",
            lock=f"seal {seal_id}",
            at=emitted_at(plan) + timedelta(seconds=1),
            brand_id=str(game.brand_id),
            seal_id=str(seal_id),
        )
    return seal


def needs_no_waiting(plan: sealing.Plan) -> bool:
    """Whether the round can be had before its time: the demo's beacon proves nothing, anybody can compute it."""
    return plan.chain == DEMO.hash


def _plan(
    game: Game,
    campaign: Campaign,
    units: Sequence[tuple[Prize, int]],
    chosen: pace.Pace,
    secret: bytes,
    now: datetime,
    chain: Chain,
) -> sealing.Plan:
    assert campaign.opens_at is not None
    assert campaign.closes_at is not None
    number = chain.first_round_at(math.ceil(now.timestamp()) + LEAD_SECONDS)
    opens = max(milliseconds(campaign.opens_at), chain.time_of(number) * 1000)
    closes = milliseconds(campaign.closes_at)
    if closes <= opens:
        raise Refused("invalid", fields={"closes_at": [str(_TOO_SHORT)]})
    offset = pace.offset_of(db.session.get_one(Brand, game.brand_id), max(campaign.opens_at, now))
    return sealing.Plan(
        campaign=str(game.id),
        profile=pace.weights(chosen, game.brand_id, offset),
        offset_minutes=offset,
        jitter=chosen.jitter,
        prizes=tuple(
            sealing.SealedPrize(str(prize.id), many, opens, closes) for prize, many in units
        ),
        secret_hash=sealing.secret_hash(secret),
        chain=chain.hash,
        round=number,
    )


def _next_number(game: Game) -> int:
    query = select(func.coalesce(func.max(Seal.number), 0)).where(
        Seal.brand_id == game.brand_id, Seal.game_id == game.id
    )
    return (db.session.scalar(query) or 0) + 1


def plan_of(seal: Seal) -> sealing.Plan:
    """Return the plan a seal was made of."""
    return sealing.read_plan(seal.plan)


def emitted_at(plan: sealing.Plan) -> datetime:
    """Return when the beacon emits the plan's round."""
    return datetime.fromtimestamp(beacon.chain_of(plan.chain).time_of(plan.round), UTC)


def obtain(plan: sealing.Plan, now: datetime) -> Round:
    """Return the plan's round from the beacon. Raises ``BeaconUnavailable``."""
    return beacon.obtain(plan.round, at=now, chain=beacon.chain_of(plan.chain))


def locked(brand_id: UUID, seal_id: UUID) -> Seal:
    """Return a seal under its lock, as it is now: what is done to it is done once."""
    query = select(Seal).where(Seal.brand_id == brand_id, Seal.id == seal_id)
    seal = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).first()
    if seal is None:
        raise Refused("not_found")
    return seal


def finish(seal: Seal, found: Round, now: datetime) -> bool:
    """Compute the schedule of a committed seal and put its root on record; False when that was done before."""
    seal = locked(seal.brand_id, seal.id)
    if seal.sealed_at is not None:
        return False
    plan = plan_of(seal)
    assert (found.chain, found.number) == (plan.chain, plan.round)
    master = sealing.master_of(plan, found.randomness, vault.unlock(seal.secret, seal.id))
    moments = sealing.schedule(plan, master)
    _write(seal, moments)
    seal.signature = found.signature
    seal.root = sealing.root_of([moment.leaf() for moment in moments])
    seal.sealed_at, seal.trouble = now, ""
    log.append(
        seal.brand_id,
        "prizes_sealed",
        {
            "seal": str(seal.id),
            "plan_hash": plan.hash().hex(),
            "round": found.number,
            "signature": found.signature.hex(),
            "root": seal.root.hex(),
            "count": seal.count,
        },
        at=now,
        subject_id=seal.id,
    )
    return True


def _write(seal: Seal, moments: Sequence[sealing.Moment]) -> None:
    db.session.flush()
    pools = dict(
        db.session.execute(
            select(Prize.id, Prize.pool).where(
                Prize.brand_id == seal.brand_id, Prize.game_id == seal.game_id
            )
        ).all()
    )
    with db.driver.cursor().copy(_COPY) as copy:
        for moment in moments:
            prize_id = UUID(moment.prize)
            whose = (seal.brand_id, new_id(), seal.game_id, prize_id, pools[prize_id])
            due = (instant(moment.t_ms), moment.k)
            copy.write_row((*whose, *due, seal.id, moment.j, moment.t_ms, moment.k, moment.salt))


def note_failure(seal: Seal, fault: BeaconUnavailable, now: datetime) -> None:
    """Remember that the beacon did not answer: the desk says so, and the next try waits a little longer."""
    seal.attempts += 1
    seal.tried_at = now
    seal.trouble = str(fault)[:LONGEST_TROUBLE]


def next_try(seal: Seal) -> datetime:
    """Return when the beacon is to be asked again."""
    if seal.tried_at is None:
        return emitted_at(plan_of(seal))
    return seal.tried_at + PAUSES[min(seal.attempts, len(PAUSES) - 1)]


def paste(seal: Seal, text: str, *, now: datetime, member_id: UUID | None) -> None:
    """Finish a seal with a signature that somebody copied from a relay; a forged one is refused."""
    plan = plan_of(seal)
    try:
        found = beacon.accept(text, plan.round, beacon.chain_of(plan.chain))
    except ProtocolError:
        sentence = str(_NOT_THE_ROUND) % {"round": plan.round}
        raise Refused("invalid", fields={"signature": [sentence]}) from None
    if finish(seal, found, now):
        log.append(
            seal.brand_id,
            "round_pasted",
            {"seal": str(seal.id), "round": plan.round},
            at=now,
            subject_id=seal.id,
            member_id=member_id,
        )


def moments_of(seal: Seal) -> list[sealing.Moment]:
    """Return the sealed moments in the order of their numbers. Whoever calls shows only those that are won."""
    columns = (
        WinningMoment.j,
        WinningMoment.t_ms,
        WinningMoment.k,
        WinningMoment.prize_id,
        WinningMoment.salt,
    )
    query = select(*columns).where(
        WinningMoment.brand_id == seal.brand_id, WinningMoment.seal_id == seal.id
    )
    return [as_sealed(row) for row in db.session.execute(query.order_by(WinningMoment.j))]


def as_sealed(row: Any) -> sealing.Moment:
    """Return a moment of a seal as it was sealed, whatever has become of it since."""
    return sealing.Moment(row.j, row.t_ms, row.k, str(row.prize_id), bytes(row.salt))


def expected_after(seal: Seal, end_ms: int) -> int:
    """Return about how many of a seal's moments lie after an instant, from its public plan alone."""
    plan = plan_of(seal)
    window = plan.prizes[0]
    if end_ms >= window.closes_ms:
        return 0
    traffic = Traffic.between(plan.profile, plan.offset_minutes, window.opens_ms, window.closes_ms)
    passed = traffic.before(max(end_ms, window.opens_ms))
    return round(seal.count * (traffic.mass - passed) / traffic.mass)


def milliseconds(moment: datetime) -> int:
    """Return an instant as milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def instant(t_ms: int) -> datetime:
    """Return milliseconds since 1970 as an instant."""
    return _EPOCH + timedelta(milliseconds=t_ms)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
