"""What people type or take out when a draw is held: the beacon's signature, the dice, the sample for an auditor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, request

from masterapp.brands.access import allow
from masterapp.db import db, now
from masterapp.draws import auditing, holding
from masterapp.errors import Refused
from masterapp.insight.table import as_csv
from masterapp.texts import translate as _
from masterapp.web.admin.draws import answered, blueprint, opened
from masterapp.web.admin.shell import MAKERS, desk

LONGEST_WITNESS = 200


def _held(work: Callable[[], Any]) -> Refused | None:
    """Do something that commits by itself; what it refuses comes back."""
    try:
        work()
    except Refused as refusal:
        db.rollback()
        return refusal
    return None


@blueprint.post("/draws/<uuid:draw_id>/beacon")
@allow(*MAKERS)
def paste(draw_id: UUID) -> Any:
    """Take the beacon's signature from somebody who copied it; it counts only if it is the round's."""
    draw, _campaign = opened(draw_id)
    member_id = desk().member.id
    text = request.form.get("signature", "")
    refusal = _held(lambda: holding.paste_round(draw, text, member_id=member_id))
    return answered(
        draw_id, refusal, _("The signature is right. The draw is being held: reload in a moment.")
    )


@blueprint.post("/draws/<uuid:draw_id>/dice")
@allow(*MAKERS)
def dice(draw_id: UUID) -> Any:
    """Record the dice that a witness saw; nobody can change them afterwards."""
    draw, _campaign = opened(draw_id)
    member_id = desk().member.id
    witness = " ".join(request.form.get("witness", "").replace("\0", "").split())
    rolls = request.form.get("rolls", "")[:1000]

    def work() -> None:
        if not 3 <= len(witness) <= LONGEST_WITNESS:
            sentence = _("Name the witness: who saw the dice, and in which office.")
            raise Refused("invalid", fields={"witness": [sentence]})
        holding.record_dice(draw, rolls, witness=witness, member_id=member_id)

    return answered(draw_id, _held(work), _("The dice are recorded."))


@blueprint.post("/draws/<uuid:draw_id>/audit.csv")
@allow("owner")
def audit(draw_id: UUID) -> Response:
    """Hand out who stands behind the certificate's sample, for an auditor; the public log says that it was opened."""
    draw, _campaign = opened(draw_id)
    opened_entries = auditing.open_sample(draw, at=now(), member_id=desk().member.id)
    heads = [
        _("Ticket"),
        _("Place in the list"),
        _("Tickets"),
        _("Fan no."),
        _("E-mail"),
        _("Tag"),
        _("Salt"),
        _("Identity"),
    ]
    rows = [
        (one.ticket, one.leaf, one.weight, one.number, one.email, one.tag, one.salt, one.identity)
        for one in opened_entries
    ]
    answer = Response(as_csv(heads, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{draw.id}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
