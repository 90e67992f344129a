"""When people play: a weight for each of the 168 hours of a week, and exact sums over time.

Hour 0 is Monday from midnight to one o'clock, at a fixed offset from UTC, so that anybody finds the
same sums without a time-zone database.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from masterapp.exact.faults import ProtocolError

HOURS = 168
HOUR_MS = 3_600_000
LARGEST_WEIGHT = 2**20
# 1 January 1970 was a Thursday, three days after a Monday.
_THURSDAY = 3 * 24
# What a consumer campaign usually sees in a day: quiet nights, a rise at noon, a summit at nine.
_DAY = (6, 3, 2, 1, 1, 2, 6, 14, 20, 22, 24, 28, 38, 34, 26, 24, 26, 34, 44, 52, 60, 58, 40, 18)
_WEEK = (10, 10, 10, 10, 11, 12, 13)
DEFAULT_PROFILE = tuple(day * hour for day in _WEEK for hour in _DAY)


def profile_from_plays(plays: Sequence[int]) -> tuple[int, ...]:
    """A profile from the plays counted in each hour of the week; no hour is ever impossible."""
    if len(plays) != HOURS or min(plays) < 0:
        raise ProtocolError("profile", "a profile has 168 counts, none below zero")
    most = max(plays)
    scale = 1 if most < LARGEST_WEIGHT else -(-most // (LARGEST_WEIGHT - 1))
    return tuple(count // scale + 1 for count in plays)


@dataclass(frozen=True)
class Traffic:
    """The expected traffic between two instants (milliseconds since 1970), as exact sums.

    `mass` is the sum of the weight of every millisecond; `instant` finds the millisecond in which
    a given part of that mass falls.
    """

    starts: tuple[int, ...]
    weights: tuple[int, ...]
    sums: tuple[int, ...]

    @classmethod
    def between(
        cls, profile: Sequence[int], offset_minutes: int, start: int, end: int
    ) -> "Traffic":
        """The traffic from `start` up to `end`, which does not belong to it."""
        if len(profile) != HOURS or not all(0 <= one <= LARGEST_WEIGHT for one in profile):
            raise ProtocolError("profile", "a profile has 168 weights from 0 to 2^20")
        if not 0 <= start < end:
            raise ProtocolError("window", "a window ends after it begins")
        offset = offset_minutes * 60_000
        borders = [start, *range(_next_hour(start, offset), end, HOUR_MS)]
        weights = tuple(profile[((at + offset) // HOUR_MS + _THURSDAY) % HOURS] for at in borders)
        lengths = [after - at for at, after in zip(borders, [*borders[1:], end], strict=True)]
        masses = (weight * length for weight, length in zip(weights, lengths, strict=True))
        sums = tuple(accumulate(masses, initial=0))
        if not sums[-1]:
            raise ProtocolError("window", "nobody is expected to play in that window")
        return cls(tuple(borders), weights, sums)

    @property
    def mass(self) -> int:
        """All the traffic expected."""
        return self.sums[-1]

    def instant(self, part: int) -> int:
        """The millisecond in which the part number `part` (from 0) of the mass falls."""
        if not 0 <= part < self.mass:
            raise ProtocolError("window", "that is more traffic than is expected")
        place = bisect_right(self.sums, part) - 1
        return self.starts[place] + (part - self.sums[place]) // self.weights[place]

    def before(self, instant: int) -> int:
        """The traffic expected before an instant of the window."""
        place = bisect_right(self.starts, instant) - 1
        if place < 0:
            return 0
        reached = self.sums[place] + (instant - self.starts[place]) * self.weights[place]
        return min(reached, self.sums[place + 1])


def _next_hour(start: int, offset: int) -> int:
    return ((start + offset) // HOUR_MS + 1) * HOUR_MS - offset
