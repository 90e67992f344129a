"""Moments that nobody took come back later in their window, at an instant that the sealed secret decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from masterapp.db import db
from masterapp.fairness import log
from masterapp.prizes import sealing, seals, vault
from masterapp.prizes.models import Seal, WinningMoment

#: The generation is one byte of what decides the instant.
MOST_RETURNS = 255


def close(brand_id: UUID, seal_id: UUID, now: datetime) -> int:
    """Close the moments of a seal that were open too long, and say when they come back; return how many they are.

    The log tells which moment closed and when, never when it comes back: that follows from the secret.
    """
    seal = seals.find(brand_id, seal_id)
    if not seal.open_hours or seal.sealed_at is None or seal.revealed_at is not None:
        return 0
    plan = seals.plan_of(seal)
    at = seals.milliseconds(now)
    if at >= plan.prizes[0].closes_ms:
        return 0
    stale = _stale(seal, now - timedelta(hours=seal.open_hours))
    if not stale:
        return 0
    secret = vault.unlock(seal.secret, seal.id)
    for moment in stale:
        moment.opens_at = seals.instant(next_instant(plan, secret, moment, at))
        moment.generation += 1
    log.append(
        brand_id,
        "moments_rolled_over",
        {
            "seal": str(seal.id),
            "at_ms": at,
            "moments": [[moment.j, moment.generation - 1] for moment in stale],
        },
        at=now,
        subject_id=seal.id,
    )
    return len(stale)


def _stale(seal: Seal, since: datetime) -> list[WinningMoment]:
    """The open moments that became due before *since*; one that a play is taking right now is left alone."""
    query = (
        select(WinningMoment)
        .where(
            WinningMoment.brand_id == seal.brand_id,
            WinningMoment.game_id == seal.game_id,
            WinningMoment.seal_id == seal.id,
            WinningMoment.taken_at.is_(None),
            WinningMoment.passed_at.is_(None),
            ~WinningMoment.guaranteed,
            WinningMoment.opens_at <= since,
            WinningMoment.generation < MOST_RETURNS,
        )
        .order_by(WinningMoment.j)
        .with_for_update(skip_locked=True)
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def next_instant(plan: sealing.Plan, secret: bytes, moment: WinningMoment, at: int) -> int:
    """Return when a moment that closes at *at* comes back; one with no room left waits for the end of its window."""
    again = sealing.roll_over(plan, secret, seals.as_sealed(moment), moment.generation, at)
    return plan.prizes[0].closes_ms if again is None else again
