"""When a game is over: the secret in the open, what is left for a second chance, and the account of all prizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, update

from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.fairness import log
from masterapp.prizes import schedule, seals, vault
from masterapp.prizes.models import Prize, Seal, WinningMoment


def unfinished() -> list[Seal]:
    """Return the seals of all brands that still wait for their round or for their end."""
    rows = select(Seal).where(or_(Seal.sealed_at.is_(None), Seal.revealed_at.is_(None)))
    return list(db.session.scalars(rows.order_by(Seal.brand_id, Seal.id)))


def is_over(game: Game, now: datetime) -> bool:
    """Whether nobody can win in this game any more."""
    campaign = db.session.get_one(Campaign, (game.brand_id, game.campaign_id))
    if campaign.state == "archived":
        return True
    return campaign.closes_at is not None and campaign.closes_at <= now


def reveal_when_over(brand_id: UUID, seal_id: UUID, now: datetime) -> bool:
    """Publish the secret of a sealed schedule once its campaign is over; whether that was done now."""
    seal = seals.locked(brand_id, seal_id)
    game = db.session.get_one(Game, (brand_id, seal.game_id), populate_existing=True)
    if seal.sealed_at is None or seal.revealed_at is not None or not is_over(game, now):
        return False
    # Under the campaign's lock: its end cannot move while its secret gets out.
    campaign = db.session.get_one(Campaign, (brand_id, game.campaign_id), with_for_update=True)
    db.session.refresh(campaign)
    if not is_over(game, now):
        return False
    seal.revealed = vault.unlock(seal.secret, seal.id)
    seal.revealed_at = now
    log.append(
        brand_id,
        "secret_revealed",
        {"seal": str(seal.id), "secret": seal.revealed.hex()},
        at=now,
        subject_id=seal.id,
    )
    return True


@dataclass(frozen=True)
class Account:
    """What became of a prize's units; the numbers add up to ``promised``."""

    prize: Prize
    promised: int
    won: int
    #: Given to a second-chance draw.
    passed_on: int
    #: Taken back by the brand.
    withdrawn: int
    #: Not won so far: still in play, or left when the game is over.
    left: int
    #: Sealed moments that came back at least once because nobody took them.
    came_back: int
    #: Of ``left``, the units whose seal waits for the beacon.
    waiting: int = 0


def accounts(game: Game) -> list[Account]:
    """Return what became of every unit of the game's prizes, prizes in the marketer's order."""
    passed = WinningMoment.passed_at.is_not(None)
    counted = db.session.execute(
        select(
            WinningMoment.prize_id,
            func.count(),
            func.count(WinningMoment.taken_at),
            func.count(WinningMoment.draw_id),
            func.count().filter(passed & WinningMoment.draw_id.is_(None)),
            func.count().filter(WinningMoment.generation > 0),
        )
        .where(WinningMoment.brand_id == game.brand_id, WinningMoment.game_id == game.id)
        .group_by(WinningMoment.prize_id)
    )
    rows = {prize_id: numbers for prize_id, *numbers in counted}
    waiting = schedule.waiting_units(game)
    prizes = db.session.scalars(
        select(Prize)
        .where(Prize.brand_id == game.brand_id, Prize.game_id == game.id)
        .order_by(Prize.position, Prize.id)
    )
    found = []
    for prize in prizes:
        units, won, passed_on, withdrawn, came_back = rows.get(prize.id, (0, 0, 0, 0, 0))
        more = waiting.get(prize.id, 0)
        left = units + more - won - passed_on - withdrawn
        found.append(Account(prize, units + more, won, passed_on, withdrawn, left, came_back, more))
    return found


def leftovers(game: Game, now: datetime) -> list[tuple[Prize, int]]:
    """Return what nobody has won once the game is over, for a second-chance draw; nothing before."""
    if not is_over(game, now):
        return []
    units = ((account.prize, account.left - account.waiting) for account in accounts(game))
    return [(prize, many) for prize, many in units if many]


def pass_on(game: Game, prize_id: UUID, units: int, draw_id: UUID, now: datetime) -> None:
    """Give so many left units of a prize to a draw; each goes to one draw only. The same draw asks once.

    Raises ``conflict`` when fewer are left, or before the end.
    """
    if not is_over(game, now):
        raise Refused("conflict")
    mine = WinningMoment.brand_id == game.brand_id, WinningMoment.prize_id == prize_id
    given = db.session.scalar(
        select(func.count())
        .select_from(WinningMoment)
        .where(*mine, WinningMoment.draw_id == draw_id)
    )
    units -= given or 0
    if units <= 0:
        return
    free = (
        select(WinningMoment.id)
        .where(
            *mine,
            WinningMoment.game_id == game.id,
            WinningMoment.taken_at.is_(None),
            WinningMoment.passed_at.is_(None),
        )
        .order_by(WinningMoment.id)
        .limit(units)
        .with_for_update(skip_locked=True)
    )
    chosen = list(db.session.scalars(free))
    if len(chosen) < units:
        raise Refused("conflict")
    db.session.execute(
        update(WinningMoment)
        .where(WinningMoment.brand_id == game.brand_id, WinningMoment.id.in_(chosen))
        .values(passed_at=now, draw_id=draw_id),
        execution_options={"synchronize_session": False},
    )
    log.append(
        game.brand_id,
        "prizes_passed_on",
        {"game": str(game.id), "prize": str(prize_id), "units": units, "draw": str(draw_id)},
        at=now,
        subject_id=draw_id,
    )


def take_back(brand_id: UUID, draw_id: UUID) -> int:
    """Undo what was passed on to a draw that was given up before its list was fixed; return the units."""
    freed = db.session.execute(
        update(WinningMoment)
        .where(WinningMoment.brand_id == brand_id, WinningMoment.draw_id == draw_id)
        .values(passed_at=None, draw_id=None),
        execution_options={"synchronize_session": False},
    )
    return int(freed.rowcount)  # type: ignore[attr-defined]
