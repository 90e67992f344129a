"""What nobody won in a campaign's games, drawn among those who played and won nothing: so every prize finds its way.

Such a draw is made and announced in one step, once the games are over: its prizes are what is left, its list is who
played. Nobody enters it; the entries are written when the list is fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import namedtuple_row

from masterapp.campaigns.models import Campaign, Game
from masterapp.campaigns.service import games_of
from masterapp.db import db
from masterapp.draws import entering, service
from masterapp.draws.models import Draw
from masterapp.draws.terms import FORM, Terms
from masterapp.errors import Refused
from masterapp.prizes import endings
from masterapp.prizes.models import Prize

LONGEST_LABEL = 80

_LOSERS = """
SELECT fan.id, fan.number, fan.email_key, fan.household FROM fan
WHERE fan.brand_id = %(brand)s AND fan.erased_at IS NULL
  AND EXISTS (SELECT FROM progress WHERE progress.brand_id = fan.brand_id AND progress.fan_id = fan.id
              AND progress.game_id = ANY(%(games)s) AND progress.plays > 0)
  AND NOT EXISTS (SELECT FROM prize_grant AS won WHERE won.brand_id = fan.brand_id AND won.fan_id = fan.id
              AND won.game_id = ANY(%(games)s) AND won.state <> 'cancelled')
"""


@dataclass(frozen=True)
class Left:
    """Units of a game's prize that nobody has won."""

    game: Game
    prize: Prize
    units: int


def left_in(campaign: Campaign, now: datetime) -> list[Left]:
    """Return what is left of a campaign that is over, prizes in the order of its games."""
    return [
        Left(game, prize, units)
        for game in games_of(campaign)
        for prize, units in endings.leftovers(game, now)
    ]


def announce(
    campaign: Campaign,
    title: Mapping[str, str],
    dates: Mapping[str, datetime | None],
    *,
    now: datetime,
    member_id: UUID | None,
    key: UUID | None = None,
) -> Draw:
    """Make and announce the draw of everything that is left. Raises ``nothing_left``."""
    left = left_in(campaign, now)
    if not left:
        raise Refused("nothing_left")
    rows = [
        {
            "label": {locale: text[:LONGEST_LABEL] for locale, text in one.prize.label.items()},
            "description": dict(one.prize.description),
            "collection": dict(one.prize.collection),
            "picture": str(one.prize.picture_id) if one.prize.picture_id else None,
            "qty": one.units,
            "alternates": min(one.units, 10),
        }
        for one in left
    ]
    values = FORM.load({"title": dict(title), "prizes": rows, "source": "second_chance", "most": 1})
    draw = service.create(campaign, values, dates, member_id=member_id, key=key)
    for one in left:
        endings.pass_on(one.game, one.prize.id, one.units, draw.id, now)
    service.announce(draw, now=now, member_id=member_id)
    return draw


def fill(draw: Draw, at: datetime) -> None:
    """Write an entry of one ticket for everybody who played and won nothing; part of fixing the list."""
    campaign = db.session.get_one(Campaign, (draw.brand_id, draw.campaign_id))
    names = {"brand": draw.brand_id, "games": [game.id for game in games_of(campaign)]}
    # All are read before the first is written: one connection cannot do both at once.
    fans: list[Any] = (
        db.driver.cursor(row_factory=namedtuple_row).execute(_LOSERS, names).fetchall()
    )
    terms = Terms.of(draw.terms)
    with db.driver.cursor().copy(
        "COPY draw_entry (brand_id, draw_id, fan_id, tickets, salt, tag, grouping, changed_at) FROM STDIN"
    ) as copy:
        for fan in fans:
            identity = entering.identity_of(fan.number, fan.email_key)
            unit = terms.unit_of(fan.id, fan.household)
            leaf = entering.leaf_for(draw.id, draw.campaign_id, identity, unit)
            copy.write_row(
                (draw.brand_id, draw.id, fan.id, 1, leaf.salt, leaf.tag, leaf.grouping, at)
            )
