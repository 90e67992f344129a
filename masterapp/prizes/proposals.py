"""Edits that touch the odds fans were told: proposed by one member, made in the transaction of a second one's yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from masterapp.brands.team import has_second_maker
from masterapp.campaigns import games
from masterapp.campaigns import service as campaigns
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.fairness import four_eyes
from masterapp.fairness.models import Proposal
from masterapp.prizes import pace, schedule, seals, service

#: What of a prize changes the odds or who can win.
ODDS = ("stock", "pool", "per_fan", "per_household", "store_ids", "guaranteed")


def promised(campaign: Campaign, now: datetime) -> bool:
    """Whether fans have been told odds that still count."""
    return campaigns.state_of(campaign, now) in ("scheduled", "live")


def prizes_touch_odds(game: Game, drafts: Sequence[service.Draft]) -> bool:
    """Whether these drafts change more than words and pictures."""
    kept = {prize.id: prize for prize in service.of_game(game)}
    if {draft.id for draft in drafts} != set(kept):
        return True
    return any(
        list(getattr(draft, name)) != list(getattr(kept[draft.id], name))
        if name == "store_ids"
        else getattr(draft, name) != getattr(kept[draft.id], name)
        for draft in drafts
        if draft.id
        for name in ODDS
    )


def dates_touch_odds(campaign: Campaign, now: datetime) -> bool:
    """Whether new dates of this campaign change odds: some prizes of it are already committed."""
    return promised(campaign, now) and any(
        schedule.moment_counts(game) for game in campaigns.games_of(campaign)
    )


def edit_prizes(
    game: Game,
    campaign: Campaign,
    drafts: Sequence[service.Draft],
    *,
    seen: int,
    now: datetime,
    member_id: UUID,
    effects: Sequence[Any] = (),
) -> Proposal | None:
    """Save the prizes, or propose to when that touches published odds; return the proposal then."""

    def save() -> None:
        service.replace(game, campaign, drafts, seen=seen, now=now, member_id=member_id)

    if not (promised(campaign, now) and prizes_touch_odds(game, drafts)):
        save()
        return None
    payload = {"seen": seen, "prizes": [_plain(draft) for draft in drafts]}
    return _propose(game.brand_id, "prizes", game.id, payload, effects, member_id, now, save)


def edit_pace(
    game: Game,
    campaign: Campaign,
    chosen: pace.Pace,
    *,
    seen: int,
    now: datetime,
    member_id: UUID,
    effects: Sequence[Any] = (),
) -> Proposal | None:
    """Save when prizes are won, or propose to on a published campaign; return the proposal then."""

    def save() -> None:
        service.set_pace(game, chosen, seen=seen, member_id=member_id)

    if not promised(campaign, now) or chosen == pace.of_game(game):
        save()
        return None
    payload = {"seen": seen, "pace": chosen.document}
    return _propose(game.brand_id, "pace", game.id, payload, effects, member_id, now, save)


def edit_dates(
    campaign: Campaign,
    opens_at: datetime,
    closes_at: datetime,
    *,
    seen: int,
    now: datetime,
    member_id: UUID,
    effects: Sequence[Any] = (),
) -> Proposal:
    """Propose new dates of a campaign whose prizes are committed."""

    def save() -> None:
        campaigns.schedule(campaign, opens_at, closes_at, seen=seen, now=now, member_id=member_id)

    payload = {
        "seen": seen,
        "opens_at": opens_at.isoformat(),
        "closes_at": closes_at.isoformat(),
    }
    whose = campaign.brand_id, "dates", campaign.id
    return _propose(*whose, payload, effects, member_id, now, save)


class _Undo(Exception):
    """Ends a rehearsal whose writing must not stay."""


def _propose(
    brand_id: UUID,
    kind: str,
    subject_id: UUID,
    payload: dict[str, Any],
    effects: Sequence[Any],
    member_id: UUID,
    now: datetime,
    save: Callable[[], None],
) -> Proposal:
    """Propose what *save* would do, once that is known to work and somebody is there to agree."""
    if not has_second_maker(brand_id):
        raise Refused("second_person_missing")
    try:
        with db.session.begin_nested():
            save()
            raise _Undo
    except _Undo:
        db.session.expire_all()
    return four_eyes.propose(
        brand_id, kind, subject_id, payload, effects=effects, member_id=member_id, at=now
    )


def _plain(draft: service.Draft) -> dict[str, Any]:
    """Return a draft as JSON."""
    values = asdict(draft)
    for name in ("id", "picture_id", "offer_id"):
        values[name] = str(values[name]) if values[name] else None
    return {**values, "store_ids": list(draft.store_ids)}


def _draft(values: dict[str, Any]) -> service.Draft:
    ids = {name: values[name] and UUID(values[name]) for name in ("id", "picture_id", "offer_id")}
    return service.Draft(**{**values, **ids})


def _proposed_game(proposal: Proposal) -> tuple[Game, Campaign]:
    game = games.find(proposal.brand_id, proposal.subject_id)
    return game, campaigns.find(game.brand_id, game.campaign_id)


def _make_prizes(proposal: Proposal, members: Sequence[UUID], now: datetime) -> None:
    game, campaign = _proposed_game(proposal)
    drafts = [_draft(values) for values in proposal.payload["prizes"]]
    seen = proposal.payload["seen"]
    service.replace(game, campaign, drafts, seen=seen, now=now, member_id=members[0])


def _make_pace(proposal: Proposal, members: Sequence[UUID], _now: datetime) -> None:
    game, _campaign = _proposed_game(proposal)
    chosen = pace.read(proposal.payload["pace"])
    service.set_pace(game, chosen, seen=proposal.payload["seen"], member_id=members[0])


def _make_dates(proposal: Proposal, members: Sequence[UUID], now: datetime) -> None:
    campaign = campaigns.find(proposal.brand_id, proposal.subject_id)
    opens_at, closes_at = (
        datetime.fromisoformat(proposal.payload[name]) for name in ("opens_at", "closes_at")
    )
    seen = proposal.payload["seen"]
    campaigns.schedule(campaign, opens_at, closes_at, seen=seen, now=now, member_id=members[0])


four_eyes.kinds["prizes"] = _make_prizes
four_eyes.kinds["pace"] = _make_pace
four_eyes.kinds["dates"] = _make_dates


def after_the_end(game: Game, closes_at: datetime) -> int:
    """Return about how many sealed moments an earlier end leaves out, from the plans alone: no instant is told."""
    out = 0
    end = seals.milliseconds(closes_at)
    for seal in seals.of_game(game):
        out += seals.expected_after(seal, end)
    return out
