"""``flask module``: write a new game module, complete and playable, for its author to turn into their own."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

import click
from flask.cli import AppGroup

from masterapp.registry import MODULES_FOLDER

SKELETON = Path(__file__).parent / "module_skeleton"
SUFFIX = ".template"
NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")
#: Names that Python, the tests or the folder itself already use.
TAKEN = frozenset({"modules", "static", "templates", "tests", "texts"})

command = AppGroup("module", help="Game modules.")


class BadName(Exception):
    """A module cannot have this name; the message says which ones it can."""


@command.command("new")
@click.argument("name")
def new(name: str) -> None:
    """Write modules/NAME: a small mechanic that plays, its texts and its tests."""
    try:
        folder = write_module(name)
    except BadName as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"modules/{folder.name}/ is there, and it plays. Next:")
    click.echo(f"  make test ONLY=modules/{folder.name}")
    click.echo("  docs/write-a-module.md tells how to make it yours.")


def write_module(name: str, modules: Path = MODULES_FOLDER) -> Path:
    """Write the skeleton as the module *name* and return its folder. Raises ``BadName`` and then writes nothing."""
    check_name(name, modules)
    folder = modules / name
    for template in sorted(SKELETON.rglob(f"*{SUFFIX}")):
        place = template.relative_to(SKELETON).as_posix().removesuffix(SUFFIX)
        file = folder / place.replace("SLUG", name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(filled(template.read_text(encoding="utf-8"), name), encoding="utf-8")
    return folder


def check_name(name: str, modules: Path) -> None:
    """Raise ``BadName`` unless *name* can be a new module's folder."""
    if not NAME.fullmatch(name):
        raise BadName(
            f"{name!r} cannot be a module: take 2 to 41 lower case letters, digits and underscores, a letter first."
        )
    if keyword.iskeyword(name) or name in TAKEN:
        raise BadName(f"{name!r} already means something here: take another name.")
    if (modules / name).exists():
        raise BadName(f"modules/{name} is already there: take another name, or remove that folder.")


def filled(text: str, name: str) -> str:
    """Return a template's text with the module's slug and its name in words."""
    return text.replace("{{slug}}", name).replace("{{name}}", name.replace("_", " ").capitalize())
