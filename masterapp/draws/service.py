"""A draw up to its announcement and its end: made, edited, announced, put off, called off. The clock does the rest.

Draft → open → committing → committed → drawn → settled. Once committed there is no way back and no second draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from masterapp.audit import service as audit
from masterapp.campaigns.models import Campaign
from masterapp.db import db, new_id
from masterapp.draws import stakes
from masterapp.draws.models import Draw
from masterapp.draws.terms import OWN, prize_ids
from masterapp.errors import Refused
from masterapp.fairness import log
from masterapp.jobs import jobs
from masterapp.prizes import endings
from masterapp.texts import lazy_text as _l

#: What the protocol recommends between closing, commitment and draw, and the least it allows.
REVIEW, NOTICE = timedelta(hours=48), timedelta(hours=24)
LEAST_NOTICE = timedelta(minutes=15)
#: A round is asked for a little after it is due.
AFTER_ROUND = timedelta(seconds=4)

_NO_DATE = _l("Choose a date.")
_CLOSED_ALREADY = _l("This is over already: choose a later date.")
_BEFORE_CLOSING = _l("The list can only be fixed once entries are closed.")
_TOO_SOON = _l("The draw must come at least %(minutes)s minutes after the list is fixed.")


def find(brand_id: UUID, draw_id: UUID, *, lock: bool = False) -> Draw:
    """Return a draw of the brand, or refuse with ``not_found``."""
    rows = select(Draw).where(Draw.brand_id == brand_id, Draw.id == draw_id)
    if lock:
        rows = rows.with_for_update().execution_options(populate_existing=True)
    draw = db.session.scalars(rows).first()
    if draw is None:
        raise Refused("not_found")
    return draw


def of_campaign(campaign: Campaign) -> list[Draw]:
    """Return the campaign's draws in the order in which they are held."""
    rows = select(Draw).where(Draw.brand_id == campaign.brand_id, Draw.campaign_id == campaign.id)
    return sorted(
        db.session.scalars(rows), key=lambda draw: (draw.draws_at or draw.created_at, draw.id)
    )


def coming(brand_id: UUID, first: datetime, last: datetime) -> list[Draw]:
    """Return the announced draws of a brand that are held between two moments, past ones included."""
    rows = select(Draw).where(
        Draw.brand_id == brand_id,
        Draw.draws_at.between(first, last),
        Draw.state.not_in(("draft", "cancelled", "lapsed")),
    )
    return list(db.session.scalars(rows.order_by(Draw.draws_at)))


def default_dates(campaign: Campaign, now: datetime) -> dict[str, datetime]:
    """Return the dates a new draw begins with: it closes with the campaign, then review, then notice."""
    closes = max(campaign.closes_at or now + timedelta(days=14), now + timedelta(hours=1))
    closes = closes.replace(second=0, microsecond=0)
    return {
        "closes_at": closes,
        "commits_at": closes + REVIEW,
        "draws_at": closes + REVIEW + NOTICE,
    }


def create(
    campaign: Campaign,
    values: Mapping[str, Any],
    dates: Mapping[str, datetime | None],
    *,
    member_id: UUID | None,
    key: UUID | None = None,
) -> Draw:
    """Make a draft with the values of ``terms.DrawForm``."""
    draw = Draw(
        brand_id=campaign.brand_id,
        id=key or new_id(),
        campaign_id=campaign.id,
        title={},
        source="plays",
        terms={},
    )
    _fill(draw, values, dates)
    db.session.add(draw)
    db.session.flush()
    _note(draw, "draw_created", member_id)
    return draw


def edit(
    draw: Draw,
    values: Mapping[str, Any],
    dates: Mapping[str, datetime | None],
    *,
    seen: int,
    member_id: UUID | None,
) -> None:
    """Change a draft. What is announced stays as it is."""
    taken = db.session.execute(
        update(Draw)
        .where(
            Draw.brand_id == draw.brand_id,
            Draw.id == draw.id,
            Draw.revision == seen,
            Draw.state == "draft",
        )
        .values(revision=Draw.revision + 1),
        execution_options={"synchronize_session": False},
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise Refused("conflict")
    db.session.refresh(draw)
    _fill(draw, values, dates)
    db.session.flush()
    _note(draw, "draw_edited", member_id)


def _fill(draw: Draw, values: Mapping[str, Any], dates: Mapping[str, datetime | None]) -> None:
    draw.title, draw.description = dict(values["title"]), dict(values["description"])
    draw.source, draw.prizes = values["source"], prize_ids(list(values["prizes"]))
    draw.terms = {name: value for name, value in values.items() if name not in OWN}
    draw.closes_at, draw.commits_at = dates.get("closes_at"), dates.get("commits_at")
    draw.draws_at = dates.get("draws_at")


def date_problems(draw: Draw, now: datetime) -> dict[str, list[str]]:
    """Return what is wrong with the dates, by field."""
    errors: dict[str, list[str]] = {}
    for name in ("closes_at", "commits_at", "draws_at"):
        if getattr(draw, name) is None:
            errors[name] = [str(_NO_DATE)]
    if errors or not (draw.closes_at and draw.commits_at and draw.draws_at):
        return errors
    if draw.closes_at <= now and draw.source != "second_chance":
        errors["closes_at"] = [str(_CLOSED_ALREADY)]
    if draw.commits_at < draw.closes_at:
        errors["commits_at"] = [str(_BEFORE_CLOSING)]
    if draw.draws_at < max(draw.commits_at, now) + LEAST_NOTICE:
        minutes = int(LEAST_NOTICE.total_seconds()) // 60
        errors["draws_at"] = [str(_TOO_SOON) % {"minutes": minutes}]
    return errors


def announce(draw: Draw, *, now: datetime, member_id: UUID | None, seen: int | None = None) -> None:
    """Make the terms public and final, those of the revision that was *seen*. Announcing twice is once."""
    draw = find(draw.brand_id, draw.id, lock=True)
    if draw.state == "open":
        return
    if draw.state != "draft" or seen not in (None, draw.revision):
        raise Refused("conflict")
    errors = date_problems(draw, now)
    if errors:
        raise Refused("invalid", fields=errors)
    draw.state, draw.announced_at = "open", now
    put_on_record(draw, "draw_announced", public_terms(draw), now, member_id)
    _plan(draw)


def public_terms(draw: Draw) -> dict[str, Any]:
    """Return the announced terms as the log keeps them."""
    return {
        "draw_id": str(draw.id),
        "campaign": str(draw.campaign_id),
        "title": draw.title,
        "source": draw.source,
        "terms": draw.terms,
        "prizes": draw.prizes,
        "closes_at": instant(draw.closes_at),
        "commits_at": instant(draw.commits_at),
        "draws_at": instant(draw.draws_at),
    }


def instant(moment: datetime | None) -> str | None:
    """Return a moment as the protocol writes it; seconds are whole by then."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def postpone(
    draw: Draw, commits_at: datetime, draws_at: datetime, *, now: datetime, member_id: UUID | None
) -> None:
    """Put off an announced draw, before its list is fixed; never to an earlier date."""
    draw = find(draw.brand_id, draw.id, lock=True)
    if draw.state != "open":
        raise Refused("draw_is_fixed")
    assert draw.commits_at is not None
    assert draw.draws_at is not None
    earlier = {
        name: [Refused("draw_only_later").message]
        for name, moment in (("commits_at", commits_at), ("draws_at", draws_at))
        if moment < getattr(draw, name)
    }
    if earlier:
        raise Refused("draw_only_later", fields=earlier)
    draw.commits_at, draw.draws_at = commits_at, draws_at
    errors = date_problems(draw, now)
    errors.pop("closes_at", None)
    if errors:
        raise Refused("invalid", fields=errors)
    data = {
        "draw_id": str(draw.id),
        "commits_at": instant(draw.commits_at),
        "draws_at": instant(draw.draws_at),
    }
    put_on_record(draw, "draw_postponed", data, now, member_id)
    _plan(draw)


def call_off(draw: Draw, reason: str, *, now: datetime, member_id: UUID | None) -> None:
    """Cancel a draw whose list is not fixed yet; staked points go back. Afterwards nobody can, whatever happens."""
    draw = find(draw.brand_id, draw.id, lock=True)
    if draw.state == "cancelled":
        return
    if draw.state == "draft":
        _note(draw, "draw_deleted", member_id)
        db.session.delete(draw)
        db.session.flush()
        return
    if draw.state != "open":
        raise Refused("draw_is_fixed")
    if len(reason.strip()) < 3:
        raise Refused("invalid", fields={"reason": [str(_l("Say why, in a few words."))]})
    draw.state = "cancelled"
    stakes.give_all_back(draw, at=now)
    endings.take_back(draw.brand_id, draw.id)
    put_on_record(
        draw,
        "draw_cancelled",
        {"draw_id": str(draw.id), "reason": reason.strip()[:500]},
        now,
        member_id,
    )


def _plan(draw: Draw) -> None:
    """Defer the job that fixes the list; each job looks at the clock and the draw again when it runs."""
    jobs.defer("commit_draw", at=draw.commits_at, brand_id=str(draw.brand_id), draw_id=str(draw.id))
    db.session.flush()


def put_on_record(
    draw: Draw, kind: str, data: Mapping[str, Any], now: datetime, member_id: UUID | None
) -> None:
    """Put something on the public log and on the audit trail."""
    log.append(draw.brand_id, kind, data, at=now, subject_id=draw.id, member_id=member_id)
    _note(draw, kind, member_id)


def _note(draw: Draw, action: str, member_id: UUID | None) -> None:
    audit.record(
        draw.brand_id,
        action,
        actor_kind="member" if member_id else "system",
        actor_id=member_id,
        object_kind="draw",
        object_id=draw.id,
        title=draw.title,
    )
