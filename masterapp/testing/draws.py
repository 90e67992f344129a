"""Draws for tests: made and announced in one line, entered by many fans, and held at times that the test chooses."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db
from masterapp.draws import freezing, holding, lists, service
from masterapp.draws.models import Draw
from masterapp.draws.terms import FORM
from masterapp.exact import canonical
from masterapp.testing.factories import Player, create_fan

#: A round of the demo's beacon can be computed once its time has come, so tests live a little in the past.
START = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Clock:
    """The clock of the rooms that a draw goes through; it stands still until it is moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = START
        for name, module in list(sys.modules.items()):
            if name.startswith(
                (
                    "masterapp.draws",
                    "masterapp.outreach.draw",
                    "masterapp.web.fan.draw",
                    "masterapp.web.fan.winning",
                    "masterapp.web.admin.draw",
                    "masterapp.web.admin.winners",
                    "masterapp.web.admin.decisions",
                )
            ) and hasattr(module, "now"):
                monkeypatch.setattr(module, "now", self)

    def __call__(self) -> datetime:
        """The time it is."""
        return self.time

    def pass_by(self, **span: float) -> datetime:
        """Let time go by."""
        self.time += timedelta(**span)
        return self.time

    def reach(self, moment: datetime | None) -> datetime:
        """Go to a moment."""
        assert moment is not None
        self.time = moment
        return moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that the test moves."""
    return Clock(monkeypatch)


def terms(**values: Any) -> dict[str, Any]:
    """Return the form of a draw, filled in."""
    prizes = values.pop("prizes", [{"label": {"fr": "Maillot"}, "qty": 1, "alternates": 2}])
    form = {"title": {"fr": "Grand tirage", "en": "Big draw"}, "prizes": prizes, **values}
    loaded: dict[str, Any] = FORM.load(form)
    return loaded


def make_draw(
    app: Flask, brand_id: UUID, game_id: UUID, at: datetime = START, **values: Any
) -> UUID:
    """Make and announce a draw of a game's campaign: it closes after an hour, commits after two, draws after three."""
    with app.app_context(), db.transaction():
        campaign_id = db.session.get_one(Game, (brand_id, game_id)).campaign_id
        campaign = db.session.get_one(Campaign, (brand_id, campaign_id))
        dates = {
            name: at + timedelta(hours=hours)
            for hours, name in enumerate(("closes_at", "commits_at", "draws_at"), 1)
        }
        draw = service.create(campaign, terms(**values), dates, member_id=None)
        service.announce(draw, now=at, member_id=None)
        return draw.id


def enter_many(
    app: Flask, brand_id: UUID, draw_id: UUID, weights: Mapping[str, int], **values: Any
) -> dict[str, Player]:
    """Create fans and give them tickets as their plays would have."""
    from masterapp.draws.entering import enter

    fans = {}
    for name, weight in weights.items():
        fans[name] = create_fan(app, brand_id, f"{name}@example.org", **values)
        with app.app_context(), db.transaction():
            draw = service.find(brand_id, draw_id)
            assert draw.announced_at is not None
            enter(draw, fans[name].id, at=draw.announced_at)
            db.driver.execute(
                "UPDATE draw_entry SET tickets = %s WHERE draw_id = %s AND fan_id = %s",
                (weight, draw_id, fans[name].id),
            )
    return fans


def found(app: Flask, brand_id: UUID, draw_id: UUID) -> Draw:
    """Return the draw as it is now, detached from any session."""
    with app.app_context():
        draw = service.find(brand_id, draw_id)
        db.session.expunge(draw)
        return draw


def fix(app: Flask, brand_id: UUID, draw_id: UUID, clock: Clock) -> Draw:
    """Let the time of the commitment come, and commit."""
    clock.reach(found(app, brand_id, draw_id).commits_at)
    with app.app_context():
        freezing.fix(brand_id, draw_id)
    return found(app, brand_id, draw_id)


def hold(app: Flask, brand_id: UUID, draw_id: UUID, clock: Clock) -> Draw:
    """Let the time of the draw come, and draw."""
    moment = found(app, brand_id, draw_id).draws_at
    assert moment is not None
    clock.reach(moment + service.AFTER_ROUND)
    with app.app_context():
        holding.hold(brand_id, draw_id)
    return found(app, brand_id, draw_id)


def certificate(app: Flask, brand_id: UUID, draw_id: UUID) -> dict[str, Any]:
    """Return the certificate."""
    with app.app_context():
        content = lists.document(service.find(brand_id, draw_id), "certificate")
    assert content is not None
    decoded: dict[str, Any] = canonical.decode(content)
    return decoded


def entries_bin(app: Flask, brand_id: UUID, draw_id: UUID) -> bytes:
    """Return the published list."""
    with app.app_context():
        return b"".join(lists.file_of(service.find(brand_id, draw_id)))


def numbers(document: Mapping[str, Any]) -> Sequence[str]:
    """Return the numbers drawn, in order."""
    return [step["ticket"] for step in document["draws"]]
