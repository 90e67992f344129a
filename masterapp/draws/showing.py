"""What everybody may see of a draw, and what a fan sees of their own part in it; nothing here changes anything.

What is the same for all is kept for some seconds (``keeping``): the page is opened by everybody at one moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from masterapp.db import db, now
from masterapp.draws import entering, figures, freezing, lists, outcome
from masterapp.draws.figures import Figures
from masterapp.draws.keeping import Kept
from masterapp.draws.models import FIXED, HELD, Draw, DrawEntry, DrawWinner
from masterapp.draws.protocol.entropy import check_announced
from masterapp.draws.terms import Terms
from masterapp.exact import canonical
from masterapp.fairness import log
from masterapp.fairness.models import LogRecord

MOST_DRAWS = 100


@dataclass(frozen=True)
class Tier:
    """A draw that the crowd unlocks together."""

    draw_id: UUID
    title: dict[str, Any]
    threshold: int
    reached: bool


@dataclass(frozen=True)
class Gauge:
    """The crowd's counter of a campaign, and all the draws it unlocks, the nearest first."""

    plays: int
    tiers: Sequence[Tier]

    @property
    def top(self) -> int:
        """The highest threshold."""
        return max([tier.threshold for tier in self.tiers], default=0) or 1


@dataclass(frozen=True)
class Place:
    """One place that the draw filled."""

    kind: str
    rank: int
    ticket: str
    #: Its place in the order of the draw, from 0.
    step: int
    #: Under which name the winner wants to be known; empty for nobody's business.
    label: str = ""
    vacant: bool = False
    moved_up: bool = False


@dataclass(frozen=True)
class Result:
    """What the certificate says, without the proofs."""

    level: str
    seed: str
    places: dict[str, list[Place]]
    unfilled: int
    #: How often a ticket was drawn whose holder had won already.
    passed_over: int
    substitutions: dict[str, int]

    def winners(self, prize: str) -> list[Place]:
        """Return who won this prize."""
        return [place for place in self.places.get(prize, []) if place.kind == "winner"]

    def alternates(self, prize: str) -> list[Place]:
        """Return who stands by for this prize."""
        return [place for place in self.places.get(prize, []) if place.kind == "alternate"]


@dataclass(frozen=True)
class Mine:
    """A fan's part in a draw."""

    tickets: int
    earned: int
    free: int
    staked: int
    seq: int
    #: The class of the entry: as it stands, or in the fixed list.
    kind: int
    #: The first and last ticket, counted from 1, once the list is fixed and if there is one.
    first: int | None = None
    last: int | None = None
    won: DrawWinner | None = field(default=None, compare=False)

    @property
    def withdrawn(self) -> bool:
        """Whether the fan left."""
        return self.kind == entering.WITHDRAWN


_crowds: Kept[Figures] = Kept(10)
_gauges: Kept[Gauge] = Kept(10)
_results: Kept[Result] = Kept(5)
_records: Kept[list[dict[str, Any]]] = Kept(5)
#: A leaf of a fixed list never changes.
_leaves: Kept[tuple[int, int, int] | None] = Kept(3600, most=20_000)


def forget() -> None:
    """Look at everything again."""
    for kept in (_crowds, _gauges, _results, _records, _leaves):
        kept.forget()


def phase(draw: Draw, at: datetime) -> str:
    """Return what the draw is for fans now: open, closed, late, fixed, due, waiting, drawn, cancelled, lapsed."""
    if draw.state in ("open", "committing"):
        if draw.state == "open" and draw.closes_at and at < draw.closes_at:
            return "open"
        return "late" if draw.trouble and draw.commits_at and at >= draw.commits_at else "closed"
    if draw.state == "committed":
        if draw.draws_at and at < draw.draws_at:
            return "fixed"
        return "waiting" if draw.trouble else "due"
    return "drawn" if draw.state in HELD else draw.state


def announced(brand_id: UUID, campaign_id: UUID | None = None) -> list[Draw]:
    """Return the announced draws of a brand or of one campaign, those to come first."""
    rows = select(Draw).where(Draw.brand_id == brand_id, Draw.state != "draft")
    if campaign_id:
        rows = rows.where(Draw.campaign_id == campaign_id)
    found = db.session.scalars(rows.order_by(Draw.draws_at.desc()).limit(MOST_DRAWS)).all()
    to_come = [draw for draw in found if draw.state in ("open", "committing", "committed")]
    return [*reversed(to_come), *[draw for draw in found if draw not in to_come]]


def listed(brand_id: UUID, campaign_id: UUID | None = None) -> list[tuple[Draw, str]]:
    """Return the draws that a list shows, each with its phase; one that was called off only until its day."""
    at = now()
    return [
        (draw, phase(draw, at))
        for draw in announced(brand_id, campaign_id)
        if draw.state != "cancelled" or (draw.draws_at and draw.draws_at > at)
    ]


def crowd(draw: Draw) -> Figures:
    """Return how many are in the draw, and with how many tickets: so far, or as the fixed list says."""
    return _crowds.get((draw.id, draw.state), lambda: figures.of([draw])[draw.id])


def gauge(draw: Draw, at: datetime) -> Gauge | None:
    """Return the crowd's counter, for a draw that it unlocks."""
    if draw.source != "tier":
        return None
    return _gauges.get((draw.id, draw.state), lambda: _measure(draw, at))


def _measure(draw: Draw, at: datetime) -> Gauge:
    plays = freezing.plays_so_far(draw, at)
    rows = select(Draw).where(
        Draw.brand_id == draw.brand_id,
        Draw.campaign_id == draw.campaign_id,
        Draw.source == "tier",
        Draw.state.not_in(("draft", "cancelled")),
    )
    found = [(one, Terms.of(one.terms).threshold) for one in db.session.scalars(rows)]
    tiers = [
        Tier(one.id, one.title, threshold, one.state in FIXED or plays >= threshold)
        for one, threshold in sorted(found, key=lambda pair: (pair[1], pair[0].id))
    ]
    return Gauge(plays, tiers)


def level(draw: Draw) -> str:
    """Return the level of assurance that the draw promises, or that its certificate has."""
    held = result(draw)
    if held:
        return held.level
    return check_announced(draw.commitment["entropy"]) if draw.commitment else ""


def beacon_round(draw: Draw) -> int | None:
    """Return the beacon's round that the commitment names, if it names one."""
    last = draw.commitment["entropy"][-1] if draw.commitment else {}
    return last.get("round")


def result(draw: Draw) -> Result | None:
    """Return the result of a draw that was held."""
    if draw.state not in HELD:
        return None
    return _results.get((draw.id, draw.state), lambda: _read_result(draw))


def _read_result(draw: Draw) -> Result:
    content = lists.document(draw, "certificate")
    assert content is not None
    certificate = canonical.decode(content)
    rows = outcome.places(draw)
    holding = {winner.id for winner in outcome.holders(draw, rows)}
    places: dict[str, list[Place]] = defaultdict(list)
    for winner in rows:
        vacant = bool(winner.vacancy)
        place = Place(
            kind=winner.kind,
            rank=winner.rank,
            ticket=str(winner.ticket),
            step=winner.step,
            label="" if vacant else winner.label,
            vacant=vacant,
            moved_up=winner.kind == "alternate" and winner.id in holding,
        )
        places[winner.prize].append(place)
    return Result(
        level=certificate["level"],
        seed=certificate["seed"],
        places=dict(places),
        unfilled=len(certificate["unfilled"]),
        passed_over=sum(step["status"][0] == "skip" for step in certificate["draws"]),
        substitutions={name: many for name, many in certificate["substitutions"].items() if many},
    )


def records(draw: Draw) -> list[dict[str, Any]]:
    """Return what the brand's public log says of the draw."""
    return _records.get(
        (draw.id, draw.state, draw.trouble),
        lambda: [public_record(one) for one in log.about(draw.brand_id, draw.id)],
    )


def public_record(one: LogRecord) -> dict[str, Any]:
    """Return a record of the log as it is published: itself, its hash, and what it is about."""
    return {"record": one.record, "hash": one.hash.hex(), "data": one.data}


def why_called_off(draw: Draw) -> str:
    """Return the reason that was put on record when the draw was called off."""
    said = [one["data"] for one in records(draw) if one["record"]["type"] == "draw_cancelled"]
    return str(said[-1].get("reason", "")) if said else ""


def mine(draw: Draw, fan_id: UUID) -> Mine | None:
    """Return the fan's part in a draw, with its numbers once the list is fixed; None for who never was in it."""
    entry = entering.mine(draw, fan_id)
    return None if entry is None else _as_mine(draw, entry, _winner(draw, fan_id))


def all_mine(brand_id: UUID, fan_id: UUID, *, numbers: bool) -> list[tuple[Draw, Mine]]:
    """Return the draws that a fan is or was in, the newest first; *numbers* looks up their tickets too."""
    rows = db.session.execute(
        select(Draw, DrawEntry)
        .join(DrawEntry, (DrawEntry.brand_id == Draw.brand_id) & (DrawEntry.draw_id == Draw.id))
        .where(DrawEntry.brand_id == brand_id, DrawEntry.fan_id == fan_id, Draw.state != "draft")
        .order_by(Draw.draws_at.desc())
        .limit(MOST_DRAWS)
    ).all()
    won = {
        one.draw_id: one
        for one in db.session.scalars(
            select(DrawWinner).where(DrawWinner.brand_id == brand_id, DrawWinner.fan_id == fan_id)
        )
    }
    return [
        (draw, _as_mine(draw, entry, won.get(draw.id), numbers=numbers)) for draw, entry in rows
    ]


def _winner(draw: Draw, fan_id: UUID) -> DrawWinner | None:
    if draw.state not in HELD:
        return None
    rows = select(DrawWinner).where(
        DrawWinner.brand_id == draw.brand_id,
        DrawWinner.draw_id == draw.id,
        DrawWinner.fan_id == fan_id,
    )
    return db.session.scalars(rows.order_by(DrawWinner.step)).first()


def _as_mine(draw: Draw, entry: Any, won: DrawWinner | None, *, numbers: bool = True) -> Mine:
    tag, weight = bytes(entry.tag), entering.weight_of(entry, Terms.of(draw.terms))
    leaf = None
    if numbers and draw.commitment is not None:
        leaf = _leaves.get((draw.id, tag), lambda: _find_leaf(draw, tag))
    kind = leaf[2] if leaf else int(entry.verdict)
    first, weight = (leaf[0], leaf[1]) if leaf else (None, weight)
    return Mine(
        tickets=weight,
        earned=entry.tickets,
        free=entry.free,
        staked=entry.staked,
        seq=entry.seq,
        kind=kind,
        first=first + 1 if first is not None and weight else None,
        last=first + weight if first is not None and weight else None,
        won=won,
    )


def _find_leaf(draw: Draw, tag: bytes) -> tuple[int, int, int] | None:
    found = lists.leaf_of(draw, tag)
    return (found.first_ticket, found.weight, found.kind) if found else None
