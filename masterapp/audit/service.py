"""Writing the audit trail; everyone who changes something for the brand calls ``record`` in the same transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from masterapp.audit.models import AuditRecord
from masterapp.db import db


def record(
    brand_id: UUID,
    action: str,
    *,
    actor_kind: str,
    actor_id: UUID | None = None,
    object_kind: str,
    object_id: UUID | None = None,
    **data: Any,
) -> None:
    """Add one line to the trail. *action* is a verb in the past tense, ``campaign_published``; *data* is plain JSON."""
    db.session.add(
        AuditRecord(
            brand_id=brand_id,
            action=action,
            actor_kind=actor_kind,
            actor_id=actor_id,
            object_kind=object_kind,
            object_id=object_id,
            data=data,
        )
    )
