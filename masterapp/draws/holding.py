"""Holding a draw: its chance is revealed, the numbers follow, and the result is written once and for ever.

Two steps, each in a transaction of its own and each found done when it runs again: the revealed sources are kept, then
the drawing is carried out. Nothing here can be chosen: the list, the order and the round were committed to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from masterapp.db import db, new_id, now
from masterapp.draws import lists, service
from masterapp.draws.models import HELD, Draw, DrawDocument, DrawWinner
from masterapp.draws.protocol.builder import starts_of
from masterapp.draws.protocol.certificate import assemble, run
from masterapp.draws.protocol.drawing import Drawing, Slot
from masterapp.draws.protocol.entries import RECORD_SIZE
from masterapp.draws.protocol.entropy import encode
from masterapp.draws.protocol.stored import STORED_LEAVES
from masterapp.draws.protocol.tree import Node
from masterapp.errors import Refused
from masterapp.exact import canonical
from masterapp.exact.faults import ProtocolError
from masterapp.fairness import beacon
from masterapp.fairness.log import head
from masterapp.fairness.policy import verifier_hashes
from masterapp.jobs import jobs

log = structlog.get_logger(__name__)

#: Pauses between two looks for a round that nobody has: seconds at first, minutes later, for as long as it takes.
PAUSES = tuple(timedelta(seconds=s) for s in (3, 5, 10, 30, 60, 120, 300))

_OWNERS = """
SELECT tag, fan_id FROM draw_entry WHERE brand_id = %(brand)s AND draw_id = %(draw)s AND tag = ANY(%(tags)s)
"""


def hold(brand_id: UUID, draw_id: UUID, attempt: int = 0, at: datetime | None = None) -> None:
    """Reveal and draw, if it is time; when something is missing, look again later and say what."""
    at = at or now()
    draw = service.find(brand_id, draw_id)
    if draw.state != "committed" or draw.draws_at is None or at < draw.draws_at:
        return
    trouble = ""
    if draw.revealed is None:
        trouble = _ask_beacon(draw, at)
    if not trouble:
        trouble = _carry_out(brand_id, draw_id, at)
    if trouble:
        _look_again(draw, trouble, attempt, at)


def _look_again(draw: Draw, trouble: str, attempt: int, at: datetime) -> None:
    with db.transaction():
        locked = service.find(draw.brand_id, draw.id, lock=True)
        locked.trouble = trouble
        jobs.defer(
            "hold_draw",
            at=at + PAUSES[min(attempt, len(PAUSES) - 1)],
            brand_id=str(draw.brand_id),
            draw_id=str(draw.id),
            attempt=attempt + 1,
        )


def announced(draw: Draw) -> list[dict[str, Any]]:
    """Return the announced sources of chance."""
    assert draw.commitment is not None
    return [dict(source) for source in draw.commitment["entropy"]]


def _ask_beacon(draw: Draw, at: datetime) -> str:
    """Keep the beacon's round; return what is missing, or nothing."""
    sources = announced(draw)
    promised = sources[-1]
    if promised["type"] != "drand":
        return "dice_missing"
    if len(sources) > 1 and not draw.dice:
        return "dice_missing"
    try:
        found = beacon.obtain(promised["round"], at=at, chain=beacon.chain_of(promised["chain"]))
    except beacon.BeaconUnavailable as reasons:
        log.warning("beacon_unavailable", draw_id=str(draw.id), reasons=reasons.reasons)
        return "beacon"
    keep_round(draw, found, at=at, member_id=None)
    return ""


def keep_round(draw: Draw, found: beacon.Round, *, at: datetime, member_id: UUID | None) -> None:
    """Keep a verified round as the draw's chance. The value is what it is: whoever brings it does not matter."""
    with db.transaction():
        draw = service.find(draw.brand_id, draw.id, lock=True)
        if draw.state != "committed" or draw.revealed is not None:
            return
        draw.revealed = [*([draw.dice] if draw.dice else []), found.source()]
        data = {"draw_id": str(draw.id), "round": found.number, "signature": found.signature.hex()}
        service.put_on_record(draw, "draw_beacon", data, at, member_id)


def paste_round(draw: Draw, text: str, *, member_id: UUID | None) -> None:
    """Take a round from somebody who copied it, if its signature is right, and go on with the draw."""
    if draw.state != "committed" or draw.commitment is None:
        raise Refused("draw_not_fixed" if draw.commitment is None else "draw_is_fixed")
    promised = announced(draw)[-1]
    if promised["type"] != "drand":
        raise Refused("draw_is_fixed")
    if len(announced(draw)) > 1 and not draw.dice:
        raise Refused("dice_wrong", count=40)
    chain = beacon.chain_of(promised["chain"])
    try:
        found = beacon.accept(text[:10_000], promised["round"], chain)
    except ProtocolError:
        raise Refused(
            "beacon_wrong", round=promised["round"], fields={"signature": [_wrong(promised)]}
        ) from None
    keep_round(draw, found, at=now(), member_id=member_id)
    _go_on(draw)


def _wrong(promised: dict[str, Any]) -> str:
    return Refused("beacon_wrong", round=promised["round"]).message


def record_dice(draw: Draw, rolls: str, *, witness: str, member_id: UUID) -> None:
    """Record what witnesses saw rolled: before the round where both count, or as the fallback after three days."""
    rolls = "".join(rolls.split())
    with db.transaction():
        draw = service.find(draw.brand_id, draw.id, lock=True)
        if draw.state != "committed" or draw.commitment is None:
            raise Refused("draw_not_fixed" if draw.commitment is None else "draw_is_fixed")
        sources, at = announced(draw), now()
        spec = next((one for one in sources if one["type"] == "dice"), None)
        beside_beacon = spec is not None and len(sources) > 1
        if spec is None or (beside_beacon and _is_out(draw, at)):
            spec = _fallback(draw, at)
            beside_beacon = False
        source = {**spec, "rolls": rolls}
        try:
            encode(source)
        except ProtocolError:
            raise Refused(
                "dice_wrong",
                count=40,
                fields={"rolls": [Refused("dice_wrong", count=40).message]},
            ) from None
        data = {"draw_id": str(draw.id), "rolls": rolls, "witness": witness[:200]}
        if beside_beacon:
            if draw.dice is not None:
                raise Refused("draw_is_fixed")
            draw.dice = source
        elif draw.revealed is None:
            draw.revealed = [source]
        else:
            raise Refused("draw_is_fixed")
        service.put_on_record(draw, "draw_dice", data, at, member_id)
    _go_on(draw)


def _is_out(draw: Draw, at: datetime) -> bool:
    assert draw.draws_at is not None
    return at >= draw.draws_at


def _fallback(draw: Draw, at: datetime) -> dict[str, Any]:
    """The announced fallback, once the announced hours have passed without a beacon. Raises ``dice_late`` before."""
    assert draw.commitment is not None
    assert draw.draws_at is not None
    fallback = draw.commitment.get("fallback")
    if fallback is None or draw.revealed is not None:
        raise Refused("draw_is_fixed")
    if at < draw.draws_at + timedelta(hours=fallback["after_hours"]):
        raise Refused("dice_late")
    return dict(fallback["entropy"][0])


def fallback_from(draw: Draw) -> datetime | None:
    """Return from when on the dice may replace the beacon, if they may."""
    if draw.commitment is None or draw.draws_at is None or "fallback" not in draw.commitment:
        return None
    return draw.draws_at + timedelta(hours=draw.commitment["fallback"]["after_hours"])


def _go_on(draw: Draw) -> None:
    with db.transaction():
        jobs.defer("hold_draw", brand_id=str(draw.brand_id), draw_id=str(draw.id))


def _carry_out(brand_id: UUID, draw_id: UUID, at: datetime) -> str:
    """Draw, and keep the certificate and the winners. Return what has to come first, or nothing."""
    with db.transaction():
        draw = service.find(brand_id, draw_id, lock=True)
        if draw.state != "committed" or draw.revealed is None or draw.commitment is None:
            return ""
        earlier = [
            service.find(brand_id, UUID(one)) for one in draw.commitment["exclude_winners_of"]
        ]
        if any(one.state == "committed" for one in earlier):
            return "earlier_draw"
        prior = {group for one in earlier for group in winners_groups(one)}
        starts = starts_of(lists.blocks(draw))
        chunks: dict[int, bytes] = {}

        def chunk(index: int) -> bytes:
            number = index // STORED_LEAVES
            if number not in chunks:
                chunks[number] = lists.chunk_at(draw, index)
            return chunks[number]

        def record(index: int) -> bytes:
            start = index % STORED_LEAVES * RECORD_SIZE
            return chunk(index)[start : start + RECORD_SIZE]

        cells = lists.document(draw, "tree") or b""

        def path(index: int) -> Sequence[Node]:
            return lists.path_of(draw, index, chunk(index), cells)

        drawing = run(draw.commitment, draw.revealed, starts, record, prior)
        certificate = assemble(
            draw.commitment, draw.revealed, drawing, path, prior, more=_for_people(draw)
        )
        _keep(draw, drawing, certificate, at)
    return ""


def _for_people(draw: Draw) -> dict[str, Any]:
    """What a certificate says beside the protocol: who dated the commitment, the log so far, and the verifiers."""
    return {
        "timestamps": draw.timestamps,
        "log_head": head(draw.brand_id).hex(),
        "verifiers": verifier_hashes(),
        "labels": [],
    }


def _keep(draw: Draw, drawing: Drawing, certificate: dict[str, Any], at: datetime) -> None:
    content = canonical.encode(certificate)
    db.session.add(
        DrawDocument(brand_id=draw.brand_id, draw_id=draw.id, name="certificate", content=content)
    )
    filled = [step for step in drawing.steps if isinstance(step.status, Slot)]
    names = {
        "brand": draw.brand_id,
        "draw": draw.id,
        "tags": [step.record[:32] for step in filled],
    }
    owners = {bytes(tag): fan for tag, fan in db.driver.execute(_OWNERS, names).fetchall()}
    for step in filled:
        slot = step.status
        assert isinstance(slot, Slot)
        db.session.add(
            DrawWinner(
                brand_id=draw.brand_id,
                id=new_id(),
                draw_id=draw.id,
                fan_id=owners[step.record[:32]],
                prize=slot.prize,
                kind=slot.kind,
                rank=slot.rank,
                step=step.place,
                ticket=step.ticket + 1,
                leaf=step.leaf,
            )
        )
    draw.state, draw.drawn_at, draw.trouble = "drawn", at, ""
    data = {
        "draw_id": str(draw.id),
        "seed": certificate["seed"],
        "level": certificate["level"],
        "numbers": [one["ticket"] for one in certificate["draws"]][:1000],
        "unfilled": len(certificate["unfilled"]),
    }
    service.put_on_record(draw, "draw_result", data, at, None)
    jobs.defer("tell_winners", brand_id=str(draw.brand_id), draw_id=str(draw.id))


def winners_groups(draw: Draw) -> set[bytes]:
    """Return the groups that won in a draw that was held; empty for one that was not."""
    content = lists.document(draw, "certificate") if draw.state in HELD else None
    if content is None:
        return set()
    steps = canonical.decode(content)["draws"]
    return {bytes.fromhex(step["record"])[32:48] for step in steps if step["status"][1] == "winner"}
