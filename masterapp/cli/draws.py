"""`flask draws`: check the engine against vectors; put the offline verification page together."""

from pathlib import Path

import click

from masterapp.draws import verify_page
from masterapp.draws.protocol import vectors as protocol_vectors
from masterapp.exact.faults import ProtocolError


@click.group("draws")
def command() -> None:
    """Verifiable draws."""


@command.command("vectors")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def vectors(file: Path) -> None:
    """Check the engine byte for byte against a FILE of test vectors."""
    try:
        report = protocol_vectors.check(file)
    except ProtocolError as fault:
        raise click.ClickException(str(fault)) from fault
    for case in report.cases:
        verdict = "differs" if case.differences else "ok"
        click.echo(f"{case.name}: {verdict} ({case.agreed} values agree)")
        for difference in case.differences[:20]:
            click.echo(f"  {difference}")
    if not report.passed:
        raise click.ClickException("the engine and the file disagree")
    click.echo(f"{len(report.cases)} cases reproduced byte for byte")


@command.command("page")
def page() -> None:
    """Put static/verify/verify.html together from its parts."""
    verify_page.PAGE.write_text(verify_page.build(), "utf-8")
    click.echo(f"wrote {verify_page.PAGE.name}")
