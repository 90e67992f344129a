"""Tables of the road: a fan's progress in a game, attempts, moves, and the counters that fans share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, Big, BrandOwned, Created, belongs_to


class Progress(Base):
    """Where one fan stands in one game: attempts used, the open one, the module's state. Locked by every move."""

    __tablename__ = "progress"
    __table_args__ = (
        belongs_to("game_id", "game"),
        belongs_to("fan_id", "fan"),
        Index("ix_progress_fan", "brand_id", "fan_id"),
        # Rows are updated at every move: leave room on the page so that updates stay in place.
        {"postgresql_with": {"fillfactor": "70"}},
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    game_id: Mapped[UUID] = mapped_column(primary_key=True)
    fan_id: Mapped[UUID] = mapped_column(primary_key=True)
    plays: Mapped[int] = mapped_column(default=0)
    day: Mapped[date | None]
    day_plays: Mapped[int] = mapped_column(default=0)
    #: The number of the current quota period since the campaign opened.
    period: Mapped[int] = mapped_column(default=0)
    period_plays: Mapped[int] = mapped_column(default=0)
    open_play_id: Mapped[UUID | None]
    open_version: Mapped[int | None]
    open_moves: Mapped[int] = mapped_column(default=0)
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    best_score: Mapped[Big | None]
    best_duration_ms: Mapped[Big | None]
    last_key: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]


class Play(BrandOwned, Base):
    """One attempt of one fan at one game."""

    __tablename__ = "play"
    __table_args__ = (
        # Hanging from the fan's own progress row keeps every play off the lock of the game's one row.
        ForeignKeyConstraint(
            ["brand_id", "game_id", "fan_id"],
            ["progress.brand_id", "progress.game_id", "progress.fan_id"],
            ondelete="CASCADE",
        ),
        Index("ix_play_game", "brand_id", "game_id", "opened_at"),
        Index("ix_play_fan", "brand_id", "fan_id", "opened_at"),
        Index(
            "ix_play_rank",
            "brand_id",
            "game_id",
            text("score DESC"),
            "duration_ms",
            postgresql_where=text("score IS NOT NULL"),
        ),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    game_id: Mapped[UUID]
    fan_id: Mapped[UUID]
    number: Mapped[int]
    version: Mapped[int]
    opened_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    score: Mapped[Big | None]
    duration_ms: Mapped[Big | None]
    origin: Mapped[str] = mapped_column(default="")


class Move(Base):
    """One step of a play: everything needed to judge it again. ``key`` makes a double tap one move."""

    __tablename__ = "move"
    __table_args__ = (
        belongs_to("play_id", "play"),
        Index("uq_move_key", "brand_id", "game_id", "fan_id", "key", unique=True),
        Index("ix_move_created", "brand_id", "created_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    play_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    game_id: Mapped[UUID]
    fan_id: Mapped[UUID]
    key: Mapped[str]
    version: Mapped[int]
    input: Mapped[dict[str, Any]]
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    #: What the module was given besides configuration and input: state before, play number, facts.
    given: Mapped[dict[str, Any]]
    #: What the module said: state, view, finished, score, duration, effects.
    outcome: Mapped[dict[str, Any]]
    created_at: Mapped[Created]


class Counter(Base):
    """A number that all fans of a game share, spread over slots so that they do not queue on one row."""

    __tablename__ = "counter"
    __table_args__ = (belongs_to("game_id", "game"), {"postgresql_with": {"fillfactor": "50"}})

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    game_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[Big] = mapped_column(default=0)
