"""The draws of the demo: two that were held, what nobody won drawn a second time, and five that fans can enter now.

They go through the same steps as any draw, at the times at which these would have been taken; only the letters to the
made-up winners and entrants stay unwritten.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import namedtuple_row
from sqlalchemy import select

from masterapp.brands.models import Brand, Member
from masterapp.campaigns.models import Campaign
from masterapp.db import db, now
from masterapp.demo import world
from masterapp.draws import entering, freezing, holding, outcome, second_chance, service, stakes
from masterapp.draws.models import Draw, DrawWinner
from masterapp.draws.terms import FORM, Terms
from masterapp.jobs import jobs

#: Fans who stake points, and how many tickets each buys.
STAKERS, STAKED_TICKETS = 120, (1, 2, 3, 5)

_PLAYERS = """
SELECT fan.id AS fan_id, fan.number, fan.email_key, fan.household, count(*) AS plays, max(play.finished_at) AS last
FROM play JOIN game ON game.brand_id = play.brand_id AND game.id = play.game_id
JOIN fan ON fan.brand_id = play.brand_id AND fan.id = play.fan_id
WHERE game.brand_id = %(brand)s AND game.campaign_id = %(campaign)s AND play.finished_at < %(until)s
GROUP BY fan.brand_id, fan.id ORDER BY fan.id
"""
_RICH = """
SELECT fan_id FROM balance WHERE brand_id = %(brand)s AND amount >= %(least)s ORDER BY fan_id LIMIT %(many)s
"""


class Lots:
    """The draws while they are being made."""

    def __init__(self) -> None:
        brand = db.session.scalar(select(Brand).where(Brand.slug == world.SLUG))
        assert brand is not None
        self.brand_id = brand.id
        self.at = now()
        members = select(Member).where(Member.brand_id == brand.id, Member.role == "marketer")
        self.member_id = db.session.scalars(members).one().id

    def write(self) -> None:
        """Make all of them. A worker may be running: what is past must not be its business."""
        with jobs.stopped():
            for plan in world.PAST_DRAWS:
                self._through(self._announce(plan))
            self._second_chance(self._campaign(world.PAST_DRAWS[0].campaign))
        for plan in world.OPEN_DRAWS:
            self._announce(plan)
        self._stake()

    def _campaign(self, slug: str) -> Campaign:
        rows = select(Campaign).where(Campaign.brand_id == self.brand_id, Campaign.slug == slug)
        return db.session.scalars(rows).one()

    def _announce(self, plan: world.DrawPlan) -> UUID:
        """Announce a draw when its campaign opened, and let the plays of the demo give their tickets."""
        with db.transaction():
            campaign = self._campaign(plan.campaign)
            assert campaign.opens_at is not None
            assert campaign.closes_at is not None
            values = FORM.load({"title": plan.title, "prizes": list(plan.prizes), **plan.terms})
            dates = _dates(campaign.closes_at)
            draw = service.create(campaign, values, dates, member_id=self.member_id)
            service.announce(draw, now=campaign.opens_at, member_id=self.member_id)
            if draw.source in ("plays", "tier"):
                self._enter_players(draw)
            return draw.id

    def _enter_players(self, draw: Draw) -> None:
        assert draw.closes_at is not None
        names = {
            "brand": draw.brand_id,
            "campaign": draw.campaign_id,
            "until": min(draw.closes_at, self.at),
        }
        players: list[Any] = (
            db.driver.cursor(row_factory=namedtuple_row).execute(_PLAYERS, names).fetchall()
        )
        terms = Terms.of(draw.terms)
        with db.driver.cursor().copy(
            "COPY draw_entry (brand_id, draw_id, fan_id, tickets, seq, salt, tag, grouping, changed_at, created_at)"
            " FROM STDIN"
        ) as copy:
            for fan in players:
                identity = entering.identity_of(fan.number, fan.email_key)
                leaf = entering.leaf_for(
                    draw.id, draw.campaign_id, identity, terms.unit_of(fan.fan_id, fan.household)
                )
                row = (draw.brand_id, draw.id, fan.fan_id, fan.plays * terms.per_play, fan.plays)
                copy.write_row((*row, leaf.salt, leaf.tag, leaf.grouping, fan.last, fan.last))

    def _through(self, draw_id: UUID) -> None:
        """Take a past draw through its commitment and its result, at the times they had."""
        draw = service.find(self.brand_id, draw_id)
        assert draw.commits_at is not None
        assert draw.draws_at is not None
        commits_at, draws_at = draw.commits_at, draw.draws_at
        freezing.fix(self.brand_id, draw_id, lambda: commits_at)
        holding.hold(self.brand_id, draw_id, at=draws_at + service.AFTER_ROUND)
        with db.transaction():
            self._hand_over(service.find(self.brand_id, draw_id), draws_at)

    def _hand_over(self, draw: Draw, at: datetime) -> None:
        """Let the winners claim their prizes, most under a name of their choice; the last ones still have time."""
        rows = select(DrawWinner).where(
            DrawWinner.brand_id == draw.brand_id,
            DrawWinner.draw_id == draw.id,
            DrawWinner.kind == "winner",
        )
        for number, winner in enumerate(db.session.scalars(rows.order_by(DrawWinner.step))):
            winner.notified_at = at + timedelta(minutes=5)
            winner.claimed_at = at + timedelta(hours=3 + 5 * number)
            winner.checked_at = winner.claimed_at + timedelta(days=1)
            winner.sent_at = winner.checked_at + timedelta(days=1)
            winner.delivered_at = winner.sent_at + timedelta(days=3)
            winner.state = "delivered"
            winner.label = world.WINNERS[number % len(world.WINNERS)]
        db.session.flush()
        outcome.renew_certificate(draw, outcome.places(draw))
        draw.state = "settled"
        service.put_on_record(draw, "draw_settled", {"draw_id": str(draw.id)}, at, self.member_id)

    def _second_chance(self, campaign: Campaign) -> None:
        """Draw what was left of the first campaign's prizes; when all were won there is nothing to draw."""
        assert campaign.closes_at is not None
        closed = campaign.closes_at + timedelta(hours=1)
        if not second_chance.left_in(campaign, closed):
            return
        with db.transaction():
            dates = _dates(closed)
            draw = second_chance.announce(
                campaign, world.SECOND_CHANCE, dates, now=closed, member_id=self.member_id
            )
            draw_id = draw.id
        self._through(draw_id)

    def _stake(self) -> None:
        """Let fans who have points stake some."""
        rows = select(Draw).where(Draw.brand_id == self.brand_id, Draw.source == "stakes")
        draw_id = db.session.scalars(rows).one().id
        price = Terms.of(service.find(self.brand_id, draw_id).terms).price
        names = {
            "brand": self.brand_id,
            "least": price * max(STAKED_TICKETS),
            "many": STAKERS,
        }
        fans = [fan for (fan,) in db.driver.execute(_RICH, names).fetchall()]
        with db.transaction():
            draw = service.find(self.brand_id, draw_id)
            for number, fan in enumerate(fans):
                tickets = STAKED_TICKETS[number % len(STAKED_TICKETS)]
                stakes.stake(draw, fan, tickets * price, key="demo", at=self.at)


def _dates(closes_at: datetime) -> dict[str, datetime]:
    closes_at = closes_at.replace(microsecond=0)
    return {
        "closes_at": closes_at,
        "commits_at": closes_at + service.REVIEW,
        "draws_at": closes_at + service.REVIEW + service.NOTICE,
    }
