"""The odds that fans are told, computed from the real configuration: units, and plays where they are stated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from masterapp.campaigns.models import Game
from masterapp.prizes import pace, service


@dataclass(frozen=True)
class Odds:
    """What can be said of a game's prizes before it is played."""

    #: Units won at sealed moments.
    sealed: int
    #: Units that every attempt wins as long as there are some.
    guaranteed: int
    #: The attempts the brand expects; 0 when it did not say.
    expected_plays: int

    @property
    def units(self) -> int:
        """All the units."""
        return self.sealed + self.guaranteed

    @property
    def one_in(self) -> int | None:
        """About one attempt in so many hits a winning moment if as many are made as expected; None if not stated."""
        if not self.expected_plays or not self.sealed:
            return None
        return max(1, round(self.expected_plays / self.sealed))


def of_game(game: Game) -> Odds:
    """Return the odds of a game as it is configured now."""
    listed = service.of_game(game)
    return Odds(
        sealed=sum(prize.stock for prize in listed if not prize.guaranteed),
        guaranteed=sum(prize.stock for prize in listed if prize.guaranteed),
        expected_plays=pace.of_game(game).expected_plays,
    )


def together(listed: Iterable[Odds]) -> Odds:
    """Return the odds of several games as one; attempts are stated only when they are for every game with prizes."""
    giving = [one for one in listed if one.units]
    stated = all(one.expected_plays for one in giving)
    return Odds(
        sealed=sum(one.sealed for one in giving),
        guaranteed=sum(one.guaranteed for one in giving),
        expected_plays=sum(one.expected_plays for one in giving) if stated else 0,
    )
