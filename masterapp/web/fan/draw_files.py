"""What a sceptic downloads of a draw: its documents, the whole list, any proof, the log, and the two verifiers.

Everything here is public and names nobody: tags hide fans behind salts that only they hold.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, current_app, g, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from werkzeug.http import parse_range_header

from masterapp.brands import assets as pictures
from masterapp.brands.access import public
from masterapp.db import db
from masterapp.draws import certificate_pdf, lists, receipts, showing, tapping, verify_page
from masterapp.draws.keeping import Kept
from masterapp.draws.models import Draw, DrawDocument
from masterapp.draws.protocol.certificate import path_document
from masterapp.draws.protocol.entries import HEADER_SIZE, RECORD_SIZE, header
from masterapp.draws.protocol.stored import STORED_LEAVES
from masterapp.errors import Refused
from masterapp.exact import canonical
from masterapp.fairness import log
from masterapp.fairness.policy import verifier_hashes
from masterapp.limits import limiter
from masterapp.texts import LOCALES
from masterapp.web import assets
from masterapp.web.fan.frame import blueprint
from masterapp.web.fan.space import for_fan

#: What is fixed may be kept by anybody; what can still grow is asked for again soon.
FIXED, SOON = "public, max-age=3600", "public, max-age=10"
#: A proof reads a block; who checks many takes the whole list.
PROOF_PACE = "120 per minute"
LIST_PACE = "20 per minute"
LOG_PAGE = 500
#: The bytes of a stored block, and how many are sent at once: 3.6 MB.
BLOCK = STORED_LEAVES * RECORD_SIZE
AT_ONCE = 64
#: The modules of the offline verifier that the public page runs too.
CHECKS = frozenset({"bls", "exact", "isogeny", "mvd1", "report", "sources", "tree"})


_certificates: Kept[tuple[bytes, str]] = Kept(5, most=20)


def forget() -> None:
    """Look at everything again."""
    _certificates.forget()
    showing.forget()


def announced(draw_id: UUID) -> Draw:
    """Return a draw that is public. Raises ``not_found``."""
    return tapping.find(g.brand.id, draw_id)


def fixed(draw_id: UUID) -> Draw:
    """Return a draw whose list is fixed. Raises ``not_found``, ``draw_not_fixed``."""
    draw = announced(draw_id)
    lists.size_of(draw)
    return draw


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _document(
    content: bytes, name: str, kept: str, mimetype: str = "application/json", tag: str = ""
) -> Response:
    """Answer with a document under its own name, with a tag that follows from its bytes."""
    response = Response(content, mimetype=mimetype)
    response.set_etag(tag or _digest(content))
    response.headers["Cache-Control"] = kept
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.make_conditional(request)
    return response


@blueprint.get("/draws/<uuid:draw_id>/commitment.json")
@public
def draw_commitment(draw_id: UUID) -> Response:
    """The commitment, in the bytes that its fingerprint is made of."""
    draw = fixed(draw_id)
    assert draw.commitment is not None
    return _document(canonical.encode(draw.commitment), "commitment.json", FIXED)


@blueprint.get("/draws/<uuid:draw_id>/certificate.json")
@public
def draw_certificate(draw_id: UUID) -> Response:
    """The certificate, as it is stored; vacancies may still be added to it."""
    content, tag = _certificate(announced(draw_id))
    return _document(content, "certificate.json", SOON, tag=tag)


def _certificate(draw: Draw) -> tuple[bytes, str]:
    """Return the certificate and its tag; everybody asks for it in the second after the draw."""

    def read() -> tuple[bytes, str]:
        content = lists.document(draw, "certificate")
        if content is None:
            raise Refused("draw_not_held")
        return content, _digest(content)

    return _certificates.get(draw.id, read)


@blueprint.get("/draws/<uuid:draw_id>/certificate-<locale>.pdf")
@public
def draw_certificate_pdf(draw_id: UUID, locale: str) -> Response:
    """The certificate for people, made once for each state of it."""
    if locale not in LOCALES:
        raise Refused("not_found")
    draw = announced(draw_id)
    content, tag = _certificate(draw)
    name = f"certificate-{locale}-{tag[:16]}"
    made = lists.document(draw, name) or _make_pdf(draw, name, locale, content)
    return _document(made, f"certificate-{locale}.pdf", SOON, "application/pdf")


def _make_pdf(draw: Draw, name: str, locale: str, content: bytes) -> bytes:
    """Make the PDF of this state and drop that of the last one; who asks meanwhile waits and finds it."""
    turn = {"turn": f"{draw.id}:{name}"}
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:turn, 11))"), turn)
    made = lists.document(draw, name)
    if made is not None:
        return made
    logo = g.brand.theme.get("logo")
    made = certificate_pdf.pdf(
        canonical.decode(content),
        brand_name=g.brand.name,
        title=draw.title.get(locale) or next(iter(draw.title.values())),
        locale=locale,
        page_url=current_app.config["SETTINGS"].base_url
        + url_for("fan.draw_page", draw_id=draw.id),
        zone=ZoneInfo(g.brand.time_zone),
        logo=pictures.find(g.brand.id, logo).content if logo else None,
    )
    db.session.execute(
        delete(DrawDocument).where(
            DrawDocument.brand_id == draw.brand_id,
            DrawDocument.draw_id == draw.id,
            DrawDocument.name.startswith(f"certificate-{locale}-"),
        )
    )
    values = {"brand_id": draw.brand_id, "draw_id": draw.id, "name": name, "content": made}
    db.session.execute(insert(DrawDocument).values(values).on_conflict_do_nothing())
    return made


@blueprint.get("/draws/<uuid:draw_id>/entries.bin")
@limiter.limit(LIST_PACE)
@public
def draw_entries(draw_id: UUID) -> Response:
    """The whole list as it was fixed, or the bytes of it that are asked for; never held in memory at once."""
    draw = fixed(draw_id)
    assert draw.commitment is not None
    size, tag = lists.file_size(draw), draw.commitment["entries"]["file_sha256"]
    response = Response(mimetype="application/octet-stream")
    response.set_etag(tag)
    response.headers["Cache-Control"] = "public, max-age=86400, no-transform"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = 'attachment; filename="entries.bin"'
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.if_none_match.contains(tag):
        response.status_code = 304
        return response
    start, stop = _wanted(size, tag)
    if start is None:
        response.status_code = 416
        response.headers["Content-Range"] = f"bytes */{size}"
        return response
    if (start, stop) != (0, size):
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response.content_length = stop - start
    if request.method != "HEAD":
        response.response = _bytes_of(draw, start, stop)
    return response


def _wanted(size: int, tag: str) -> tuple[int | None, int]:
    """Return the first byte asked for and the one after the last; None for a part that does not exist."""
    asked = request.headers.get("Range")
    still = request.if_range.etag in (None, tag) and request.if_range.date is None
    ranges = parse_range_header(asked) if asked and still else None
    if ranges is None or ranges.units != "bytes" or len(ranges.ranges) != 1:
        return 0, size
    found = ranges.range_for_length(size)
    return found if found else (None, 0)


def _bytes_of(draw: Draw, start: int, stop: int) -> Iterator[bytes]:
    """Yield a part of ``entries.bin``. Each piece has a connection of its own: a slow reader holds none."""
    application = current_app._get_current_object()  # type: ignore[attr-defined]
    brand_id, draw_id = draw.brand_id, draw.id
    head = header(draw.id, lists.size_of(draw))

    def pieces() -> Iterator[bytes]:
        if start < HEADER_SIZE:
            yield head[start:stop]
        at = max(start, HEADER_SIZE)
        while at < stop:
            first, inside = divmod(at - HEADER_SIZE, BLOCK)
            many = min(AT_ONCE, math.ceil((inside + stop - at) / BLOCK))
            with application.app_context():
                found = lists.stored(brand_id, draw_id, first, many)
            piece = found[inside : inside + stop - at]
            if not piece:
                return
            yield piece
            at += len(piece)

    return pieces()


@blueprint.get("/draws/<uuid:draw_id>/proof/<tag>")
@limiter.limit(PROOF_PACE)
@public
def draw_proof(draw_id: UUID, tag: str) -> Response:
    """The record with this tag, its place, its path to the root and its tickets."""
    draw = fixed(draw_id)
    try:
        found = lists.leaf_of(draw, canonical.unhex(tag, 32))
    except ValueError:
        found = None
    if found is None:
        raise Refused("not_found")
    assert draw.commitment is not None
    entries = draw.commitment["entries"]
    first = found.first_ticket + 1
    proof = {
        "draw_id": str(draw.id),
        "entries": {name: entries[name] for name in ("n", "W", "root")},
        "leaf": found.index,
        "record": found.record.hex(),
        "path": path_document(found.path),
        "weight": str(found.weight),
        "class": found.kind,
        "first": str(first) if found.weight else None,
        "last": str(first + found.weight - 1) if found.weight else None,
    }
    return _document(canonical.encode(proof), f"proof-{tag[:12]}.json", FIXED)


@blueprint.get("/draws/<uuid:draw_id>/log.json")
@public
def draw_log(draw_id: UUID) -> Response:
    """What the brand's log says of the draw."""
    content = canonical.encode({"records": showing.records(announced(draw_id))})
    return _document(content, "log.json", SOON)


@blueprint.get("/draws/log.json")
@limiter.limit(PROOF_PACE)
@public
def brand_log() -> Response:
    """The brand's whole log, a page at a time: ``?from=`` is the number of the first record."""
    asked = request.args.get("from", "0")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 15:
        raise Refused("not_found")
    found = log.since(g.brand.id, int(asked), LOG_PAGE)
    more = found[-1].seq + 1 if len(found) == LOG_PAGE else None
    page = {
        "records": [showing.public_record(one) for one in found],
        "next": None if more is None else f"{url_for('fan.brand_log')}?from={more}",
    }
    return _document(canonical.encode(page), "log.json", SOON)


@blueprint.get("/draws/<uuid:draw_id>/ticket.json")
@for_fan
def my_ticket_file(draw_id: UUID) -> Response:
    """The fan's own ticket document: private, it names them."""
    return _private(lists.ticket_of(announced(draw_id), g.fan.id), "ticket")


@blueprint.get("/draws/<uuid:draw_id>/receipt.json")
@for_fan
def my_receipt_file(draw_id: UUID) -> Response:
    """The fan's own signed receipt: private, its salt opens the tag."""
    return _private(receipts.receipt_of(announced(draw_id), g.fan.id), "receipt")


def _private(document: dict[str, Any], name: str) -> Response:
    response = Response(canonical.encode(document), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@lru_cache(maxsize=1)
def _verifier_policy() -> str:
    return f"{verify_page.policy()}; frame-ancestors 'none'"


@public
def verifier(name: str) -> Response:
    """A verifier: the page opens here under its own policy and works offline when kept; the program downloads."""
    if name not in verifier_hashes():
        raise Refused("not_found")
    response = assets.serve(verify_page.VERIFY, name)
    if name == "verify.html":
        response.headers["Content-Security-Policy"] = _verifier_policy()
    else:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public
def check_module(file: str) -> Response:
    """A module of the verifier's own code, for the page of a draw."""
    if file.rpartition("/")[2].removesuffix(".js") not in CHECKS:
        raise Refused("not_found")
    return assets.serve_versioned(verify_page.HERE, file)


def check_address() -> str:
    """Return where the modules are, with their version."""
    return f"/verify/check/v-{assets.current_version(verify_page.HERE)}/"


def _register(state: BlueprintSetupState) -> None:
    """These two have the same address for all brands."""
    state.app.add_url_rule("/verify/<name>", view_func=verifier)
    state.app.add_url_rule("/verify/check/<path:file>", view_func=check_module)


blueprint.record_once(_register)
