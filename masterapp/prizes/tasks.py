"""Background jobs of prizes: sealing once the beacon is out, bringing moments back, publishing secrets at the end."""

from __future__ import annotations

from uuid import UUID

from masterapp.db import db, now
from masterapp.fairness.beacon import BeaconUnavailable
from masterapp.jobs import jobs
from masterapp.prizes import endings, returning, seals


@jobs.task(name="seal_prizes")
def seal_prizes(brand_id: str, seal_id: str) -> None:
    """Seal one schedule; done before, it is done. When the beacon does not answer, ``tend_prizes`` asks again."""
    attempt(UUID(brand_id), UUID(seal_id))


@jobs.app.periodic(cron="* * * * *")
@jobs.app.task(name="tend_prizes", queueing_lock="tend_prizes")
def tend_prizes(timestamp: int) -> None:  # noqa: ARG001 - the queue passes the planned time.
    """Every minute: ask the beacon again, bring back moments that nobody took, publish the secrets of what is over."""
    at = now()
    for seal in endings.unfinished():
        key = seal.brand_id, seal.id
        if seal.sealed_at is None and seals.next_try(seal) <= at:
            attempt(*key)
        with db.transaction():
            returning.close(*key, at)
        with db.transaction():
            endings.reveal_when_over(*key, at)


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
