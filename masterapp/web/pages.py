"""Registers the pages of each audience, the module files and the signed pictures."""

from __future__ import annotations

import importlib
from typing import Any

from flask import Flask, Response

from masterapp.brands.access import public
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.registry import registry
from masterapp.web import assets


def _optional(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def init_app(app: Flask) -> None:
    """Register every blueprint that serves pages."""
    for name in (
        "masterapp.web.fan",
        "masterapp.web.fan.social",
        "masterapp.web.embed",
        "masterapp.web.demo",
        "masterapp.brands.media",
    ):
        room = _optional(name)
        if room is not None and hasattr(room, "blueprint") and room.blueprint.name not in app.blueprints:
            app.register_blueprint(room.blueprint)
    for name in ("masterapp.web.admin", "masterapp.web.staff"):
        room = _optional(name)
        if room is not None and hasattr(room, "register"):
            room.register(app)
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
