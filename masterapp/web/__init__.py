"""The pages people see, by audience: fan, embed, admin and staff; and what their templates share."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader

from masterapp.web import assets, headers, ui

TEMPLATES = Path(__file__).parent / "templates"


def init_app(app: Flask) -> None:
    """Give every template the shared macros, icons and asset addresses, and every answer its headers."""
    shared = FileSystemLoader(TEMPLATES)
    app.jinja_loader = ChoiceLoader([loader for loader in (shared, app.jinja_loader) if loader])
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    assets.init_app(app)
    ui.init_app(app)
    headers.init_app(app)
