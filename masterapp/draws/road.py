"""Draws' part of the road of a play: a finished attempt gives tickets, in the play's own statement.

Whether a draw is still open is asked when the play is judged and again when it is written, and the list is frozen only
after every transaction that may have seen it open has ended (``freezing``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from masterapp.draws.entering import identity_of, leaf_for
from masterapp.draws.terms import Terms
from masterapp.sql import Clause

#: Reads the open draws that finished plays of the row named ``game`` feed: id and terms; null when there are none.
FEEDS = """
    (SELECT jsonb_agg(jsonb_build_array(draw.id, draw.terms)) FROM draw
      WHERE draw.brand_id = game.brand_id AND draw.campaign_id = game.campaign_id
        AND draw.state = 'open' AND draw.source IN ('plays', 'tier') AND draw.closes_at > now())
"""

#: What identifies the fan row named ``fan`` in a draw.
FAN_COLUMNS = "fan.number, fan.email_key, fan.household"

TICKETS = Clause(
    "ticketed",
    """
INSERT INTO draw_entry AS mine (brand_id, draw_id, fan_id, tickets, salt, tag, grouping, changed_at)
SELECT %(brand)s, fed.draw, %(fan)s, fed.tickets, fed.salt, fed.tag, fed.grouping, %(now)s
FROM unnest(%(draws)s::uuid[], %(tickets)s::bigint[], %(salts)s::bytea[], %(tags)s::bytea[], %(groupings)s::bytea[])
    AS fed (draw, tickets, salt, tag, grouping)
JOIN draw ON draw.brand_id = %(brand)s AND draw.id = fed.draw AND draw.state = 'open' AND draw.closes_at > %(now)s
ON CONFLICT (brand_id, draw_id, fan_id) DO UPDATE
SET tickets = mine.tickets + excluded.tickets, seq = mine.seq + 1, changed_at = excluded.changed_at
""",
)


def names(feeds: Sequence[Any], campaign_id: UUID, row: Any, at: datetime) -> dict[str, Any]:
    """Return what ``TICKETS`` needs to feed these draws; *row* is the fan with ``FAN_COLUMNS``."""
    assert at.tzinfo is not None
    found: dict[str, list[Any]] = {
        "draws": [],
        "tickets": [],
        "salts": [],
        "tags": [],
        "groupings": [],
    }
    identity = identity_of(row.number, row.email_key)
    for draw_id, stored in feeds:
        terms = Terms.of(stored)
        unit = terms.unit_of(row.fan_id, row.household)
        leaf = leaf_for(UUID(draw_id), campaign_id, identity, unit)
        found["draws"].append(UUID(draw_id))
        found["tickets"].append(terms.per_play)
        found["salts"].append(leaf.salt)
        found["tags"].append(leaf.tag)
        found["groupings"].append(leaf.grouping)
    return found
