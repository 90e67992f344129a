"""What sceptics fetch: the installation's policy, the verifiers and their specification, and each brand's log."""

from __future__ import annotations

import re
from functools import lru_cache

from flask import Blueprint, Response, current_app, g, jsonify, request
from sqlalchemy import select

from masterapp.brands.access import public
from masterapp.brands.models import Brand
from masterapp.db import db
from masterapp.draws import verify_page
from masterapp.errors import Refused
from masterapp.fairness import beacon, log, signing
from masterapp.fairness import policy as fairness_policy
from masterapp.web.assets import BRIEFLY, serve
from masterapp.web.fan.frame import blueprint

root = Blueprint("fairness", __name__)
MOST_RECORDS = 500


@root.get("/.well-known/masterapp-fairness.json")
@public
def policy() -> Response:
    """Protocols, beacon, the brands' keys, logs, verifiers and specification of this installation."""
    brands = db.session.execute(select(Brand.slug, Brand.id))
    keys = {slug: signing.public_key(brand_id) for slug, brand_id in brands}
    base_url = current_app.config["SETTINGS"].base_url
    return _for_all(jsonify(fairness_policy.document(base_url, keys, beacon.current_chain())))


@root.get("/verify/<name>")
@public
def verifier(name: str) -> Response:
    """A verifier as it was published, or the specification; the page comes with its own policy for its own script."""
    if name == "fairness.md":
        response = serve(fairness_policy.SPECIFICATION.parent, name)
        response.mimetype = "text/markdown"
    elif name in fairness_policy.VERIFIERS:
        response = serve(fairness_policy.VERIFIERS[name].parent, name)
    else:
        raise Refused("not_found")
    if name == "verify.html":
        response.headers["Content-Security-Policy"] = _page_policy()
    return response


@lru_cache
def _page_policy() -> str:
    return f"{verify_page.policy()}; frame-ancestors 'none'"


@blueprint.get("/log.json")
@public
def log_json() -> Response:
    """The brand's log from record ``from`` on, each with its hash and what it is about; ``next`` goes on."""
    asked = request.args.get("from", "0")
    if not re.fullmatch("[0-9]{1,15}", asked):
        raise Refused("not_found")
    rows = log.since(g.brand.id, int(asked), MOST_RECORDS)
    records = [{"record": one.record, "hash": one.hash.hex(), "data": one.data} for one in rows]
    last = rows[-1].seq + 1 if len(rows) == MOST_RECORDS else None
    return _for_all(jsonify(records=records, next=last, head=log.head(g.brand.id).hex()))


def _for_all(response: Response) -> Response:
    """Let pages of any site read it, so that others can watch."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = BRIEFLY
    return response
