"""Tables of prizes: what can be won, the sealed moments at which it is won, and the fact that a fan has won it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, text
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
    #: At most this many per household; 0 = no limit. Fans of no known household have ``per_fan`` alone.
    per_household: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The stores whose plays alone may win it, as text ids; empty: every play.
    store_ids: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    #: Won by any play that wins nothing better, as long as there is stock; else at sealed moments.
    guaranteed: Mapped[bool] = mapped_column(default=False, server_default="false")
    #: A prize may be a coupon: its code is issued with the grant.
    offer_id: Mapped[UUID | None]
    created_at: Mapped[Created]


class Pace(Base):
    """When a game's prizes are meant to be won; what a seal is planned from. A game without a row has the defaults."""

    __tablename__ = "prize_pace"
    __table_args__ = (
        belongs_to("game_id", "game"),
        CheckConstraint("jitter BETWEEN 1 AND 65536", name="jitter"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    game_id: Mapped[UUID] = mapped_column(primary_key=True)
    #: usual, past (the brand's own plays) or hand.
    profile: Mapped[str]
    #: By hand: expected traffic of the 24 hours of a weekday, and of a day of the weekend.
    weekday: Mapped[list[Any]] = mapped_column(default=list)
    weekend: Mapped[list[Any]] = mapped_column(default=list)
    #: A moment is taken by one of so many plays that follow it.
    jitter: Mapped[int]
    #: After so many hours a moment that nobody took closes and comes back later; 0: it stays until it is taken.
    open_hours: Mapped[int]
    #: How many plays the marketer expects, for the published odds; 0: not stated.
    expected_plays: Mapped[int]


class Seal(BrandOwned, Base):
    """A committed schedule of winning moments (docs/fairness.md, section 10). Never changed, only opened."""

    __tablename__ = "seal"
    __table_args__ = (
        belongs_to("game_id", "game"),
        UniqueConstraint("brand_id", "game_id", "number"),
        Index(
            "ix_seal_open",
            "brand_id",
            postgresql_where=text("sealed_at IS NULL OR revealed_at IS NULL"),
        ),
    )

    game_id: Mapped[UUID]
    number: Mapped[int]
    #: The published plan, as in the specification.
    plan: Mapped[dict[str, Any]]
    #: As of the game's pace when it was committed.
    open_hours: Mapped[int] = mapped_column(default=0)
    #: The secret under the installation's key; nobody sees it before the end.
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    #: The beacon's signature of the plan's round, once it is known.
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    root: Mapped[bytes | None] = mapped_column(LargeBinary)
    count: Mapped[int]
    #: How often the beacon was asked in vain, when last, and what it answered.
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    tried_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="", server_default="")
    sealed_at: Mapped[datetime | None]
    revealed_at: Mapped[datetime | None]
    #: The secret in the open, published at the end.
    revealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Created]


class WinningMoment(BrandOwned, Base):
    """An instant from which one of the next plays wins one unit of a prize. Taken exactly once (``SKIP LOCKED``).

    A sealed moment keeps its number, instant, jitter and salt for ever; ``opens_at`` moves when it comes back and
    ``to_pass`` counts the plays still to let pass. A guaranteed unit is a moment of no seal that is due at once.
    """

    __tablename__ = "winning_moment"
    __table_args__ = (
        belongs_to("game_id", "game"),
        belongs_to("prize_id", "prize"),
        belongs_to("seal_id", "seal"),
        Index(
            "ix_winning_moment_open",
            "brand_id",
            "game_id",
            "pool",
            "opens_at",
            postgresql_where=text("taken_at IS NULL AND passed_at IS NULL AND NOT guaranteed"),
        ),
        Index(
            "ix_winning_moment_guaranteed",
            "brand_id",
            "game_id",
            "pool",
            "opens_at",
            postgresql_where=text("taken_at IS NULL AND passed_at IS NULL AND guaranteed"),
        ),
        Index("ix_winning_moment_prize", "brand_id", "prize_id"),
        Index("uq_winning_moment_seal", "brand_id", "seal_id", "j", unique=True),
        CheckConstraint("to_pass >= 0", name="to_pass_not_negative"),
        CheckConstraint("taken_at IS NULL OR passed_at IS NULL", name="one_fate"),
    )

    game_id: Mapped[UUID]
    prize_id: Mapped[UUID]
    pool: Mapped[str] = mapped_column(default="main")
    opens_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    guaranteed: Mapped[bool] = mapped_column(default=False, server_default="false")
    to_pass: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Of which seal, and its number there.
    seal_id: Mapped[UUID | None]
    j: Mapped[int | None]
    #: The sealed instant (milliseconds since 1970), jitter and salt.
    t_ms: Mapped[int | None] = mapped_column(BigInteger)
    k: Mapped[int | None]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: How often it came back because nobody took it.
    generation: Mapped[int] = mapped_column(default=0, server_default="0")
    #: When it left the game without being won: for a draw, or withdrawn when none is named.
    passed_at: Mapped[datetime | None]
    draw_id: Mapped[UUID | None]


class HouseholdWins(Base):
    """How many units of a prize a household has won: the row that two of its members fight over."""

    __tablename__ = "household_wins"
    __table_args__ = (belongs_to("prize_id", "prize"),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    prize_id: Mapped[UUID] = mapped_column(primary_key=True)
    household: Mapped[str] = mapped_column(primary_key=True)
    wins: Mapped[int]


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
