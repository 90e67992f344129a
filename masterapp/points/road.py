"""The ledger's part of the road of a play: the entry, and the balance beside it, in the play's own statement."""

from __future__ import annotations

from masterapp.sql import Clause

_ENTRY = """
INSERT INTO point_entry (brand_id, id, fan_id, amount, reason, label, key, game_id, created_at)
SELECT %(brand)s, %(entry)s, %(fan)s, amount, 'play', %(label)s, %(entry_key)s, %(game)s, %(now)s
FROM (SELECT {amount} AS amount) AS due WHERE amount > 0
RETURNING amount
"""

_BALANCE = """
INSERT INTO balance AS kept (brand_id, fan_id, amount, earned, changed_at)
SELECT %(brand)s, %(fan)s, amount, amount, %(now)s FROM credited
ON CONFLICT (brand_id, fan_id) DO UPDATE
SET amount = kept.amount + excluded.amount, earned = kept.earned + excluded.earned, changed_at = excluded.changed_at
RETURNING amount
"""

BALANCE = Clause("balanced", _BALANCE)
#: Credits ``points``.
CREDIT = [Clause("credited", _ENTRY.format(amount="%(points)s::bigint")), BALANCE]
#: Credits ``points``, and ``consolation`` too when no winning moment was claimed.
CREDIT_OR_CONSOLE = [
    Clause(
        "credited",
        _ENTRY.format(
            amount="%(points)s::bigint"
            " + CASE WHEN EXISTS (SELECT FROM granted) THEN 0 ELSE %(consolation)s::bigint END"
        ),
    ),
    BALANCE,
]
