"""Background jobs of prizes: sealing once the beacon is out, bringing moments back, publishing secrets at the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from masterapp.db import db, now
from masterapp.fairness.beacon import BeaconUnavailable
from masterapp.jobs import jobs
from masterapp.prizes import endings, returning, seals
from masterapp.prizes.models import Seal

log = structlog.get_logger(__name__)


@jobs.task(name="seal_prizes")
def seal_prizes(brand_id: str, seal_id: str) -> None:
    """Seal one schedule; done before, it is done. When the beacon does not answer, ``tend_prizes`` asks again."""
    attempt(UUID(brand_id), UUID(seal_id))


@jobs.app.periodic(cron="* * * * *")
@jobs.app.task(name="tend_prizes", queueing_lock="tend_prizes")
def tend_prizes(timestamp: int) -> None:  # noqa: ARG001 - the queue passes the planned time.
    """Every minute: ask the beacon again, bring back moments that nobody took, publish the secrets of what is over."""
    at = now()
    listed = [(seal.brand_id, seal.id, _is_due(seal, at)) for seal in endings.unfinished()]
    for brand_id, seal_id, _due in listed:
        _alone(_tend, brand_id, seal_id, at)
    # Last, because a beacon that does not answer takes its time.
    for brand_id, seal_id, due in listed:
        if due:
            _alone(attempt, brand_id, seal_id)


def _is_due(seal: Seal, at: datetime) -> bool:
    return seal.sealed_at is None and seals.next_try(seal) <= at


def _tend(brand_id: UUID, seal_id: UUID, at: datetime) -> None:
    with db.transaction():
        returning.close(brand_id, seal_id, at)
    with db.transaction():
        endings.reveal_when_over(brand_id, seal_id, at)


def _alone(work: Callable[..., Any], brand_id: UUID, seal_id: UUID, *more: Any) -> None:
    """Do the work of one seal; what goes wrong with it is told and holds up no other."""
    try:
        work(brand_id, seal_id, *more)
    except Exception:
        log.exception("seal_not_tended", seal_id=str(seal_id))


def attempt(brand_id: UUID, seal_id: UUID) -> bool:
    """Ask the beacon once, without holding a lock meanwhile; whether the schedule is sealed now."""
    at = now()
    with db.transaction():
        seal = seals.find(brand_id, seal_id)
        waiting, plan = seal.sealed_at is None, seals.plan_of(seal)
    if not waiting:
        return True
    try:
        found = seals.obtain(plan, at)
    except BeaconUnavailable as fault:
        with db.transaction():
            seals.note_failure(seals.locked(brand_id, seal_id), fault, at)
        return False
    with db.transaction():
        seals.finish(seals.find(brand_id, seal_id), found, at)
    return True
