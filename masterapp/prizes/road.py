"""Prizes' part of the road of a play: claim what is due, exactly once whatever the load, and grant it.

``SKIP LOCKED`` lets simultaneous plays take different moments instead of queueing on the first. A sealed moment counts
down the plays that it lets pass and is won at zero; a play that wins nothing so takes a guaranteed unit. A fan's cap is
exact because the road holds the lock of the fan's progress in this game, and a prize belongs to one game; a household's
is decided by its one row. The exclusion lists are asked again here: a fan excluded since the play began does not win.
"""

from __future__ import annotations

from masterapp.eligibility import road as eligibility
from masterapp.sql import Clause

#: The first open moment that this play may take; {which} says of which kind.
_FIRST = f"""
SELECT moment.id, moment.prize_id, moment.to_pass, prize.per_household, fan.household
FROM winning_moment AS moment
JOIN prize ON prize.brand_id = moment.brand_id AND prize.id = moment.prize_id
JOIN fan ON fan.brand_id = moment.brand_id AND fan.id = %(fan)s
WHERE moment.brand_id = %(brand)s AND moment.game_id = %(game)s AND moment.pool = %(pool)s
  AND moment.taken_at IS NULL AND moment.passed_at IS NULL AND moment.opens_at <= %(now)s
  AND (prize.per_fan = 0 OR prize.per_fan > (
        SELECT count(*) FROM prize_grant AS won
        WHERE won.brand_id = moment.brand_id AND won.fan_id = %(fan)s AND won.prize_id = moment.prize_id
          AND won.state <> 'cancelled'))
  AND (prize.per_household = 0 OR fan.household IS NULL OR NOT EXISTS (
        SELECT FROM household_wins AS have
        WHERE have.brand_id = moment.brand_id AND have.prize_id = moment.prize_id
          AND have.household = fan.household AND have.wins >= prize.per_household))
  AND (prize.store_ids = '[]' OR prize.store_ids ? %(store)s::text)
  AND {{which}}
  AND {eligibility.REASON} IS NULL
ORDER BY moment.opens_at
LIMIT 1 FOR UPDATE OF moment SKIP LOCKED
"""  # noqa: S608 - constants of ours only.

_DUE = Clause("due", _FIRST.format(which="NOT moment.guaranteed"))
_SPARE = Clause(
    "spare",
    _FIRST.format(which="moment.guaranteed AND NOT EXISTS (SELECT FROM due WHERE due.to_pass = 0)"),
)
_REACHED = Clause("reached", "SELECT * FROM due UNION ALL SELECT * FROM spare")
#: The household's row says yes or no, whoever of its members came first; others wait for that row alone.
_HOUSED = Clause(
    "housed",
    """
INSERT INTO household_wins AS have (brand_id, prize_id, household, wins)
SELECT %(brand)s, prize_id, household, 1 FROM reached
WHERE to_pass = 0 AND per_household > 0 AND household IS NOT NULL
ON CONFLICT (brand_id, prize_id, household) DO UPDATE SET wins = have.wins + 1
WHERE have.wins < (SELECT per_household FROM prize
                   WHERE prize.brand_id = have.brand_id AND prize.id = have.prize_id)
RETURNING prize_id
""",
)
_CLAIMED = Clause(
    "claimed",
    """
UPDATE winning_moment AS moment SET
    to_pass = greatest(moment.to_pass - 1, 0),
    taken_at = CASE WHEN moment.to_pass = 0 THEN %(now)s::timestamptz END
FROM reached
WHERE moment.brand_id = %(brand)s AND moment.id = reached.id
  AND (reached.to_pass > 0 OR reached.per_household = 0 OR reached.household IS NULL
       OR EXISTS (SELECT FROM housed WHERE housed.prize_id = reached.prize_id))
RETURNING moment.id, moment.prize_id, moment.taken_at
""",
)
CLAIM = [_DUE, _SPARE, _REACHED, _HOUSED, _CLAIMED]

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
WHERE claimed.taken_at IS NOT NULL
RETURNING id, prize_id
""",
)
