"""Tables of eligibility: who cannot play, and how often somebody was told so."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, BrandRoot, Created, belongs_to


class Exclusion(BrandRoot, Base):
    """An e-mail address or domain (``value``, lower case; a domain starts with ``@``) that cannot play, and why."""

    __tablename__ = "exclusion"
    __table_args__ = (UniqueConstraint("brand_id", "value"),)

    value: Mapped[str]
    #: ``staff`` or ``competitor``: the reason told to the fan is ``excluded_<reason>``.
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    created_by: Mapped[UUID | None]
    created_at: Mapped[Created]


class Refusal(Base):
    """How often a fan was refused at a game on a day, per reason code: what the dashboard counts."""

    __tablename__ = "refusal"
    __table_args__ = (
        belongs_to("game_id", "game"),
        belongs_to("fan_id", "fan"),
        Index("ix_refusal_day", "brand_id", "day"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    game_id: Mapped[UUID] = mapped_column(primary_key=True)
    fan_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    times: Mapped[int] = mapped_column(default=1)
