"""Background jobs of draws: each looks at the draw and the clock first, so running twice or late changes nothing."""

from __future__ import annotations

from uuid import UUID

from masterapp.draws import freezing, holding
from masterapp.jobs import jobs


@jobs.task(name="commit_draw", retry=20)
def commit_draw(brand_id: str, draw_id: str) -> None:
    """Fix the list of a draw and commit to it."""
    freezing.fix(UUID(brand_id), UUID(draw_id))


@jobs.task(name="hold_draw", retry=20)
def hold_draw(brand_id: str, draw_id: str, attempt: int = 0) -> None:
    """Hold a draw once its time has come, or look again when its chance is not there yet."""
    holding.hold(UUID(brand_id), UUID(draw_id), attempt)
