"""``flask plays``: judge recorded plays again."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import AppGroup

from masterapp.plays.verification import verify

command = AppGroup("plays", help="Plays that were made.")


@command.command("verify")
@click.option("--brand", type=UUID, help="Only this brand.")
@click.option("--game", type=UUID, help="Only this game.")
def verify_plays(brand: UUID | None, game: UUID | None) -> None:
    """Judge every recorded move again; exit with 1 when one comes out differently."""
    judged = differing = 0
    for difference in verify(brand, game):
        judged += 1
        if difference is not None:
            differing += 1
            if differing <= 20:
                click.echo(
                    f"play {difference.play_id}, move {difference.number}: {difference.what}"
                )
    click.echo(f"{judged} moves judged again, {differing} came out differently.")
    if differing:
        raise SystemExit(1)
