"""``flask prizes``: check what a game has published about its winning moments."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from masterapp.exact import canonical
from masterapp.exact.faults import ProtocolError
from masterapp.prizes import checking

command = AppGroup("prizes", help="Prizes and their sealed winning moments.")

MARKS = {True: "ok  ", False: "NOT ", None: "?   "}


@command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check a game's fairness.json, saved as FILE; exit with 1 when something does not hold."""
    try:
        findings = checking.check(canonical.decode(file.read_bytes()))
    except ProtocolError as fault:
        raise click.ClickException(str(fault)) from fault
    for finding in findings:
        click.echo(f"{MARKS[finding.holds]}seal {finding.seal}: {finding.what}")
    if not findings:
        click.echo("this game has no sealed moments")
    if any(finding.holds is False for finding in findings):
        raise SystemExit(1)
