"""Addresses that Facebook calls when somebody removes the app there, and the page that tells them what was deleted."""

from __future__ import annotations

from flask import Response, current_app, g, jsonify, render_template, request, url_for

from masterapp.brands.access import public, public_post
from masterapp.db import now
from masterapp.errors import Refused
from masterapp.identity.providers import Provider, providers_of
from masterapp.identity.unlinking import make_receipt, read_receipt, read_signed_request, unlink
from masterapp.limits import limiter
from masterapp.web.fan.frame import blueprint

PACE = "60 per minute"


def _unlink(name: str) -> Provider:
    provider = providers_of(g.brand.slug).get(name)
    if provider is None or provider.kind != "facebook":
        raise Refused("not_found")
    unlink(
        g.brand.id, provider, read_signed_request(request.form.get("signed_request", ""), provider)
    )
    return provider


@blueprint.post("/sign-in/<provider>/deauthorisation")
@limiter.limit(PACE)
@public_post
def deauthorise(provider: str) -> Response:
    """Somebody removed the app: their identity no longer opens anything."""
    _unlink(provider)
    return Response(status=204)


@blueprint.post("/sign-in/<provider>/deletion")
@limiter.limit(PACE)
@public_post
def delete_data(provider: str) -> Response:
    """Somebody wants what came from Facebook deleted: it is, and the answer leads to a page that says so."""
    _unlink(provider)
    receipt = make_receipt(g.brand.id, at=now())
    base: str = current_app.config["SETTINGS"].base_url
    page = url_for("fan.deletion_page", provider=provider, receipt=receipt)
    return jsonify(url=base + page, confirmation_code=receipt)


@blueprint.get("/sign-in/<provider>/deletion/<receipt>")
@public
def deletion_page(provider: str, receipt: str) -> str:
    """Tell what was deleted, when, and what stays and why."""
    found = providers_of(g.brand.slug).get(provider)
    if found is None:
        raise Refused("not_found")
    done_at = read_receipt(g.brand.id, receipt)
    return render_template("fan/deletion.html", provider=found, receipt=receipt, done_at=done_at)
