"""Tables of coupons: the offer, imported codes, the code a fan holds, and its use in a store."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, BrandOwned, BrandRoot, Created, belongs_to


class Offer(BrandRoot, Base):
    """What a coupon gives. ``issued`` counts the codes given out and never passes ``stock``."""

    __tablename__ = "offer"
    __table_args__ = (
        belongs_to("campaign_id", "campaign"),
        CheckConstraint("stock IS NULL OR issued <= stock", name="issued_within_stock"),
    )

    campaign_id: Mapped[UUID | None]
    label: Mapped[dict[str, Any]]
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: What staff do at the till ("take 10 € off the basket").
    till_note: Mapped[dict[str, Any]] = mapped_column(default=dict)
    value_cents: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    #: A code is valid for this many days after it was given; 0 = until ``valid_until``.
    valid_days: Mapped[int] = mapped_column(default=0)
    stock: Mapped[int | None]
    issued: Mapped[int] = mapped_column(default=0)
    #: At most this many per fan; 0 = no limit.
    per_fan: Mapped[int] = mapped_column(default=1)
    #: ``generated`` or ``imported`` (codes come from a list).
    code_source: Mapped[str] = mapped_column(default="generated")
    shop_url: Mapped[str] = mapped_column(default="")
    #: Stores where it is valid; an empty list means all of them.
    store_ids: Mapped[list[Any]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Created]


class CodeImport(BrandOwned, Base):
    """The import of a list of codes: the file while it waits, how far the job is, and the lines it could not use."""

    __tablename__ = "code_import"
    __table_args__ = (
        belongs_to("offer_id", "offer"),
        belongs_to("member_id", "member"),
        Index("ix_code_import_offer", "brand_id", "offer_id", "created_at"),
    )

    offer_id: Mapped[UUID]
    member_id: Mapped[UUID]
    file_name: Mapped[str]
    #: The uploaded file; emptied when the job is done.
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    #: waiting, running, done, unreadable.
    state: Mapped[str] = mapped_column(default="waiting")
    lines: Mapped[int] = mapped_column(default=0)
    lines_done: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    #: How many lines were left out, by reason.
    rejected: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: The first of them: ``[line number, text, reason]``.
    problems: Mapped[list[Any]] = mapped_column(default=list)
    finished_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class ImportedCode(BrandOwned, Base):
    """A code from an imported list, waiting to be given to a fan; ``code_key`` is its folded form."""

    __tablename__ = "imported_code"
    __table_args__ = (
        belongs_to("offer_id", "offer"),
        UniqueConstraint("brand_id", "code_key"),
        Index(
            "ix_imported_code_free",
            "brand_id",
            "offer_id",
            "id",
            postgresql_where=text("taken_at IS NULL"),
        ),
    )

    offer_id: Mapped[UUID]
    code: Mapped[str]
    code_key: Mapped[str]
    taken_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class Coupon(BrandOwned, Base):
    """One code held by one fan. ``code`` is as shown to people, ``code_key`` folded for comparison."""

    __tablename__ = "coupon"
    __table_args__ = (
        belongs_to("offer_id", "offer"),
        belongs_to("fan_id", "fan"),
        UniqueConstraint("brand_id", "code_key"),
        Index("ix_coupon_fan", "brand_id", "fan_id"),
        Index("ix_coupon_offer", "brand_id", "offer_id", "fan_id"),
        Index("ix_coupon_play", "brand_id", "play_id"),
    )

    offer_id: Mapped[UUID]
    fan_id: Mapped[UUID]
    code: Mapped[str]
    code_key: Mapped[str]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    play_id: Mapped[UUID | None]
    grant_id: Mapped[UUID | None]
    created_at: Mapped[Created]


class Redemption(BrandOwned, Base):
    """The use of a coupon in a store. At most one that is not undone per coupon (unique partial index)."""

    __tablename__ = "redemption"
    __table_args__ = (
        belongs_to("coupon_id", "coupon"),
        belongs_to("store_id", "store"),
        belongs_to("member_id", "member"),
        Index(
            "uq_redemption_coupon",
            "brand_id",
            "coupon_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        UniqueConstraint("brand_id", "store_id", "key"),
        Index("ix_redemption_created", "brand_id", "created_at"),
        Index("ix_redemption_store", "brand_id", "store_id", "created_at"),
    )

    coupon_id: Mapped[UUID]
    store_id: Mapped[UUID]
    member_id: Mapped[UUID]
    #: Client-made: the same tap sent twice redeems once.
    key: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    undo_reason: Mapped[str | None]
    created_at: Mapped[Created]
