"""Background jobs of draws: each looks at the draw and the clock first, so running twice or late changes nothing."""

from __future__ import annotations

from uuid import UUID

from masterapp.db import db, now
from masterapp.draws import freezing, holding, service, winners
from masterapp.fairness import timestamps
from masterapp.jobs import jobs


@jobs.task(name="commit_draw", retry=20)
def commit_draw(brand_id: str, draw_id: str) -> None:
    """Fix the list of a draw and commit to it."""
    freezing.fix(UUID(brand_id), UUID(draw_id))


@jobs.task(name="hold_draw", retry=20)
def hold_draw(brand_id: str, draw_id: str, attempt: int = 0) -> None:
    """Hold a draw once its time has come, or look again when its chance is not there yet."""
    holding.hold(UUID(brand_id), UUID(draw_id), attempt)


@jobs.task(name="date_commitment", retry=8)
def date_commitment(brand_id: str, draw_id: str) -> None:
    """Have a third party date the fingerprint of a draw, once. Nothing waits for it; a certificate without says so."""
    draw = service.find(UUID(brand_id), UUID(draw_id))
    if draw.commit_hash is None or draw.timestamps or not timestamps.authority():
        return
    dated = timestamps.date(draw.commit_hash)
    with db.transaction():
        locked = service.find(draw.brand_id, draw.id, lock=True)
        if not locked.timestamps:
            locked.timestamps = [dated]
            data = {"draw_id": draw_id, "authority": dated["authority"], "ts": dated["ts"]}
            service.put_on_record(locked, "draw_dated", data, now(), None)


@jobs.task(name="tell_winners", retry=20)
def tell_winners(brand_id: str, draw_id: str) -> None:
    """Notify the winners of a draw that was held; alternates stand by silently."""
    with db.transaction():
        winners.tell(UUID(brand_id), UUID(draw_id), now())


@jobs.task(name="remind_winners", retry=20)
def remind_winners(brand_id: str, draw_id: str) -> None:
    """Remind winners who have not answered, where a reminder is due."""
    with db.transaction():
        winners.remind(UUID(brand_id), UUID(draw_id), now())


@jobs.task(name="close_claims", retry=20)
def close_claims(brand_id: str, draw_id: str) -> None:
    """Propose vacancies where the deadline has passed without an answer."""
    with db.transaction():
        winners.close_claims(UUID(brand_id), UUID(draw_id), now())


@jobs.task(name="renew_certificate", retry=20)
def renew_certificate(brand_id: str, draw_id: str) -> None:
    """Bring the labels that winners chose into the certificate."""
    with db.transaction():
        winners.renew_certificate(UUID(brand_id), UUID(draw_id))
