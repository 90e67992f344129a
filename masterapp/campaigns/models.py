"""Tables of campaigns: the operation, its games, and the versions of each game's configuration."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, BrandOwned, BrandRoot, Created, belongs_to


class Campaign(BrandRoot, Base):
    """An operation of a brand. The marketer decides ``state``; scheduled, live and ended follow from the clock."""

    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("brand_id", "slug"),)

    slug: Mapped[str]
    title: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: The rules document shown to fans, per language.
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: draft, published, archived.
    state: Mapped[str] = mapped_column(default="draft")
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    #: Origins (scheme://host[:port]) that may embed the games.
    origins: Mapped[list[Any]] = mapped_column(default=list)
    picture_id: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    #: Grows with every edit: two editors cannot overwrite each other unawares.
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[Created]


class Game(BrandOwned, Base):
    """A module configured inside a campaign.

    ``quota`` holds per_day, per_period, period_hours and per_campaign; 0 sets no limit.
    """

    __tablename__ = "game"
    __table_args__ = (
        belongs_to("campaign_id", "campaign"),
        UniqueConstraint("brand_id", "campaign_id", "slug"),
    )

    campaign_id: Mapped[UUID]
    module: Mapped[str]
    slug: Mapped[str]
    title: Mapped[dict[str, Any]]
    position: Mapped[int] = mapped_column(default=0)
    quota: Mapped[dict[str, Any]] = mapped_column(default=dict)
    paused: Mapped[bool] = mapped_column(default=False)
    #: The number of the version that new attempts are played with.
    version: Mapped[int] = mapped_column(default=1)
    #: Grows with every edit of the game, its configuration or its prizes.
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[Created]


class GameVersion(Base):
    """A game's configuration. Immutable once a play was made with it: an edit makes the next version."""

    __tablename__ = "game_version"
    __table_args__ = (
        belongs_to("game_id", "game"),
        Index("ix_game_version_created", "brand_id", "created_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    game_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    config: Mapped[dict[str, Any]]
    #: The module's version that wrote this configuration.
    module_version: Mapped[str]
    created_by: Mapped[UUID | None]
    created_at: Mapped[Created]
