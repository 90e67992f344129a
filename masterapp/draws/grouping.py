"""A fan's group in open draws follows their household; a list that is fixed keeps the groups it was fixed with."""

from __future__ import annotations

from uuid import UUID

from masterapp.db import db, now
from masterapp.draws.entering import group_key
from masterapp.draws.protocol.entries import group_of
from masterapp.draws.terms import Terms
from masterapp.fans import households

_OPEN_ENTRIES = """
SELECT draw.id, draw.campaign_id, draw.terms FROM draw_entry AS entry
JOIN draw ON draw.brand_id = entry.brand_id AND draw.id = entry.draw_id
WHERE entry.brand_id = %(brand)s AND entry.fan_id = %(fan)s AND draw.state = 'open'
"""
#: The number of the entry stays: a receipt tells tickets, and none was won or lost.
_REGROUP = """
UPDATE draw_entry AS mine SET grouping = %(grouping)s, changed_at = %(now)s
FROM draw
WHERE mine.brand_id = %(brand)s AND mine.draw_id = %(draw)s AND mine.fan_id = %(fan)s
  AND draw.brand_id = mine.brand_id AND draw.id = mine.draw_id AND draw.state = 'open'
"""


def follow(brand_id: UUID, fan_id: UUID, household: str) -> None:
    """Put the fan's entries of open draws that count by household into the group of their new one."""
    names = {"brand": brand_id, "fan": fan_id}
    for draw_id, campaign_id, stored in db.driver.execute(_OPEN_ENTRIES, names).fetchall():
        unit = Terms.of(stored).unit_of(fan_id, household)
        grouping = group_of(group_key(campaign_id), unit)
        db.driver.execute(_REGROUP, {**names, "draw": draw_id, "grouping": grouping, "now": now()})


households.changed.append(follow)
