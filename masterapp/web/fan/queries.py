"""What the fan's pages show, read in few statements; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from masterapp.brands.models import Store
from masterapp.campaigns.calendar import State, effective_state
from masterapp.campaigns.models import Campaign, Game
from masterapp.coupons.models import Coupon, Offer, Redemption
from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.points.models import Balance, PointEntry
from masterapp.prizes.models import Grant, Prize
from masterapp.registry import Registered, registry


@dataclass(frozen=True)
class Shown:
    """A campaign as fans see it: what it is now, by the server's clock."""

    campaign: Campaign
    state: State
    games: Sequence[Game] = ()

    @property
    def live(self) -> bool:
        """Whether it can be played now."""
        return self.state == "live"


@dataclass(frozen=True)
class Held:
    """A coupon in my space: its offer, and when and where it was used, if it was."""

    coupon: Coupon
    offer: Offer
    used_at: datetime | None
    used_in: str | None

    @property
    def code(self) -> str:
        """The code as people read it."""
        return self.coupon.code

    @property
    def state(self) -> str:
        """One of used, expired, waiting and valid."""
        moment = now()
        if self.used_at is not None:
            return "used"
        if self.coupon.valid_until is not None and self.coupon.valid_until <= moment:
            return "expired"
        if self.coupon.valid_from is not None and self.coupon.valid_from > moment:
            return "waiting"
        return "valid"


def campaigns(brand_id: UUID) -> list[Shown]:
    """Return the brand's published campaigns: live ones first, then those to come, then the latest past ones."""
    at = now()
    rows = db.session.scalars(
        select(Campaign)
        .where(
            Campaign.brand_id == brand_id,
            Campaign.state == "published",
            Campaign.opens_at.is_not(None),
        )
        .order_by(Campaign.opens_at.desc())
    ).all()
    games: dict[UUID, list[Game]] = {}
    for game in db.session.scalars(
        select(Game).where(Game.brand_id == brand_id).order_by(Game.position, Game.id)
    ):
        games.setdefault(game.campaign_id, []).append(game)
    order = {"live": 0, "scheduled": 1, "ended": 2}
    shown = [_shown(row, games.get(row.id, ()), at) for row in rows]
    return sorted((one for one in shown if one.state in order), key=lambda one: order[one.state])


def _shown(campaign: Campaign, games: Sequence[Game], at: datetime) -> Shown:
    state = effective_state(campaign.state, campaign.opens_at, campaign.closes_at, at)
    return Shown(campaign, state, [game for game in games if game.module in registry])


def campaign(brand_id: UUID, slug: str) -> Shown:
    """Return a campaign that fans may see. Raises ``not_found``; a draft does not exist for them."""
    found = db.session.scalar(
        select(Campaign).where(Campaign.brand_id == brand_id, Campaign.slug == slug)
    )
    if found is None or found.state == "draft":
        raise Refused("not_found")
    games = db.session.scalars(
        select(Game)
        .where(Game.brand_id == brand_id, Game.campaign_id == found.id)
        .order_by(Game.position, Game.id)
    ).all()
    return _shown(found, games, now())


def game(shown: Shown, slug: str) -> Game:
    """Return a game of the campaign. Raises ``not_found``."""
    for one in shown.games:
        if one.slug == slug:
            return one
    raise Refused("not_found")


def module_of(game: Game) -> Registered:
    """Return the module of a game."""
    return registry[game.module]


def prizes(brand_id: UUID, game_ids: Sequence[UUID]) -> list[Prize]:
    """Return what can be won in these games, in the marketer's order."""
    if not game_ids:
        return []
    return list(
        db.session.scalars(
            select(Prize)
            .where(Prize.brand_id == brand_id, Prize.game_id.in_(game_ids), Prize.stock > 0)
            .order_by(Prize.position, Prize.id)
        )
    )


def points(brand_id: UUID, fan_id: UUID) -> tuple[int, int]:
    """Return the fan's balance and everything they ever earned."""
    row = db.session.get(Balance, (brand_id, fan_id))
    return (row.amount, row.earned) if row else (0, 0)


def point_entries(brand_id: UUID, fan_id: UUID, limit: int = 100) -> Sequence[PointEntry]:
    """Return the latest lines of the fan's ledger."""
    return db.session.scalars(
        select(PointEntry)
        .where(PointEntry.brand_id == brand_id, PointEntry.fan_id == fan_id)
        .order_by(PointEntry.created_at.desc(), PointEntry.id.desc())
        .limit(limit)
    ).all()


def grants(brand_id: UUID, fan_id: UUID) -> list[tuple[Grant, Prize]]:
    """Return what the fan has won, newest first."""
    rows = db.session.execute(
        select(Grant, Prize)
        .join(Prize, (Prize.brand_id == Grant.brand_id) & (Prize.id == Grant.prize_id))
        .where(Grant.brand_id == brand_id, Grant.fan_id == fan_id)
        .order_by(Grant.created_at.desc())
    )
    return [(row[0], row[1]) for row in rows]


def coupons(brand_id: UUID, fan_id: UUID, coupon_id: UUID | None = None) -> list[Held]:
    """Return the fan's coupons, those that can be used first; or only one of them."""
    query = (
        select(Coupon, Offer, Redemption.created_at, Store.name)
        .join(Offer, (Offer.brand_id == Coupon.brand_id) & (Offer.id == Coupon.offer_id))
        .outerjoin(
            Redemption,
            (Redemption.brand_id == Coupon.brand_id)
            & (Redemption.coupon_id == Coupon.id)
            & Redemption.undone_at.is_(None),
        )
        .outerjoin(
            Store, (Store.brand_id == Redemption.brand_id) & (Store.id == Redemption.store_id)
        )
        .where(Coupon.brand_id == brand_id, Coupon.fan_id == fan_id)
        .order_by(Coupon.created_at.desc())
    )
    if coupon_id is not None:
        query = query.where(Coupon.id == coupon_id)
    held = [Held(*row) for row in db.session.execute(query)]
    return sorted(held, key=lambda one: one.state not in ("valid", "waiting"))


def coupon_by_code(brand_id: UUID, fan_id: UUID, code_key: str) -> UUID | None:
    """Return the fan's own coupon with this folded code."""
    return db.session.scalar(
        select(Coupon.id).where(
            Coupon.brand_id == brand_id, Coupon.fan_id == fan_id, Coupon.code_key == code_key
        )
    )


def counts(brand_id: UUID, fan_id: UUID) -> dict[str, int]:
    """Return how many prizes and coupons the fan holds, for the badges of my space."""
    won: Any = (
        select(func.count())
        .where(Grant.brand_id == brand_id, Grant.fan_id == fan_id)
        .scalar_subquery()
    )
    held: Any = (
        select(func.count())
        .where(Coupon.brand_id == brand_id, Coupon.fan_id == fan_id)
        .scalar_subquery()
    )
    row = db.session.execute(select(won, held)).one()
    return {"prizes": row[0], "coupons": row[1]}
