"""``flask db``: bring the schema to the newest version, or show where it is."""

from __future__ import annotations

import click
from alembic import command as alembic
from flask import current_app
from flask.cli import AppGroup

from masterapp.db import alembic_config, upgrade

command = AppGroup("db", help="The database schema.")


@command.command("upgrade")
@click.argument("revision", default="head")
def upgrade_schema(revision: str) -> None:
    """Bring the schema to REVISION (the newest when none is given)."""
    upgrade(current_app.config["SETTINGS"].libpq_url, revision)


@command.command("downgrade")
@click.argument("revision")
def downgrade_schema(revision: str) -> None:
    """Take the schema back to REVISION."""
    alembic.downgrade(alembic_config(current_app.config["SETTINGS"].libpq_url), revision)


@command.command("current")
def current() -> None:
    """Show the revision the database is at."""
    config = alembic_config(current_app.config["SETTINGS"].libpq_url)
    alembic.current(config)


@command.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """Write a new migration from the difference between models and database."""
    config = alembic_config(current_app.config["SETTINGS"].libpq_url)
    alembic.revision(config, message=message, autogenerate=True)
