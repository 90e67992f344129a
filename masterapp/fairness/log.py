"""A brand's hash-chained log: what happened to draws and sealed prizes, in an order that nobody can change."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from masterapp.db import db
from masterapp.exact import canonical
from masterapp.exact.log import GENESIS, log_hash, log_record
from masterapp.exact.times import written
from masterapp.fairness.models import LogRecord


def append(
    brand_id: UUID,
    kind: str,
    data: Mapping[str, Any],
    *,
    at: datetime,
    subject_id: UUID | None = None,
    member_id: UUID | None = None,
) -> bytes:
    """Add a record about *data* (canonical JSON, without personal data) and return the new head, 32 bytes.

    Writers of one brand take turns until their transactions end, so that no two records follow the same one.
    """
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:brand, 9))"), {"brand": str(brand_id)}
    )
    data = in_nfc(data)
    last = newest(brand_id)
    record = log_record(
        last.seq + 1 if last else 0,
        written(int(at.timestamp())),
        kind,
        f"member:{member_id}" if member_id else "system",
        canonical.encode(data),
        last.hash if last else GENESIS,
    )
    head = log_hash(record)
    db.session.add(
        LogRecord(
            brand_id=brand_id,
            seq=record["seq"],
            record=record,
            data=dict(data),
            hash=head,
            subject_id=subject_id,
        )
    )
    db.session.flush()
    return head


def in_nfc(value: Any) -> Any:
    """Return a JSON value with its texts in Unicode form NFC: what people typed, as canonical JSON wants it."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {key: in_nfc(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [in_nfc(inner) for inner in value]
    return value


def newest(brand_id: UUID) -> LogRecord | None:
    """Return the last record, or None before the first."""
    rows = select(LogRecord).where(LogRecord.brand_id == brand_id)
    return db.session.scalars(rows.order_by(LogRecord.seq.desc()).limit(1)).first()


def head(brand_id: UUID) -> bytes:
    """Return the hash that stands for the whole log so far."""
    last = newest(brand_id)
    return last.hash if last else GENESIS


def about(brand_id: UUID, subject_id: UUID) -> Sequence[LogRecord]:
    """Return what the log says of one object, the oldest first."""
    rows = (
        select(LogRecord)
        .where(LogRecord.brand_id == brand_id, LogRecord.subject_id == subject_id)
        .order_by(LogRecord.seq)
    )
    return list(db.session.scalars(rows))


def since(brand_id: UUID, seq: int, most: int) -> Sequence[LogRecord]:
    """Return at most *most* records from number *seq* on."""
    rows = (
        select(LogRecord)
        .where(LogRecord.brand_id == brand_id, LogRecord.seq >= seq)
        .order_by(LogRecord.seq)
        .limit(most)
    )
    return list(db.session.scalars(rows))
