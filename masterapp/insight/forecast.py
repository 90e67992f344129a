"""What a rehearsal found: each figure with how far it may be off. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True)
class Spread:
    """A figure over all runs: one in ten lies below `low`, one in ten above `high`."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of some values."""
        tenths = quantiles(values, n=10, method="inclusive")
        return cls(tenths[0], tenths[4], tenths[8])


@dataclass(frozen=True)
class PrizeForecast:
    """What becomes of one prize. Hours count from the opening; a prize that does not run out lasts to the end."""

    id: str
    given: Spread
    left_chance: float
    runs_out_hour: Spread | None
    lasts: Spread
    left_by_day: list[Spread]


@dataclass(frozen=True)
class Forecast:
    """What the rehearsal found. Days are those of the calendar: the first and the last may be short."""

    runs: int
    plays: Spread
    plays_by_hour: list[float]
    plays_by_day: list[Spread]
    peak_hour: Spread
    peak_second: float
    plays_per_win: Spread | None
    cost_cents: Spread
    prizes: list[PrizeForecast]
