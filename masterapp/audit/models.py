"""The audit trail: who did what to what, and when; append-only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, BrandRoot, Created


class AuditRecord(BrandRoot, Base):
    """One action of a member, a fan or the system on one object."""

    __tablename__ = "audit_record"
    __table_args__ = (
        Index("ix_audit_record_created", "brand_id", "created_at"),
        Index("ix_audit_record_object", "brand_id", "object_kind", "object_id"),
    )

    #: ``member``, ``fan`` or ``system``.
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Created]
