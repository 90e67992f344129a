"""The commitment of a draw: all it depends on, in one document with one fingerprint, before its chance exists."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import metadata
from typing import Any

from sqlalchemy import select

from masterapp.campaigns.models import Campaign
from masterapp.db import db
from masterapp.draws import service
from masterapp.draws.models import HELD, Draw, DrawDocument
from masterapp.draws.protocol.builder import BuiltTree
from masterapp.draws.protocol.commitment import commit_hash, human_code, read_commitment
from masterapp.draws.terms import FALLBACK, Terms
from masterapp.exact import canonical
from masterapp.exact.times import moment
from masterapp.fairness import beacon, log
from masterapp.fairness.log import in_nfc
from masterapp.jobs import jobs
from masterapp.texts import DEFAULT_LOCALE

#: The least time between the end of the work and the round.
MARGIN = timedelta(minutes=1)


def round_of(draw: Draw) -> int:
    """Return the beacon's round that the time of the draw fixes."""
    assert draw.draws_at is not None
    return beacon.current_chain().first_round_at(moment(service.instant(draw.draws_at)))


def make(draw: Draw, tree: BuiltTree, now: datetime) -> None:
    """Keep the tree, promise the draw and plan it. A draw that is late is put off first, and the log says so."""
    _put_off_when_late(draw, now)
    document = _document(draw, tree)
    read_commitment(document)
    fingerprint = commit_hash(document)
    draw.commitment, draw.commit_hash = document, fingerprint
    draw.state, draw.committed_at = "committed", now
    db.session.add(
        DrawDocument(
            brand_id=draw.brand_id, draw_id=draw.id, name="tree", content=tree.stored.cells
        )
    )
    data = {
        "draw_id": str(draw.id),
        "commit_hash": fingerprint.hex(),
        "code": human_code(fingerprint),
        "root": tree.root.hex(),
        "n": tree.count,
        "W": str(tree.total),
        "draw_at": document["draw_at"],
        "entropy": document["entropy"],
    }
    service.put_on_record(draw, "draw_committed", data, now, None)
    names = {"brand_id": str(draw.brand_id), "draw_id": str(draw.id)}
    jobs.defer("date_commitment", **names)
    jobs.defer("tell_entrants", **names)
    assert draw.draws_at is not None
    jobs.defer("hold_draw", at=draw.draws_at + service.AFTER_ROUND, **names)


def code_of(draw: Draw) -> str:
    """Return the code that people compare, or nothing before the commitment."""
    return human_code(draw.commit_hash) if draw.commit_hash else ""


def _put_off_when_late(draw: Draw, now: datetime) -> None:
    """A commitment must come before the round it names: when the work was late, the draw moves by the same notice."""
    assert draw.commits_at is not None
    assert draw.draws_at is not None
    draw.draws_at = draw.draws_at.replace(microsecond=0)
    if now + MARGIN <= draw.draws_at:
        return
    notice = max(draw.draws_at - draw.commits_at, service.LEAST_NOTICE)
    draw.draws_at = (now + notice).replace(microsecond=0)
    data = {
        "draw_id": str(draw.id),
        "draws_at": service.instant(draw.draws_at),
        "why": "the commitment was late",
    }
    service.put_on_record(draw, "draw_postponed", data, now, None)


def _document(draw: Draw, tree: BuiltTree) -> dict[str, Any]:
    campaign = db.session.get_one(Campaign, (draw.brand_id, draw.campaign_id))
    terms = Terms.of(draw.terms)
    document: dict[str, Any] = {
        "v": "MVD1",
        "draw_id": str(draw.id),
        "campaign": campaign.slug,
        "title": plain(draw.title),
        "rules_sha256": hashlib.sha256(canonical.encode(in_nfc(campaign.rules))).hexdigest(),
        "terms_sha256": hashlib.sha256(
            canonical.encode(in_nfc(service.public_terms(draw)))
        ).hexdigest(),
        "entries": {
            "n": tree.count,
            "W": str(tree.total),
            "root": tree.root.hex(),
            "file_sha256": tree.file_sha256,
            "classes": tree.classes,
        },
        "closed_at": service.instant(draw.closes_at),
        "draw_at": service.instant(draw.draws_at),
        "prizes": [
            {
                "id": prize["id"],
                "label": plain(prize["label"]),
                "qty": prize["qty"],
                "alternates": prize["alternates"],
            }
            for prize in draw.prizes
        ],
        "max_per_group": terms.most_per_unit,
        "exclude_winners_of": _earlier(draw) if terms.excludes else [],
        "entropy": terms.entropy(beacon.current_chain(), round_of(draw)),
        "audit": {"sample": terms.sample},
        "engine": {"name": "masterapp", "version": metadata_version()},
        "log_head": log.head(draw.brand_id).hex(),
    }
    if terms.chance != "dice":
        document["fallback"] = FALLBACK
    if draw.source == "tier":
        document["gauge"] = {"threshold": terms.threshold}
    return document


def _earlier(draw: Draw) -> list[str]:
    """The draws of the campaign that are held before this one: their winners are passed over."""
    rows = select(Draw.id).where(
        Draw.brand_id == draw.brand_id,
        Draw.campaign_id == draw.campaign_id,
        Draw.id != draw.id,
        Draw.state.in_(("committed", *HELD)),
        Draw.draws_at <= draw.draws_at,
    )
    return sorted(str(one) for one in db.session.scalars(rows))


def plain(localised: Mapping[str, str]) -> str:
    """Return a text in one language as the documents carry it: Unicode form NFC."""
    text = localised.get(DEFAULT_LOCALE) or next(iter(localised.values()), "")
    return unicodedata.normalize("NFC", text)


def metadata_version() -> str:
    """Return the version of this program."""
    try:
        return metadata.version("masterapp")
    except metadata.PackageNotFoundError:
        return "0.1.0"
