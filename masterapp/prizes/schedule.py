"""A prize's stock as winning moments: sealed at publication, topped up by further seals, never moved once committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update

from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.prizes import seals
from masterapp.prizes.models import Prize, Seal, WinningMoment
from masterapp.texts import lazy_text as _l

_REVEALED = _l(
    "The secret of this campaign’s winning moments is published, so it cannot be opened again. Duplicate the campaign."
)


def moment_counts(game: Game) -> dict[UUID, tuple[int, int]]:
    """Return per prize how many units are committed to fans, and how many of them are won.

    Units of a seal that still waits for its beacon round are committed too.
    """
    rows = db.session.execute(
        select(WinningMoment.prize_id, func.count(), func.count(WinningMoment.taken_at))
        .where(
            WinningMoment.brand_id == game.brand_id,
            WinningMoment.game_id == game.id,
            WinningMoment.passed_at.is_(None),
        )
        .group_by(WinningMoment.prize_id)
    )
    counts = {prize_id: (planned, taken) for prize_id, planned, taken in rows}
    for prize_id, units in waiting_units(game).items():
        planned, taken = counts.get(prize_id, (0, 0))
        counts[prize_id] = (planned + units, taken)
    return counts


def waiting_units(game: Game) -> dict[UUID, int]:
    """Return per prize the units of seals that wait for their beacon round."""
    plans = db.session.scalars(
        select(Seal.plan).where(
            Seal.brand_id == game.brand_id, Seal.game_id == game.id, Seal.sealed_at.is_(None)
        )
    )
    units: dict[UUID, int] = {}
    for plan in plans:
        for prize in plan["prizes"]:
            prize_id = UUID(prize["id"])
            units[prize_id] = units.get(prize_id, 0) + prize["qty"]
    return units


def start(campaign: Campaign, game: Game, prizes: Sequence[Prize], now: datetime) -> None:
    """Commit the whole stock over the campaign, or over what is left of it."""
    promise(campaign, game, [(prize, prize.stock) for prize in prizes], now)


def promise(
    campaign: Campaign, game: Game, units: Sequence[tuple[Prize, int]], now: datetime
) -> None:
    """Commit so many further units: sealed ones get a seal of their own, guaranteed ones are there at once."""
    assert campaign.opens_at is not None
    rows = [
        {
            "brand_id": game.brand_id,
            "id": new_id(),
            "game_id": game.id,
            "prize_id": prize.id,
            "pool": prize.pool,
            "opens_at": campaign.opens_at,
            "guaranteed": True,
        }
        for prize, many in units
        if prize.guaranteed
        for _unit in range(many)
    ]
    if rows:
        db.session.execute(insert(WinningMoment), rows)
    seals.make(
        game, campaign, [(prize, many) for prize, many in units if not prize.guaranteed], now
    )


def move(campaign: Campaign, game: Game, _now: datetime) -> None:
    """Follow new dates: what is sealed stays as it is, guaranteed units begin with the campaign."""
    listed = seals.of_game(game)
    if any(seal.revealed_at for seal in listed):
        raise Refused("invalid", fields={"closes_at": [str(_REVEALED)]})
    db.session.execute(
        update(WinningMoment)
        .where(
            WinningMoment.brand_id == game.brand_id,
            WinningMoment.game_id == game.id,
            WinningMoment.guaranteed,
            WinningMoment.taken_at.is_(None),
        )
        .values(opens_at=campaign.opens_at),
        execution_options={"synchronize_session": False},
    )


def follow_stock(
    game: Game,
    campaign: Campaign,
    prizes: Sequence[Prize],
    counts: Mapping[UUID, tuple[int, int]],
    now: datetime,
) -> None:
    """Commit the units that the stock has beyond what is committed; guaranteed ones may be taken back."""
    more = []
    for number, prize in enumerate(prizes):
        difference = prize.stock - counts.get(prize.id, (0, 0))[0]
        if difference < 0:
            _take_back(prize, number, -difference, now)
        else:
            more.append((prize, difference))
    promise(campaign, game, more, now)


_ALREADY_WON = _l("At least %(least)s: so many are already won or due to be won now.")


def _take_back(prize: Prize, number: int, units: int, now: datetime) -> None:
    """Withdraw guaranteed units nobody has won. Plays that win one at this instant are waited past, never cheated."""
    free = (
        select(WinningMoment.id)
        .where(
            WinningMoment.brand_id == prize.brand_id,
            WinningMoment.prize_id == prize.id,
            WinningMoment.guaranteed,
            WinningMoment.taken_at.is_(None),
            WinningMoment.passed_at.is_(None),
        )
        .order_by(WinningMoment.id.desc())
        .limit(units)
        .with_for_update(skip_locked=True)
    )
    chosen = list(db.session.scalars(free))
    if len(chosen) < units:
        sentence = str(_ALREADY_WON) % {"least": prize.stock + units - len(chosen)}
        raise Refused("invalid", fields={f"prizes.{number}.stock": [sentence]})
    db.session.execute(
        update(WinningMoment)
        .where(WinningMoment.brand_id == prize.brand_id, WinningMoment.id.in_(chosen))
        .values(passed_at=now),
        execution_options={"synchronize_session": False},
    )
