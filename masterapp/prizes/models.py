"""Tables of prizes: what can be won, the moments at which it is won, and the fact that a fan has won it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, Big, BrandOwned, Created, belongs_to


class Prize(BrandOwned, Base):
    """Something that can be won in a game; at publication its ``stock`` becomes as many winning moments."""

    __tablename__ = "prize"
    __table_args__ = (
        belongs_to("game_id", "game"),
        belongs_to("offer_id", "offer", ondelete="RESTRICT"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        Index("ix_prize_game", "brand_id", "game_id"),
    )

    game_id: Mapped[UUID]
    pool: Mapped[str] = mapped_column(default="main")
    position: Mapped[int] = mapped_column(default=0)
    label: Mapped[dict[str, Any]]
    description: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: How the fan gets it, shown on the end screen and in my space.
    collection: Mapped[dict[str, Any]] = mapped_column(default=dict)
    picture_id: Mapped[UUID | None]
    value_cents: Mapped[Big] = mapped_column(default=0)
    stock: Mapped[int]
    #: At most this many per fan; 0 = no limit.
    per_fan: Mapped[int] = mapped_column(default=1)
    #: A prize may be a coupon: its code is issued with the grant.
    offer_id: Mapped[UUID | None]
    created_at: Mapped[Created]


class WinningMoment(BrandOwned, Base):
    """An instant from which the next play wins one unit of a prize. Taken exactly once (``FOR UPDATE SKIP LOCKED``)."""

    __tablename__ = "winning_moment"
    __table_args__ = (
        belongs_to("game_id", "game"),
        belongs_to("prize_id", "prize"),
        Index(
            "ix_winning_moment_open",
            "brand_id",
            "game_id",
            "pool",
            "opens_at",
            postgresql_where=text("taken_at IS NULL"),
        ),
        Index("ix_winning_moment_prize", "brand_id", "prize_id"),
    )

    game_id: Mapped[UUID]
    prize_id: Mapped[UUID]
    pool: Mapped[str] = mapped_column(default="main")
    opens_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]


class Grant(BrandOwned, Base):
    """The fact that a fan has won a prize. A winning moment grants at most once."""

    __tablename__ = "prize_grant"
    __table_args__ = (
        belongs_to("fan_id", "fan"),
        belongs_to("game_id", "game"),
        belongs_to("prize_id", "prize"),
        belongs_to("moment_id", "winning_moment"),
        Index("uq_prize_grant_moment", "brand_id", "moment_id", unique=True),
        Index("ix_prize_grant_fan", "brand_id", "fan_id", "prize_id"),
        Index("ix_prize_grant_prize", "brand_id", "prize_id"),
        Index("ix_prize_grant_play", "brand_id", "play_id"),
    )

    fan_id: Mapped[UUID]
    game_id: Mapped[UUID]
    prize_id: Mapped[UUID]
    moment_id: Mapped[UUID | None]
    play_id: Mapped[UUID | None]
    #: won, handed_over, cancelled.
    state: Mapped[str] = mapped_column(default="won")
    handed_over_at: Mapped[datetime | None]
    created_at: Mapped[Created]
