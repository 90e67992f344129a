"""The marketer's desk: every page under /admin, and the one function that registers them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

#: The desk's rooms, each with a ``blueprint``.
PAGES = (
    "shell",
    "campaigns",
    "games",
    "prizes",
    "moments",
    "decisions",
    "draws",
    "draw_making",
    "draw_review",
    "draw_holding",
    "winners",
    "handing",
    "planning",
    "preview",
    "pictures",
    "brand",
    "stores",
    "audit",
    "sign_in",
    "members",
    "fans",
    "offers",
    "exclusions",
    "rehearsing",
)


def register(app: Flask) -> None:
    """Register every page of the desk, and what their templates share."""
    from masterapp.web.admin import shell

    names = [f"{__name__}.{name}" for name in PAGES]
    # All are imported before the first is registered: some pages share a blueprint.
    for page in [import_module(name) for name in names if find_spec(name)]:
        blueprint = page.blueprint
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    shell.init_app(app)
