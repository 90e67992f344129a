"""The two statements of a move: one reads and locks, one writes everything. Each shape is composed once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from masterapp.draws import road as draws
from masterapp.eligibility import road as eligibility
from masterapp.identity import road as identity
from masterapp.points import road as points
from masterapp.prepared import Prepared
from masterapp.prizes import road as prizes
from masterapp.sql import Clause, compose

_TAKE = f"""
SELECT {identity.SESSION_COLUMNS},
    session.fan_id, session.origin, fan.erased_at, fan.locale,
    {eligibility.REASON} AS exclusion, {draws.FAN_COLUMNS}, {draws.FEEDS} AS feeds,
    brand.time_zone, campaign.state, campaign.opens_at, campaign.closes_at,
    game.id AS game_id, game.campaign_id, game.module, game.slug, game.title, game.quota, game.paused, game.version,
    mine.plays, mine.day, mine.day_plays, mine.period, mine.period_plays, mine.open_play_id, mine.open_version,
    mine.open_moves, mine.state AS fan_state, mine.last_key
FROM fan_session AS session
JOIN brand ON brand.id = session.brand_id
JOIN fan ON fan.brand_id = session.brand_id AND fan.id = session.fan_id
LEFT JOIN game ON game.brand_id = session.brand_id AND game.id = %(game)s
LEFT JOIN campaign ON campaign.brand_id = game.brand_id AND campaign.id = game.campaign_id
LEFT JOIN LATERAL (
    SELECT * FROM progress
    WHERE progress.brand_id = session.brand_id AND progress.game_id = %(game)s AND progress.fan_id = session.fan_id
    {{lock}}
) AS mine ON true
WHERE session.brand_id = %(brand)s AND session.id = %(session)s
"""  # noqa: S608 - constants of ours only.

#: Reads session, fan, game and progress, and locks the progress row: the second device waits here.
TAKE = Prepared(_TAKE.format(lock="FOR UPDATE"))
#: The same for a look without a move.
LOOK = Prepared(_TAKE.format(lock=""))

_PROGRESS_COLUMNS = (
    "plays, day, day_plays, period, period_plays, open_play_id, open_version, open_moves, state,"
    " last_key, changed_at"
)
_PROGRESS_VALUES = (
    "%(plays)s, %(day)s, %(day_plays)s, %(period)s, %(period_plays)s, %(open_play)s, %(open_version)s, %(open_moves)s,"
    " %(state)s, %(key)s, %(now)s"
)
_BEST = """
    best_score = CASE WHEN %(score)s::bigint > coalesce(best_score, %(score)s::bigint - 1)
                      OR (%(score)s::bigint = best_score AND %(duration)s::bigint < best_duration_ms)
                 THEN %(score)s::bigint ELSE best_score END,
    best_duration_ms = CASE WHEN %(score)s::bigint > coalesce(best_score, %(score)s::bigint - 1)
                      OR (%(score)s::bigint = best_score AND %(duration)s::bigint < best_duration_ms)
                 THEN %(duration)s::bigint ELSE best_duration_ms END"""

FIRST_PROGRESS = Clause(
    "kept",
    "INSERT INTO progress (brand_id, game_id, fan_id, best_score, best_duration_ms,"  # noqa: S608
    f" {_PROGRESS_COLUMNS})"
    f" VALUES (%(brand)s, %(game)s, %(fan)s, %(score)s, %(duration)s, {_PROGRESS_VALUES})",
)
NEXT_PROGRESS = Clause(
    "kept",
    f"UPDATE progress SET ({_PROGRESS_COLUMNS}) = ({_PROGRESS_VALUES}), {_BEST}"  # noqa: S608
    " WHERE brand_id = %(brand)s AND game_id = %(game)s AND fan_id = %(fan)s",
)
OPEN_PLAY = Clause(
    "played",
    "INSERT INTO play (brand_id, id, game_id, fan_id, number, version, opened_at, finished_at,"
    " score, duration_ms, origin)"
    " VALUES (%(brand)s, %(play)s, %(game)s, %(fan)s, %(plays)s, %(version)s, %(now)s, %(finished_at)s, %(score)s,"
    " %(duration)s, %(origin)s)",
)
FINISH_PLAY = Clause(
    "played",
    "UPDATE play SET finished_at = %(finished_at)s, score = %(score)s, duration_ms = %(duration)s"
    " WHERE brand_id = %(brand)s AND id = %(play)s",
)
MOVE = Clause(
    "moved",
    "INSERT INTO move (brand_id, play_id, number, game_id, fan_id, key, version, input, seed,"
    " given, outcome, created_at)"
    " VALUES (%(brand)s, %(play)s, %(move)s, %(game)s, %(fan)s, %(key)s, %(version)s, %(input)s, %(seed)s, %(given)s,"
    " %(outcome)s, %(now)s)",
)
COUNT = Clause(
    "counted",
    "INSERT INTO counter AS slot (brand_id, game_id, name, slot, amount)"
    " SELECT %(brand)s, %(game)s, added.name, %(slot)s, added.amount"
    " FROM unnest(%(counters)s::text[], %(amounts)s::bigint[]) AS added (name, amount)"
    " ON CONFLICT (brand_id, game_id, name, slot) DO UPDATE SET amount = slot.amount + excluded.amount",
)


@dataclass(frozen=True)
class Shape:
    """What a move has to write; moves of the same shape share one prepared statement."""

    first: bool
    opens: bool
    finishes: bool
    credits: bool
    tries: bool
    counts: bool
    tickets: bool


@lru_cache
def carry_out(shape: Shape) -> Prepared:
    """Return the statement that writes a move of this shape and answers with the grant and the new balance."""
    clauses = [FIRST_PROGRESS if shape.first else NEXT_PROGRESS]
    if shape.opens:
        clauses.append(OPEN_PLAY)
    elif shape.finishes:
        clauses.append(FINISH_PLAY)
    clauses.append(MOVE)
    if shape.counts:
        clauses.append(COUNT)
    if shape.tickets:
        clauses.append(draws.TICKETS)
    if shape.tries:
        clauses += [*prizes.CLAIM, prizes.GRANT]
    if shape.credits:
        clauses += points.CREDIT_OR_CONSOLE if shape.tries else points.CREDIT
    granted = f"({prizes.GRANTED})" if shape.tries else "NULL::jsonb"
    credited = "(SELECT amount FROM credited)" if shape.credits else "NULL::bigint"
    balance = "(SELECT amount FROM balanced)" if shape.credits else "NULL::bigint"
    answer = f"SELECT {granted} AS granted, {credited} AS credited, {balance} AS balance"
    return Prepared(compose(clauses, answer))


#: What a key was used for: asked only when a move is refused or collides, to answer a double tap as the first time.
FIRST_ANSWER = Prepared("""
SELECT move.play_id, move.outcome, move.input, move.version, move.created_at, play.number AS play_number,
    credited.amount AS credited,
    (SELECT amount FROM balance WHERE balance.brand_id = move.brand_id AND balance.fan_id = move.fan_id) AS balance
FROM move
JOIN play ON play.brand_id = move.brand_id AND play.id = move.play_id
LEFT JOIN point_entry AS credited
    ON credited.brand_id = move.brand_id AND credited.fan_id = move.fan_id
   AND credited.key = 'move:' || move.play_id || ':' || move.number
WHERE move.brand_id = %(brand)s AND move.game_id = %(game)s AND move.fan_id = %(fan)s AND move.key = %(key)s
""")
