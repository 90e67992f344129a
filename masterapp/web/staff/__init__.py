"""The till: the pages of store staff, installed as an app and opening straight on the scanner."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the till's pages."""
    from masterapp.web.staff import pages

    app.register_blueprint(pages.blueprint)
