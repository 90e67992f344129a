"""Prizes' part of the road of a play: claim the moment that is due, exactly once whatever the load, and grant it.

``SKIP LOCKED`` lets simultaneous plays take different moments instead of queueing on the first. A fan's cap is exact
because the road holds the lock of the fan's progress in this game, and a prize belongs to one game. The exclusion
lists are asked again here: a fan excluded since the play began does not win.
"""

from __future__ import annotations

from masterapp.eligibility import road as eligibility
from masterapp.sql import Clause

CLAIM = Clause(
    "claimed",
    f"""
UPDATE winning_moment AS moment SET taken_at = %(now)s
FROM (
    SELECT due.id FROM winning_moment AS due
    JOIN prize ON prize.brand_id = due.brand_id AND prize.id = due.prize_id
    JOIN fan ON fan.brand_id = due.brand_id AND fan.id = %(fan)s
    WHERE due.brand_id = %(brand)s AND due.game_id = %(game)s AND due.pool = %(pool)s
      AND due.taken_at IS NULL AND due.opens_at <= %(now)s
      AND (prize.per_fan = 0 OR prize.per_fan > (
            SELECT count(*) FROM prize_grant AS won
            WHERE won.brand_id = due.brand_id AND won.fan_id = %(fan)s AND won.prize_id = due.prize_id
              AND won.state <> 'cancelled'))
      AND {eligibility.REASON} IS NULL
    ORDER BY due.opens_at, due.id
    LIMIT 1 FOR UPDATE OF due SKIP LOCKED
) AS first
WHERE moment.brand_id = %(brand)s AND moment.id = first.id
RETURNING moment.id, moment.prize_id
""",  # noqa: S608 - constants of ours only.
)

#: What the page shows of the prize that was won; null when nothing was.
GRANTED = """
SELECT jsonb_build_object('id', granted.id, 'prize_id', prize.id, 'label', prize.label,
    'description', prize.description, 'collection', prize.collection, 'picture_id', prize.picture_id,
    'offer_id', prize.offer_id, 'state', 'won', 'play_number', %(plays)s::integer)
FROM granted JOIN prize ON prize.brand_id = %(brand)s AND prize.id = granted.prize_id
"""

GRANT = Clause(
    "granted",
    """
INSERT INTO prize_grant (brand_id, id, fan_id, game_id, prize_id, moment_id, play_id, state, created_at)
SELECT %(brand)s, %(grant)s, %(fan)s, %(game)s, claimed.prize_id, claimed.id, %(play)s, 'won', %(now)s FROM claimed
RETURNING id, prize_id
""",
)
