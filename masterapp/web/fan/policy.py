"""What strangers begin with: the policy of the installation and the specification; verifiers are in ``draw_files``."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import select

from masterapp.brands.access import public
from masterapp.brands.models import Brand
from masterapp.db import db
from masterapp.fairness import beacon, signing
from masterapp.fairness import policy as fairness_policy
from masterapp.web.assets import BRIEFLY, serve

root = Blueprint("fairness", __name__)


@root.get("/.well-known/masterapp-fairness.json")
@public
def policy() -> Response:
    """Protocols, beacon, the brands' keys, logs, verifiers and specification of this installation."""
    brands = db.session.execute(select(Brand.slug, Brand.id))
    keys = {slug: signing.public_key(brand_id) for slug, brand_id in brands}
    base_url = current_app.config["SETTINGS"].base_url
    response = jsonify(fairness_policy.document(base_url, keys, beacon.current_chain()))
    # Pages of any site may read it, so that others can watch.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = BRIEFLY
    return response


@root.get("/verify/fairness.md")
@public
def specification() -> Response:
    """The specification as it stands with this version of the verifiers."""
    path = fairness_policy.SPECIFICATION
    response = serve(path.parent, path.name)
    response.mimetype = "text/markdown"
    return response
