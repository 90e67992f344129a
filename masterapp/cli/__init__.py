"""The ``flask …`` commands."""

from __future__ import annotations

from flask import Flask

from masterapp.cli import brand, database, demo, draws, module, plays, prizes, worker


def init_app(app: Flask) -> None:
    """Register every command."""
    for room in (brand, database, demo, draws, module, plays, prizes, worker):
        app.cli.add_command(room.command)
