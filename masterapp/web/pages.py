"""Registers the pages of each audience, the module files and the signed pictures."""

from __future__ import annotations

from flask import Flask, Response

from masterapp.brands import media
from masterapp.brands.access import public
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.registry import registry
from masterapp.web import admin, assets, demo, embed, fan, staff
from masterapp.web.fan import policy


def init_app(app: Flask) -> None:
    """Register every blueprint that serves pages."""
    for room in (fan, embed, demo, media):
        app.register_blueprint(room.blueprint)
    app.register_blueprint(policy.root)
    for audience in (admin, staff):
        audience.register(app)
    app.add_url_rule("/modules/<slug>/<path:file>", view_func=module_file)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)


@public
def module_file(slug: str, file: str) -> Response:
    """Serve a file of a module's ``static`` folder."""
    if slug not in registry:
        raise Refused("not_found")
    return assets.serve_versioned(registry[slug].manifest.folder / "static", file)


@public
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@public
def readyz() -> Response:
    """The database answers and its schema is the one this code expects."""
    from alembic.script import ScriptDirectory
    from sqlalchemy import text

    from masterapp.db import alembic_config

    head = ScriptDirectory.from_config(alembic_config("postgresql://")).get_current_head()
    at = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if at != head:
        return Response(
            f"schema is at {at}, not {head}: run `flask db upgrade`\n", 503, mimetype="text/plain"
        )
    return Response("ready\n", mimetype="text/plain")
