"""Receipts for entrants: the state of an entry after its last change, signed with the brand's key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from masterapp.db import db
from masterapp.draws import entering
from masterapp.draws.models import Draw
from masterapp.draws.protocol.receipt import Receipt
from masterapp.draws.terms import Terms
from masterapp.errors import Refused
from masterapp.exact.log import GENESIS
from masterapp.exact.times import written
from masterapp.fairness import signing

#: The head of the brand's log at a moment; found from the end, where a receipt's moment nearly always is.
_HEAD_AT = """
SELECT hash FROM fairness_log WHERE brand_id = %(brand)s AND record ->> 'ts' <= %(ts)s ORDER BY seq DESC LIMIT 1
"""


def receipt_of(draw: Draw, fan_id: UUID) -> dict[str, Any]:
    """Return the signed receipt of the fan's entry; the same bytes every time until the entry changes.

    Raises ``not_found`` for somebody who never was in the draw.
    """
    entry = entering.mine(draw, fan_id)
    if entry is None or entry.salt is None:
        raise Refused("not_found")
    moment = int(entry.changed_at.timestamp())
    names = {"brand": draw.brand_id, "ts": written(moment)}
    row = db.driver.execute(_HEAD_AT, names, binary=True).fetchone()
    receipt = Receipt(
        draw_id=draw.id,
        seq=entry.seq,
        tag=bytes(entry.tag),
        salt=bytes(entry.salt),
        weight=entering.weight_of(entry, Terms.of(draw.terms)),
        entry_class=entry.verdict,
        at=moment,
        log_head=bytes(row[0]) if row else GENESIS,
    )
    return signing.sign(draw.brand_id, receipt.document())
