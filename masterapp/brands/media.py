"""Serves the brand's pictures under their signed addresses, for good: an address never shows anything else."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, current_app, request

from masterapp.brands import assets
from masterapp.brands.access import public

blueprint = Blueprint("media", __name__)
FOREVER = "public, max-age=31536000, immutable"


@lru_cache(maxsize=128)
def _reduced(named: assets.Named) -> bytes:
    """Keep the latest reductions at hand: all the fans of a game look at the same one."""
    asset = assets.find(named.brand_id, named.asset_id)
    return assets.pixelated(asset.content, named.blocks or 1)


@blueprint.get("/media/<token>")
@public
def picture(token: str) -> Response:
    """Answer with the picture a signed address names, whole or reduced."""
    named = assets.read_address(token, current_app.config["SETTINGS"].secret_key)
    response = Response(mimetype="image/webp")
    response.set_etag(token)
    response.headers["Cache-Control"] = FOREVER
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.if_none_match.contains(token):
        response.status_code = 304
        return response
    if named.blocks:
        response.data = _reduced(named)
    else:
        response.data = assets.find(named.brand_id, named.asset_id).content
    return response
