"""Tables of the brand: itself, its stores, its members and its pictures."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, BrandRoot, Created, belongs_to, new_id

ROLES = ("owner", "marketer", "analyst", "support", "store_manager", "cashier")


class Brand(Base):
    """The company whose MasterApp this is; the tenant. ``theme`` holds accent, font, radius, background and logo."""

    __tablename__ = "brand"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default="Europe/Paris")
    locales: Mapped[list[Any]] = mapped_column(default=lambda: ["fr", "en"])
    currency: Mapped[str] = mapped_column(default="EUR")
    theme: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Contact address, privacy page and mail sender shown to fans.
    contact: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Created]


class Store(BrandRoot, Base):
    """A point of sale."""

    __tablename__ = "store"
    __table_args__ = (UniqueConstraint("brand_id", "code"),)

    code: Mapped[str]
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Created]


class Member(BrandRoot, Base):
    """A person who works for the brand. *email* is stored in lower case; *role* is one of ``ROLES``."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("brand_id", "email"), Index("ix_member_email", "email"))

    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str | None]
    #: Encrypted TOTP secret, and the last accepted time step so that a code works once.
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int] = mapped_column(default=0)
    #: Keyed hashes of the recovery codes that are left.
    recovery_hashes: Mapped[list[Any]] = mapped_column(default=list)
    #: Wrong passwords or codes in a row, and until when sign-in pauses because of them.
    failed_tries: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None]
    locale: Mapped[str] = mapped_column(default="fr")
    active: Mapped[bool] = mapped_column(default=True)
    #: Changes at every password change or "sign out everywhere": older sessions end.
    session_stamp: Mapped[str] = mapped_column(default="")
    last_seen_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class MemberStore(Base):
    """A store that a cashier or store manager works in."""

    __tablename__ = "member_store"
    __table_args__ = (belongs_to("member_id", "member"), belongs_to("store_id", "store"))

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    store_id: Mapped[UUID] = mapped_column(primary_key=True)


class Invitation(BrandRoot, Base):
    """An invitation to become a member; the link's secret is kept only as a hash."""

    __tablename__ = "invitation"
    __table_args__ = (
        belongs_to("invited_by", "member", ondelete="CASCADE"),
        Index(
            "uq_invitation_open",
            "brand_id",
            "email",
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND cancelled_at IS NULL"),
        ),
    )

    email: Mapped[str]
    role: Mapped[str]
    store_ids: Mapped[list[Any]] = mapped_column(default=list)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    invited_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class Asset(BrandRoot, Base):
    """A picture of the brand's library, re-encoded as WebP when it was uploaded."""

    __tablename__ = "asset"
    __table_args__ = (UniqueConstraint("brand_id", "sha256"),)

    name: Mapped[str]
    alt: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sha256: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[Created]
