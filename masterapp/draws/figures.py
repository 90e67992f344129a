"""How many are in draws, by class: counted while a list can change, read from the commitment afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from masterapp.db import db
from masterapp.draws.models import Draw

#: The entries of several draws by what was decided of them, with their tickets under the cap of each draw.
_COUNTED = """
SELECT entry.draw_id, entry.verdict, count(*),
    coalesce(sum(least(nullif((draw.terms ->> 'most')::bigint, 0), entry.tickets + entry.free
        + entry.staked / greatest(coalesce((draw.terms ->> 'price')::bigint, 0), 1))), 0)
FROM draw_entry AS entry JOIN draw ON draw.brand_id = entry.brand_id AND draw.id = entry.draw_id
WHERE entry.brand_id = %(brand)s AND entry.draw_id = ANY(%(draws)s)
GROUP BY entry.draw_id, entry.verdict
"""
IN_DRAW = (0, 4)


@dataclass
class Figures:
    """The numbers of one draw."""

    tickets: int = 0
    #: class → number of entries.
    classes: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(5), 0))

    @property
    def entrants(self) -> int:
        """How many fans can win."""
        return sum(self.classes[kind] for kind in IN_DRAW)

    @property
    def entries(self) -> int:
        """How many entries there are, whatever their class."""
        return sum(self.classes.values())


def of(draws: Sequence[Draw]) -> dict[UUID, Figures]:
    """Return the numbers of draws of one brand, by id."""
    found = {draw.id: Figures() for draw in draws}
    moving = []
    for draw in draws:
        if draw.commitment is None:
            moving.append(draw)
            continue
        entries, figures = draw.commitment["entries"], found[draw.id]
        figures.tickets = int(entries["W"])
        figures.classes.update({int(kind): many for kind, many in entries["classes"].items()})
    if moving:
        names = {"brand": moving[0].brand_id, "draws": [draw.id for draw in moving]}
        for draw_id, verdict, entries, tickets in db.driver.execute(_COUNTED, names).fetchall():
            found[draw_id].classes[verdict] = entries
            found[draw_id].tickets += int(tickets) if verdict in IN_DRAW else 0
    return found
