"""Tables of the points ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, Big, BrandOwned, Created, belongs_to


class PointEntry(BrandOwned, Base):
    """A line of the ledger: never changed, never deleted. ``key`` makes the same credit happen once."""

    __tablename__ = "point_entry"
    __table_args__ = (
        belongs_to("fan_id", "fan"),
        UniqueConstraint("brand_id", "fan_id", "key"),
        Index("ix_point_entry_created", "brand_id", "created_at"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
    )

    fan_id: Mapped[UUID]
    amount: Mapped[Big]
    #: play, mission, prize, correction, …
    reason: Mapped[str]
    label: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key: Mapped[str]
    game_id: Mapped[UUID | None]
    created_at: Mapped[Created]


class Balance(Base):
    """The sum of a fan's entries, kept beside them; ``earned`` sums the positive ones and never goes down."""

    __tablename__ = "balance"
    __table_args__ = (
        belongs_to("fan_id", "fan"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    fan_id: Mapped[UUID] = mapped_column(primary_key=True)
    amount: Mapped[Big] = mapped_column(default=0)
    earned: Mapped[Big] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
