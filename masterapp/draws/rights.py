"""What draws hold of a fan, for their download; and how a fan is forgotten without changing a list that is fixed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from masterapp.db import db, now
from masterapp.draws import (
    grouping,  # noqa: F401 - groups of open draws follow their fans' households.
    reviewing,
    stakes,
    winners,
)
from masterapp.draws.models import Draw, DrawEntry, DrawTap, DrawWinner
from masterapp.fans.registry import erases, exports
from masterapp.texts import translate as _


def _entries(brand_id: UUID, fan_id: UUID) -> list[tuple[DrawEntry, Draw]]:
    rows = (
        select(DrawEntry, Draw)
        .join(Draw, (Draw.brand_id == DrawEntry.brand_id) & (Draw.id == DrawEntry.draw_id))
        .where(DrawEntry.brand_id == brand_id, DrawEntry.fan_id == fan_id)
        .order_by(DrawEntry.created_at, DrawEntry.draw_id)
    )
    return [(entry, draw) for entry, draw in db.session.execute(rows)]


@exports("draws")
def _export_draws(brand_id: UUID, fan_id: UUID) -> list[dict[str, Any]]:
    won = {
        winner.draw_id: winner
        for winner in db.session.scalars(
            select(DrawWinner).where(DrawWinner.brand_id == brand_id, DrawWinner.fan_id == fan_id)
        )
    }
    return [
        {
            "draw": draw.title,
            "tickets_of_plays": entry.tickets,
            "free_tickets": entry.free,
            "staked": entry.staked,
            "tag": entry.tag.hex(),
            "salt": entry.salt.hex() if entry.salt else None,
            "since": entry.created_at.isoformat(),
            "won": _won(won.get(draw.id)),
            "proposed_to_leave_out": [
                {
                    "reason": proposal.payload["reason"],
                    "sentence": proposal.payload["sentence"],
                    "state": proposal.state,
                    "since": proposal.created_at.isoformat(),
                }
                for proposal in reviewing.proposed(brand_id, draw.id, fan_id)
            ],
        }
        for entry, draw in _entries(brand_id, fan_id)
    ]


def _won(winner: DrawWinner | None) -> dict[str, Any] | None:
    if winner is None:
        return None
    return {
        "prize": winner.prize,
        "kind": winner.kind,
        "rank": winner.rank,
        "state": winner.state,
        "label": winner.label,
        "address": winner.address,
    }


@erases("draws")
def _forget_draws(brand_id: UUID, fan_id: UUID) -> str | None:
    """Withdraw the fan where the list is open; elsewhere forget the salt, without which a leaf is nobody's."""
    kept = False
    for entry, draw in _entries(brand_id, fan_id):
        if draw.state == "open" and entry.verdict == 0:
            stakes.withdraw(draw, fan_id, at=now())
        db.session.refresh(entry)
        kept = kept or draw.state not in ("open", "cancelled", "lapsed")
        entry.salt = None
        reviewing.forget(brand_id, draw.id, fan_id)
    winners.forget(brand_id, fan_id, now())
    db.session.execute(
        delete(DrawTap).where(DrawTap.brand_id == brand_id, DrawTap.fan_id == fan_id)
    )
    db.session.flush()
    if not kept:
        return None
    return _(
        "Your entries in draws whose list is fixed stay as numbers that nobody can trace to you."
    )
