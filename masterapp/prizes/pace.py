"""When a game's prizes are meant to be won: the traffic that is expected, the jitter, and how long a moment stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from masterapp.brands.models import Brand
from masterapp.campaigns.models import Game
from masterapp.campaigns.quota import zone
from masterapp.db import db
from masterapp.prizes import models
from masterapp.prizes.traffic import DEFAULT_PROFILE, HOURS, profile_from_plays
from masterapp.texts import lazy_text as _l

PROFILES = ("usual", "past", "hand")
HOURS_A_DAY = 24
LARGEST_BAR = 100
MOST_JITTER = 1000
MOST_OPEN_HOURS = 24 * 31
MOST_PLAYS = 1_000_000_000
#: Fewer plays of the past than this say nothing about a week.
ENOUGH_PLAYS = 200
#: The newest plays are enough to know the hours of a brand.
_NEWEST = 200_000

_BAD_PROFILE = _l("Choose where the expected traffic comes from.")
_BAD_BARS = _l("Give 24 numbers from 0 to 100, at least one of them above 0.")
_RANGE = _l("Give a whole number from %(least)s to %(most)s.")

_PAST = """
SELECT (extract(isodow FROM local)::int - 1) * 24 + extract(hour FROM local)::int AS hour, count(*)
FROM (SELECT opened_at AT TIME ZONE 'UTC' + make_interval(mins => %(offset)s) AS local FROM play
      WHERE brand_id = %(brand)s ORDER BY id DESC LIMIT %(newest)s) AS plays
GROUP BY hour
"""


def _bars(first: int) -> tuple[int, ...]:
    day = DEFAULT_PROFILE[first * HOURS_A_DAY : (first + 1) * HOURS_A_DAY]
    return tuple(round(weight * LARGEST_BAR / max(DEFAULT_PROFILE)) for weight in day)


@dataclass(frozen=True)
class Pace:
    """What a marketer can say about it."""

    profile: str = "usual"
    weekday: tuple[int, ...] = _bars(0)
    weekend: tuple[int, ...] = _bars(5)
    jitter: int = 3
    open_hours: int = 24
    expected_plays: int = 0

    @property
    def document(self) -> dict[str, Any]:
        """The pace as plain JSON."""
        return {**asdict(self), "weekday": list(self.weekday), "weekend": list(self.weekend)}


def of_game(game: Game) -> Pace:
    """Return the game's pace, the usual one when nobody has changed it."""
    row = db.session.get(models.Pace, (game.brand_id, game.id))
    if row is None:
        return Pace()
    return Pace(
        row.profile,
        tuple(row.weekday),
        tuple(row.weekend),
        row.jitter,
        row.open_hours,
        row.expected_plays,
    )


def keep(game: Game, pace: Pace) -> None:
    """Write the game's pace; seals made from now on follow it. The caller has taken the game's next revision."""
    row = db.session.get(models.Pace, (game.brand_id, game.id))
    if row is None:
        row = models.Pace(brand_id=game.brand_id, game_id=game.id)
        db.session.add(row)
    for name, value in pace.document.items():
        setattr(row, name, value)
    db.session.flush()


def problems(pace: Pace) -> dict[str, list[str]]:
    """Return what is wrong with a pace by field."""
    errors: dict[str, list[str]] = {}
    if pace.profile not in PROFILES:
        errors["profile"] = [str(_BAD_PROFILE)]
    for name, bars in (("weekday", pace.weekday), ("weekend", pace.weekend)):
        inside = all(0 <= bar <= LARGEST_BAR for bar in bars)
        if len(bars) != HOURS_A_DAY or not inside or not any(bars):
            errors[name] = [str(_BAD_BARS)]
    for name, least, most in (
        ("jitter", 1, MOST_JITTER),
        ("open_hours", 0, MOST_OPEN_HOURS),
        ("expected_plays", 0, MOST_PLAYS),
    ):
        if not least <= getattr(pace, name) <= most:
            errors[name] = [str(_RANGE) % {"least": least, "most": most}]
    return errors


def read(document: Mapping[str, Any]) -> Pace:
    """Return a pace from its plain JSON."""
    return Pace(
        **{**document, "weekday": tuple(document["weekday"]), "weekend": tuple(document["weekend"])}
    )


def offset_of(brand: Brand, at: datetime) -> int:
    """Return the brand's distance from UTC at an instant, in minutes: a plan keeps it for its whole window."""
    distance = at.astimezone(zone(brand.time_zone)).utcoffset()
    return int(distance.total_seconds() // 60) if distance else 0


def weights(pace: Pace, brand_id: UUID, offset: int) -> tuple[int, ...]:
    """Return the 168 weights that a plan names; the usual week where the brand has too little of a past."""
    if pace.profile == "hand":
        # No hour is ever impossible: a window that lies in the quietest one still has its moments.
        week = [*(pace.weekday * 5), *(pace.weekend * 2)]
        return tuple(max(1, bar) for bar in week)
    if pace.profile == "past":
        return past_weights(brand_id, offset) or DEFAULT_PROFILE
    return DEFAULT_PROFILE


def past_weights(brand_id: UUID, offset: int) -> tuple[int, ...] | None:
    """Return the hours of the week of the brand's newest plays as weights; None while there are too few."""
    names = {"brand": brand_id, "offset": offset, "newest": _NEWEST}
    counts = dict(db.driver.execute(_PAST, names).fetchall())
    if sum(counts.values()) < ENOUGH_PLAYS:
        return None
    return profile_from_plays([counts.get(hour, 0) for hour in range(HOURS)])


def day_shares(profile: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return a weekday and a day of the weekend of a profile as bars from 0 to 100, for pictures."""
    top = max(profile) or 1
    days = [profile[day * HOURS_A_DAY : (day + 1) * HOURS_A_DAY] for day in range(7)]

    def mean(chosen: Sequence[Sequence[int]]) -> tuple[int, ...]:
        return tuple(
            round(sum(hours) * LARGEST_BAR / (len(chosen) * top))
            for hours in zip(*chosen, strict=True)
        )

    return mean(days[:5]), mean(days[5:])
