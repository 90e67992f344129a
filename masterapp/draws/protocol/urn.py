"""The urn: which ticket and which leaf a number points at, among the tickets still in play.

Two ways with one answer. Up to 2,000 removed leaves, the removed intervals are walked in order and
the leaf is found by bisection; beyond that, a Fenwick tree over the live weights takes over.
"""

from array import array
from bisect import bisect_right, insort
from collections.abc import Sequence
from typing import NamedTuple

SWITCH_AT = 2_000


class Taken(NamedTuple):
    """A ticket, counted from 0 over the whole list, and the leaf that holds it."""

    ticket: int
    leaf: int


class Urn:
    """All tickets of a list; taking one removes every ticket of its leaf."""

    def __init__(self, starts: Sequence[int], switch_at: int = SWITCH_AT) -> None:
        self._starts = starts
        self._switch_at = switch_at
        self._removed: list[tuple[int, int]] = []
        self._fenwick: Fenwick | None = None
        self.live = starts[-1]

    def take(self, place: int) -> Taken:
        """Take the live ticket number `place` (from 0), and its leaf's other tickets with it."""
        if self._fenwick is None and len(self._removed) >= self._switch_at:
            self._fenwick = Fenwick(self._starts)
            for start, weight in self._removed:
                self._fenwick.subtract(bisect_right(self._starts, start) - 1, weight)
        if self._fenwick is None:
            taken = self._by_intervals(place)
        else:
            leaf, rank = self._fenwick.find(place)
            taken = Taken(self._starts[leaf] + rank, leaf)
        start, weight = self._starts[taken.leaf], self._weight(taken.leaf)
        if self._fenwick is None:
            insort(self._removed, (start, weight))
        else:
            self._fenwick.subtract(taken.leaf, weight)
        self.live -= weight
        return taken

    def _by_intervals(self, place: int) -> Taken:
        ticket = place
        for start, weight in self._removed:
            if start > ticket:
                break
            ticket += weight
        return Taken(ticket, bisect_right(self._starts, ticket) - 1)

    def _weight(self, leaf: int) -> int:
        return self._starts[leaf + 1] - self._starts[leaf]


class Fenwick:
    """Live weights of all leaves, with logarithmic search and removal (P. Fenwick, 1994)."""

    def __init__(self, starts: Sequence[int]) -> None:
        size = len(starts) - 1
        self._cells = array("Q", [0])
        self._cells.extend(starts[at] - starts[at & (at - 1)] for at in range(1, size + 1))
        self._reach = 1 << max(size.bit_length() - 1, 0)

    def subtract(self, leaf: int, weight: int) -> None:
        """Take `weight` away from a leaf."""
        at = leaf + 1
        while at < len(self._cells):
            self._cells[at] -= weight
            at += at & -at

    def find(self, place: int) -> tuple[int, int]:
        """The leaf that holds the live ticket number `place`, and the ticket's rank inside it."""
        at, step = 0, self._reach
        while step:
            beyond = at + step
            if beyond < len(self._cells) and self._cells[beyond] <= place:
                at = beyond
                place -= self._cells[beyond]
            step >>= 1
        return at, place
