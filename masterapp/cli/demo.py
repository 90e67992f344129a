"""``flask demo``: write the demo's world, or throw it away and write it afresh."""

from __future__ import annotations

import time

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from masterapp.brands.models import Brand
from masterapp.campaigns.models import Campaign
from masterapp.db import db
from masterapp.demo import world
from masterapp.demo.lots import Lots
from masterapp.demo.seed import DemoWorld

command = AppGroup("demo", help="The demo's world.")


@command.command("seed")
@click.option("--fans", default=world.FANS, show_default=True, help="How many fans live in it.")
def seed(fans: int) -> None:
    """Write the demo's world unless it is there, and say who can sign in."""
    if db.session.scalar(select(Brand.id).where(Brand.slug == world.SLUG)) is None:
        _write(fans)
    _allow_host_site()
    _introduce()


@command.command("reset")
@click.option("--fans", default=world.FANS, show_default=True, help="How many fans live in it.")
def reset(fans: int) -> None:
    """Throw the demo's world away and write it afresh; other brands are left alone."""
    with db.transaction() as session:
        brand = session.scalar(select(Brand).where(Brand.slug == world.SLUG))
        if brand is not None:
            # Prizes refer to offers and keep them from being deleted first.
            db.driver.execute("DELETE FROM prize WHERE brand_id = %s", (brand.id,))
            db.driver.execute("DELETE FROM brand WHERE id = %s", (brand.id,))
    _write(fans)
    _allow_host_site()
    _introduce()


def _allow_host_site() -> None:
    """Let the demo's games be embedded where the host site really is: a busy port moves it."""
    origin = current_app.config["SETTINGS"].host_url.rstrip("/")
    if not origin:
        return
    with db.transaction() as session:
        brand = session.scalar(select(Brand.id).where(Brand.slug == world.SLUG))
        for campaign in session.scalars(select(Campaign).where(Campaign.brand_id == brand)):
            if origin not in campaign.origins:
                campaign.origins = [*campaign.origins, origin]


def _write(fans: int) -> None:
    begin = time.perf_counter()
    with db.transaction():
        DemoWorld(fans).write()
    Lots().write()
    with db.engine.connect() as connection:
        # Fresh statistics: without them the first dashboards would be planned blindly.
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    click.echo(
        f"The demo's world was written in {time.perf_counter() - begin:.0f} seconds.", err=True
    )


def _introduce() -> None:
    base = current_app.config["SETTINGS"].base_url
    click.echo(f"  {world.NAME}, fan pages       {base}/play/{world.SLUG}/")
    for email, name, role, _ in world.MEMBERS:
        place = "staff" if role in ("store_manager", "cashier") else "admin"
        click.echo(f"  {role:<14} {email:<28} {base}/{place}/  ({name})")
    click.echo(f"  password of all of them     {world.PASSWORD}")
