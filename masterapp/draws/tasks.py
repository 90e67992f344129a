"""Background jobs of draws: each looks at the draw and the clock first, so running twice or late changes nothing."""

from __future__ import annotations

from uuid import UUID

from masterapp.db import db, now
from masterapp.draws import freezing, holding, service
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
