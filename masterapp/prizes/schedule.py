"""A prize's stock as winning moments: planned at publication, moved with the dates, topped up, withdrawn."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.prizes.models import Prize, WinningMoment
from masterapp.prizes.moments import Planned, plan_moments
from masterapp.texts import lazy_text as _l

_ALREADY_WON = _l("At least %(least)s: so many are already won or due to be won now.")


def moment_counts(game: Game) -> dict[UUID, tuple[int, int]]:
    """Return per prize how many winning moments there are, and how many of them are taken."""
    rows = db.session.execute(
        select(WinningMoment.prize_id, func.count(), func.count(WinningMoment.taken_at))
        .where(WinningMoment.brand_id == game.brand_id, WinningMoment.game_id == game.id)
        .group_by(WinningMoment.prize_id)
    )
    return {prize_id: (planned, taken) for prize_id, planned, taken in rows}


def plan_for(prizes: Iterable[Prize]) -> list[Planned]:
    """Return what the schedule has to spread: the whole stock of every prize."""
    return [Planned(prize.id, prize.pool, prize.stock) for prize in prizes if prize.stock]


def _schedule(game: Game, planned: Sequence[Planned], start: datetime, end: datetime) -> None:
    """Plan and write moments. The schedule's seed is drawn here and known to nobody before."""
    if not planned or end <= start:
        return
    moments = plan_moments(planned, start, end, secrets.token_bytes(32))
    rows = [
        {
            "brand_id": game.brand_id,
            "id": new_id(),
            "game_id": game.id,
            "prize_id": moment.prize_id,
            "pool": moment.pool,
            "opens_at": moment.opens_at,
        }
        for moment in moments
    ]
    db.session.execute(insert(WinningMoment), rows)


def start(campaign: Campaign, game: Game, prizes: Sequence[Prize], now: datetime) -> None:
    """Turn the stock into winning moments over the campaign, or over what is left of it."""
    assert campaign.opens_at is not None
    assert campaign.closes_at is not None
    _schedule(game, plan_for(prizes), max(campaign.opens_at, now), campaign.closes_at)


def move(campaign: Campaign, game: Game, prizes: Sequence[Prize], now: datetime) -> None:
    """Spread the moments still to come over the new dates; what is due stays due, what is taken stays taken."""
    assert campaign.opens_at is not None
    assert campaign.closes_at is not None
    removed = db.session.execute(
        delete(WinningMoment)
        .where(
            WinningMoment.brand_id == game.brand_id,
            WinningMoment.game_id == game.id,
            WinningMoment.taken_at.is_(None),
            WinningMoment.opens_at > now,
        )
        .returning(WinningMoment.prize_id),
        execution_options={"synchronize_session": False},
    ).all()
    units: dict[UUID, int] = {}
    for (prize_id,) in removed:
        units[prize_id] = units.get(prize_id, 0) + 1
    planned = [
        Planned(prize.id, prize.pool, units[prize.id]) for prize in prizes if prize.id in units
    ]
    _schedule(game, planned, max(campaign.opens_at, now), campaign.closes_at)


def follow_stock(game: Game, campaign: Campaign, prizes: Sequence[Prize], now: datetime) -> None:
    """Add the moments of new stock from now on; take back those of stock withdrawn, the latest first."""
    assert campaign.opens_at is not None
    assert campaign.closes_at is not None
    counts = moment_counts(game)
    more = []
    for number, prize in enumerate(prizes):
        difference = prize.stock - counts.get(prize.id, (0, 0))[0]
        if difference > 0:
            more.append(Planned(prize.id, prize.pool, difference))
        elif difference < 0:
            _withdraw(prize, number, -difference)
        db.session.execute(
            update(WinningMoment)
            .where(
                WinningMoment.brand_id == game.brand_id,
                WinningMoment.prize_id == prize.id,
                WinningMoment.taken_at.is_(None),
                WinningMoment.pool != prize.pool,
            )
            .values(pool=prize.pool),
            execution_options={"synchronize_session": False},
        )
    _schedule(game, more, max(campaign.opens_at, now), campaign.closes_at)


def _withdraw(prize: Prize, number: int, units: int) -> None:
    """Delete moments nobody has taken. Plays that take one at this instant are waited past, never cheated."""
    free = (
        select(WinningMoment.id)
        .where(
            WinningMoment.brand_id == prize.brand_id,
            WinningMoment.prize_id == prize.id,
            WinningMoment.taken_at.is_(None),
        )
        .order_by(WinningMoment.opens_at.desc(), WinningMoment.id)
        .limit(units)
        .with_for_update(skip_locked=True)
    )
    chosen = list(db.session.scalars(free))
    if len(chosen) < units:
        sentence = str(_ALREADY_WON) % {"least": prize.stock + units - len(chosen)}
        raise Refused("invalid", fields={f"prizes.{number}.stock": [sentence]})
    db.session.execute(
        delete(WinningMoment).where(
            WinningMoment.brand_id == prize.brand_id, WinningMoment.id.in_(chosen)
        ),
        execution_options={"synchronize_session": False},
    )
