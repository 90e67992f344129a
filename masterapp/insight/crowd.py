"""The crowd of a rehearsal: how often fans play, when, and what quotas take away. Pure."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

from masterapp.prizes.traffic import DEFAULT_PROFILE

HOURS_A_DAY = 24
# Share of the fans, and share of the plays that they account for: most play little, few play much.
SEGMENTS = ((0.70, 0.35), (0.25, 0.40), (0.05, 0.25))


@dataclass(frozen=True)
class Audience:
    """Who is expected: how many, how often they would play, how often they may.

    `trying` is the share of the plays that try to win: a quiz lets only good results do so.
    """

    fans: int
    plays_per_fan: float
    per_day: int = 0
    in_all: int = 0
    profile: Sequence[int] = DEFAULT_PROFILE
    first_hour: int = 0
    fading: float = 0.02
    doubt: float = 0.25
    per_period: int = 0
    period_hours: int = 0
    trying: float = 1.0


def plays_by_hour(audience: Audience, hours: int) -> list[float]:
    """The plays expected in each hour, quotas applied, following the profile and the fading."""
    total = audience.fans * sum(
        share * _capped(audience.plays_per_fan * plays / share, hours, audience)
        for share, plays in SEGMENTS
    )
    weights = [
        audience.profile[(audience.first_hour + hour) % len(audience.profile)]
        * (1 - audience.fading) ** (hour // HOURS_A_DAY)
        for hour in range(hours)
    ]
    whole = sum(weights)
    return [total * weight / whole for weight in weights]


def _capped(wanted: float, hours: int, audience: Audience) -> float:
    """How often a fan plays who would like to play so often, once the quotas have spoken."""
    for limit, length in (
        (audience.per_day, HOURS_A_DAY),
        (audience.per_period, audience.period_hours),
        (audience.in_all, hours),
    ):
        if limit and length:
            periods = max(1.0, hours / length)
            wanted = expected_minimum(wanted / periods, limit) * periods
    return wanted


def expected_minimum(mean: float, cap: int) -> float:
    """The mean of the smaller of a Poisson number and a cap: the sum of P(X > k) for k below it."""
    term = total = exp(-mean)
    found = 1 - total
    for number in range(1, cap):
        term *= mean / number
        total += term
        found += max(0.0, 1 - total)
    return min(found, mean)


def poisson(mean: float, chance: random.Random) -> int:
    """A Poisson number: by products of uniforms when small, by the normal law when large."""
    if mean > 50:
        return max(0, round(chance.gauss(mean, sqrt(mean))))
    limit, product, number = exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        number += 1
    return number
