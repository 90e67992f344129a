"""``flask module new`` writes a module that plays, passes its contract and every linter, and never overwrites one."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from masterapp.cli.module import BadName, check_name, write_module

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
LONGEST = "a" + "_bcd" * 10


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with two fresh modules and no other: one of a usual name, one of the longest."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("masterapp", "static", "migrations", "conftest.py", "pyproject.toml", "wsgi.py"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "biome.json", folder)
    (folder / "modules").mkdir()
    shutil.copy(ROOT / "modules" / "__init__.py", folder / "modules")
    for name in ("memory", LONGEST):
        write_module(name, folder / "modules")
    return folder


def in_clone(clone: Path, *command: str) -> str:
    """Run a command there and return what it says; a failure is told in its own words."""
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_module_passes_its_own_tests(clone: Path) -> None:
    """The contract and the rules' tests of a fresh module pass before its author has touched it."""
    in_clone(clone, sys.executable, "-m", "pytest", "-q", "modules")


def test_a_new_module_is_clean(clone: Path) -> None:
    """The linters have nothing to say, however long the name is."""
    in_clone(clone, str(PROGRAMS / "ruff"), "check", "--no-cache", "modules")
    in_clone(clone, str(PROGRAMS / "ruff"), "format", "--no-cache", "--check", "modules")
    in_clone(clone, str(PROGRAMS / "mypy"), "-p", "modules")
    in_clone(clone, str(PROGRAMS / "biome"), "ci", "--colors=off", "--vcs-enabled=false", "modules")


def test_a_new_module_speaks_french(clone: Path) -> None:
    """Every sentence of a fresh module has its French twin."""
    script = """
from masterapp.registry import registry, MODULES_FOLDER
from masterapp.texts import catalogue
registry.load(MODULES_FOLDER)
module = registry["memory"].module
said = [str(text) for text in (*module.texts.values(), *module.groups.values())]
for field in registry["memory"].config_schema.fields.values():
    said += [str(field.metadata["title"]), str(field.metadata["help"])]
print([text for text in said if text and text not in catalogue("fr")._catalog])
"""
    assert in_clone(clone, sys.executable, "-c", script).strip() == "[]"


def test_the_application_starts_with_a_new_module(clone: Path) -> None:
    """The core finds a fresh module by itself and serves its browser part."""
    script = f"""
import json
from masterapp.app import create_app
from masterapp.registry import registry
from masterapp.settings import Settings
app = create_app(Settings(database_url="postgresql://localhost/none", secret_key="s" * 40))
page = app.test_client().get("/modules/{LONGEST}/{LONGEST}.js")
print(json.dumps([sorted(module.slug for module in registry), page.status_code]))
"""
    told = in_clone(clone, sys.executable, "-c", script)

    assert json.loads(told.splitlines()[-1]) == [sorted(["memory", LONGEST]), 200]


@pytest.mark.parametrize(
    "name", ["Memory", "1st", "a", "two words", "../quiz", "class", "tests", "é", "x" * 42]
)
def test_a_name_that_cannot_be_a_folder_is_refused(name: str, tmp_path: Path) -> None:
    """One sentence says why, and nothing is written."""
    with pytest.raises(BadName):
        write_module(name, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_an_existing_module_is_never_overwritten(app: Flask) -> None:
    """The command refuses the name of a module that is there, in one sentence."""
    before = (ROOT / "modules" / "quiz" / "module.py").read_bytes()

    told = app.test_cli_runner().invoke(args=["module", "new", "quiz"])

    assert told.exit_code == 1
    assert told.output.count("\n") == 1
    assert "modules/quiz is already there" in told.output
    assert (ROOT / "modules" / "quiz" / "module.py").read_bytes() == before


def test_any_other_name_is_free() -> None:
    """What is neither taken nor strange is accepted."""
    check_name("penalty_shootout", ROOT / "modules")
