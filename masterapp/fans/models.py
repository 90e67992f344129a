"""Tables of the CRM: the fan, what is known of them and from where, and what they agreed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy import Identity as Sequence
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, BrandOwned, BrandRoot, Created, belongs_to


class Fan(BrandRoot, Base):
    """A person known to one brand: one row of the CRM table.

    ``email`` is as typed, ``email_key`` lower-cased and NFKC-normalised for comparison. An erased fan keeps the row
    without any personal datum, so that ledgers and stocks stay true.
    """

    __tablename__ = "fan"
    __table_args__ = (
        Index("ix_fan_email", "brand_id", "email_key"),
        Index("ix_fan_created", "brand_id", "created_at"),
        Index(
            "ix_fan_household",
            "brand_id",
            "household",
            postgresql_where=text("household IS NOT NULL"),
        ),
        UniqueConstraint("brand_id", "number"),
    )

    #: The number shown to people ("member no. 1042"), unique within the installation.
    number: Mapped[int] = mapped_column(BigInteger, Sequence(always=False))
    email: Mapped[str | None]
    email_key: Mapped[str | None]
    email_domain: Mapped[str | None]
    display_name: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="fr")
    #: Where the fan came from first: campaign slug, embedding origin, import.
    source: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: A keyed hash that fans of one household share; None for a fan whose household nobody knows.
    household: Mapped[str | None]
    erased_at: Mapped[datetime | None]
    #: A keyed hash of the erased e-mail: the one way left to answer whether somebody had consented.
    erased_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_seen_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class Trait(BrandOwned, Base):
    """One thing known about a fan, with where it came from. The row without ``replaced_at`` is the current one."""

    __tablename__ = "trait"
    __table_args__ = (
        belongs_to("fan_id", "fan"),
        Index(
            "uq_trait_current",
            "brand_id",
            "fan_id",
            "name",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    fan_id: Mapped[UUID]
    name: Mapped[str]
    value: Mapped[str]
    #: declared, import, provider:<name>, purchase, support…
    source: Mapped[str]
    campaign_id: Mapped[UUID | None]
    replaced_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class ConsentText(BrandRoot, Base):
    """The exact words of a consent as shown; never changed, only replaced by a newer version."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("brand_id", "purpose", "channel", "locale", "version"),)

    purpose: Mapped[str]
    channel: Mapped[str]
    locale: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    text: Mapped[str]
    created_at: Mapped[Created]


class Consent(BrandOwned, Base):
    """One grant or withdrawal, per purpose and channel; append-only. The newest row per purpose and channel counts."""

    __tablename__ = "consent"
    __table_args__ = (
        belongs_to("fan_id", "fan"),
        belongs_to("text_id", "consent_text"),
        Index("ix_consent_fan", "brand_id", "fan_id", "purpose", "channel", "created_at"),
        Index("ix_consent_created", "brand_id", "created_at"),
    )

    fan_id: Mapped[UUID]
    purpose: Mapped[str]
    channel: Mapped[str]
    granted: Mapped[bool]
    text_id: Mapped[UUID]
    #: sign_in, my_space, unsubscribe, support, import.
    method: Mapped[str]
    campaign_id: Mapped[UUID | None]
    origin: Mapped[str] = mapped_column(default="")
    #: The address cut to /24 or /48, and a hash of the user agent: proof without tracking.
    address_prefix: Mapped[str] = mapped_column(default="")
    user_agent_hash: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Created]
