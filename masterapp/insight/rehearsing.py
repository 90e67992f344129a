"""What a rehearsal of a real campaign starts from: its dates, quotas and prizes, and what the brand's past saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID
from zoneinfo import ZoneInfo

from masterapp.brands.models import Brand
from masterapp.campaigns import games, service
from masterapp.campaigns.models import Campaign, Game
from masterapp.campaigns.quota import zone
from masterapp.db import db
from masterapp.insight import rehearsal
from masterapp.insight.crowd import HOURS_A_DAY, Audience
from masterapp.insight.forecast import Forecast
from masterapp.insight.rehearsal import RehearsedPrize
from masterapp.prizes import pace
from masterapp.prizes import service as prizes
from masterapp.prizes.traffic import DEFAULT_PROFILE
from masterapp.registry import registry

#: A campaign without a past and without dates, until the marketer says otherwise.
USUAL_FANS, USUAL_DAYS, USUAL_DOUBT = 1_000, 30, 25
#: Without a past, a fan is taken to come about once in so many days, and to play at most so often in all.
DAYS_A_VISIT, MOST_GUESSED = 6, 20
#: How many plays make a past worth following.
ENOUGH_TRIES = 50
#: What is left of the first day's interest after a month, or at the end of a longer campaign.
INTEREST, INTEREST_DAYS = 0.55, 30
HOUR = timedelta(hours=1)

_SEEN = """
SELECT campaign.id, count(DISTINCT progress.fan_id) AS fans, sum(progress.plays)::bigint AS plays, count(*) AS pairs
FROM campaign
JOIN game ON game.brand_id = campaign.brand_id AND game.campaign_id = campaign.id
JOIN progress ON progress.brand_id = game.brand_id AND progress.game_id = game.id AND progress.plays > 0
WHERE campaign.brand_id = %(brand)s GROUP BY campaign.id
"""

_TRYING = """
SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM move
    WHERE move.brand_id = %(brand)s AND move.play_id = newest.id
      AND move.outcome -> 'effects' @> '[{"effect": "TryToWin"}]'))
FROM (SELECT id FROM game WHERE brand_id = %(brand)s AND module = %(module)s ORDER BY id DESC LIMIT 10) AS alike
CROSS JOIN LATERAL (SELECT id FROM play WHERE play.brand_id = %(brand)s AND play.game_id = alike.id
    ORDER BY opened_at DESC LIMIT 500) AS newest
"""

_GIVEN = """
SELECT prize_id, count(*) FROM prize_grant
WHERE brand_id = %(brand)s AND game_id = %(game)s AND state <> 'cancelled' GROUP BY prize_id
"""


@dataclass(frozen=True)
class Seen:
    """What campaigns saw: the fans of a usual one, and how often each of them played each game."""

    campaigns: int
    fans: int
    plays_per_fan: float


@dataclass(frozen=True)
class AssumedPrize:
    """A prize as it is rehearsed."""

    id: UUID
    label: Mapping[str, str]
    stock: int
    value_cents: int
    per_fan: int
    guaranteed: bool = False


@dataclass(frozen=True)
class AssumedGame:
    """A game as it is rehearsed; `trying` is the percentage of its plays that try to win.

    Its prizes are sealed over the hours of the `sealing` profile, with a jitter of so many plays.
    """

    id: UUID
    title: Mapping[str, str]
    quota: Mapping[str, int]
    limited: bool
    trying: int
    prizes: Sequence[AssumedPrize]
    sealing: Sequence[int] = DEFAULT_PROFILE
    jitter: int = 1


@dataclass(frozen=True)
class Assumptions:
    """What a rehearsal assumes. Times are those of the brand's wall clock; `doubt` is a percentage."""

    opens: datetime
    closes: datetime
    fans: int
    plays_per_fan: float
    doubt: int
    #: Whether plays follow the hours of the brand's past plays, or those of a typical week.
    like_past: bool
    games: Sequence[AssumedGame]

    @property
    def begins(self) -> datetime:
        """The full hour in which it opens: hours of a rehearsal count from here."""
        return self.opens.replace(minute=0, second=0, microsecond=0)

    @property
    def hours(self) -> int:
        """How many hours of the wall clock it touches."""
        return max(1, ceil((self.closes - self.begins) / HOUR))


@dataclass(frozen=True)
class Ground:
    """What is known before anybody assumes anything."""

    seen: Seen | None
    profile: tuple[int, ...] | None
    #: A live campaign is rehearsed from now on, with what is left of it.
    live: bool
    assumptions: Assumptions


def ground(campaign: Campaign, brand: Brand, now: datetime) -> Ground:
    """Return what to assume of a campaign unless the marketer knows better."""
    live = service.state_of(campaign, now) == "live"
    opens, closes = _window(campaign, zone(brand.time_zone), now, live)
    offset = pace.offset_of(brand, now)
    listed = [
        _assumed(game, live, offset)
        for game in service.games_of(campaign)
        if game.module in registry
    ]
    seen = _seen(campaign, now, live)
    profile = pace.past_weights(brand.id, offset)
    days = max(1.0, (closes - opens) / timedelta(days=1))
    return Ground(
        seen=seen,
        profile=profile,
        live=live,
        assumptions=Assumptions(
            opens=opens,
            closes=closes,
            fans=seen.fans if seen else USUAL_FANS,
            plays_per_fan=seen.plays_per_fan if seen else _guess(listed, days),
            doubt=USUAL_DOUBT,
            like_past=profile is not None,
            games=listed,
        ),
    )


def _window(
    campaign: Campaign, clock: ZoneInfo, now: datetime, live: bool
) -> tuple[datetime, datetime]:
    """The days to rehearse on the wall clock: all of them, the rest of a live campaign, or a month from tomorrow."""
    if campaign.opens_at is None or campaign.closes_at is None:
        first = now.astimezone(clock).replace(
            hour=0, minute=0, second=0, microsecond=0, tzinfo=None
        ) + timedelta(days=1)
        return first, first + timedelta(days=USUAL_DAYS)
    opens, closes = (
        moment.astimezone(clock).replace(tzinfo=None)
        for moment in (now if live else campaign.opens_at, campaign.closes_at)
    )
    return opens.replace(second=0, microsecond=0), closes


def _assumed(game: Game, live: bool, offset: int) -> AssumedGame:
    """A game with the prizes that it can give, and with what is left of them once it is live."""
    manifest = registry[game.module].manifest
    pools = prizes.pools_of(game, games.version(game).config)
    planned = pace.of_game(game)
    names = {"brand": game.brand_id, "game": game.id}
    given: dict[UUID, int] = dict(db.driver.execute(_GIVEN, names).fetchall()) if live else {}
    return AssumedGame(
        id=game.id,
        title=game.title,
        quota={name: int(game.quota.get(name) or 0) for name in games.QUOTA_LIMITS},
        limited=manifest.limited,
        trying=_trying(game) if pools else 0,
        prizes=[
            AssumedPrize(
                id=prize.id,
                label=prize.label,
                stock=max(0, prize.stock - given.get(prize.id, 0)),
                value_cents=prize.value_cents,
                per_fan=prize.per_fan,
                guaranteed=prize.guaranteed,
            )
            for prize in prizes.of_game(game)
            if prize.pool in pools
        ],
        sealing=pace.weights(planned, game.brand_id, offset),
        jitter=planned.jitter,
    )


def _trying(game: Game) -> int:
    """The percentage of plays that tried to win in the brand's games of this kind; all while there are too few."""
    names = {"brand": game.brand_id, "module": game.module}
    row = db.driver.execute(_TRYING, names).fetchone()
    plays, tries = row or (0, 0)
    return max(1, round(100 * tries / plays)) if plays >= ENOUGH_TRIES else 100


def _seen(campaign: Campaign, now: datetime, live: bool) -> Seen | None:
    """What to expect from what was seen: at its own pace for a live campaign, else as in the brand's other ones."""
    rows = {
        found: (fans, plays, pairs)
        for found, fans, plays, pairs in db.driver.execute(_SEEN, {"brand": campaign.brand_id})
    }
    own = rows.pop(campaign.id, None)
    if live and own and campaign.opens_at and campaign.closes_at:
        gone = (now - campaign.opens_at) / timedelta(days=1)
        if gone >= 1:
            fans, plays, pairs = own
            rest = (campaign.closes_at - now) / timedelta(days=1)
            return Seen(0, max(1, round(fans * rest / gone)), round(plays / pairs, 1))
    if not rows:
        return None
    crowds = sorted(fans for fans, _plays, _pairs in rows.values())
    plays, pairs = (sum(row[place] for row in rows.values()) for place in (1, 2))
    return Seen(len(rows), crowds[len(crowds) // 2], round(plays / pairs, 1))


def _guess(listed: Sequence[AssumedGame], days: float) -> float:
    """How often a fan may play each game, for a brand that has no past: one visit in some days, within the quota."""
    quota = next((game.quota for game in listed if game.limited), {})
    wanted = max(1.0, days / DAYS_A_VISIT) * max(1, quota.get("per_day", 0))
    return float(round(min(wanted, quota.get("per_campaign", 0) or MOST_GUESSED, MOST_GUESSED)))


def rehearsed_prize(prize: AssumedPrize) -> RehearsedPrize:
    """Say how a prize is won: the one place that follows when prizes are won in another way."""
    return RehearsedPrize(
        id=str(prize.id),
        quantity=prize.stock,
        cost_cents=prize.value_cents,
        per_fan=prize.per_fan,
        guaranteed=prize.guaranteed,
    )


def rehearsed_games(
    assumed: Assumptions, profile: Sequence[int] | None
) -> list[rehearsal.Campaign]:
    """Return the games as the rehearsal plays them."""
    days = assumed.hours / HOURS_A_DAY
    return [
        rehearsal.Campaign(
            days=days,
            audience=Audience(
                fans=assumed.fans,
                plays_per_fan=assumed.plays_per_fan,
                per_day=game.quota.get("per_day", 0),
                in_all=game.quota.get("per_campaign", 0),
                per_period=game.quota.get("per_period", 0),
                period_hours=game.quota.get("period_hours", 0),
                profile=profile if profile and assumed.like_past else DEFAULT_PROFILE,
                first_hour=assumed.begins.weekday() * HOURS_A_DAY + assumed.begins.hour,
                fading=1 - INTEREST ** (1 / max(INTEREST_DAYS, days)),
                doubt=assumed.doubt / 100,
                trying=game.trying / 100,
            ),
            prizes=[rehearsed_prize(prize) for prize in game.prizes],
            jitter=game.jitter,
            sealing=game.sealing,
        )
        for game in assumed.games
    ]


def rehearse(assumed: Assumptions, profile: Sequence[int] | None) -> Forecast | None:
    """Play the campaign many times; None when it has no game. The same assumptions always give the same forecast."""
    played = rehearsed_games(assumed, profile)
    return rehearsal.rehearse_together(played) if played else None
