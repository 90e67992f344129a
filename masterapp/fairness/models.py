"""Tables of fairness: the tamper-evident log of a brand, and what waits for a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, Big, BrandRoot, Created, belongs_to


class LogRecord(Base):
    """One record of a brand's log (docs/fairness.md, section 9). Never changed: each carries the hash of the last."""

    __tablename__ = "fairness_log"
    __table_args__ = (Index("ix_fairness_log_subject", "brand_id", "subject_id"),)

    brand_id: Mapped[UUID] = mapped_column(
        ForeignKey("brand.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[Big] = mapped_column(primary_key=True)
    #: The six published fields.
    record: Mapped[dict[str, Any]]
    #: What ``data_sha256`` is the hash of, in canonical JSON; it names no fan.
    data: Mapped[dict[str, Any]]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    #: The draw, seal or other object it is about.
    subject_id: Mapped[UUID | None]


class Proposal(BrandRoot, Base):
    """Something that two different members must agree to before it happens; at most one of a kind per subject."""

    __tablename__ = "proposal"
    __table_args__ = (
        Index(
            "uq_proposal_open",
            "brand_id",
            "kind",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    kind: Mapped[str]
    subject_id: Mapped[UUID]
    #: What will be carried out, as plain JSON.
    payload: Mapped[dict[str, Any]]
    #: What it changes, in words of the moment it was proposed.
    effects: Mapped[list[Any]] = mapped_column(default=list)
    #: open, accepted, refused.
    state: Mapped[str] = mapped_column(default="open")
    #: None when the clock proposed it (a deadline passed).
    made_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class Voice(Base):
    """A member's yes or no to a proposal; one each."""

    __tablename__ = "proposal_voice"
    __table_args__ = (belongs_to("proposal_id", "proposal"),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    agrees: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Created]
