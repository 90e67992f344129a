"""The ``flask …`` commands."""

from __future__ import annotations

import importlib

from flask import Flask

#: Each of these files holds one click command or group with the file's name.
COMMANDS = ("database", "demo", "draws", "module", "plays", "worker")


def init_app(app: Flask) -> None:
    """Register every command."""
    for name in COMMANDS:
        try:
            room = importlib.import_module(f"masterapp.cli.{name}")
        except ModuleNotFoundError:
            continue
        app.cli.add_command(room.command)
