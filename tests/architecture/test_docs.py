"""The documentation is true: its code runs, its links lead somewhere, and nothing people use is missing from it."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask

import masterapp.sdk
from masterapp.server.installation import APP_PORT, HOST_PORT
from masterapp.settings import Settings
from masterapp.testing.factories import rows
from masterapp.testing.postgres import TestServer
from masterapp.testing.team import sign_in

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
TUTORIAL = ROOT / "docs" / "write-a-module.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FOLDERS = "masterapp|modules|static|tests|docs|migrations|benchmarks|demo|tools"


def name_of(page: Path) -> str:
    """A page's name in a test's title."""
    return page.relative_to(ROOT).as_posix()


def prose() -> str:
    """All pages as one text."""
    return "\n".join(page.read_text() for page in PAGES)


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose only module is the one that the tutorial's blocks make."""
    folder = tmp_path_factory.mktemp("tutorial")
    for name in ("masterapp", "static", "migrations", "conftest.py", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "biome.json", folder)
    (folder / "modules").mkdir()
    shutil.copy(ROOT / "modules" / "__init__.py", folder / "modules")
    for _, place, text in BLOCK.findall(TUTORIAL.read_text()):
        if place:
            file = folder / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    return folder


def in_tutorial(folder: Path, *command: str, **environment: str) -> None:
    """Run a command in the tutorial's project; a failure is told in its own words."""
    surroundings = {**os.environ, **environment}
    done = subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tutorials_module_keeps_the_contract_and_plays(
    tutorial: Path, postgres_server: TestServer
) -> None:
    """The files of the tutorial make a module that passes its tests, one of them over HTTP."""
    in_tutorial(
        tutorial,
        *(sys.executable, "-m", "pytest", "-q", "modules"),
        TEST_DATABASE_URL=postgres_server.url,
    )


def test_the_tutorials_module_is_clean(tutorial: Path) -> None:
    """What a newcomer copies from the tutorial passes the linters."""
    in_tutorial(tutorial, str(PROGRAMS / "ruff"), "check", "--no-cache", "modules")
    in_tutorial(tutorial, str(PROGRAMS / "ruff"), "format", "--no-cache", "--check", "modules")
    in_tutorial(tutorial, str(PROGRAMS / "mypy"), "-p", "modules")
    in_tutorial(
        tutorial, str(PROGRAMS / "biome"), "ci", "--colors=off", "--vcs-enabled=false", "modules"
    )


def test_every_program_of_the_tutorial_is_run() -> None:
    """No Python, script or style of the tutorial escapes the tests by having no file."""
    blocks = BLOCK.findall(TUTORIAL.read_text())

    assert {kind for kind, place, _ in blocks if not place} <= {"sh", "toml"}
    assert len([place for _, place, _ in blocks if place]) >= 12


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link and every picture of a page is a file, and every fragment a heading."""
    text = page.read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{name_of(page)} links to {target}"
        if fragment:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
            assert fragment in anchors, f"{name_of(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_paths_exist(page: Path) -> None:
    """Whatever a page names as a file or folder of the project is there."""
    made_by_the_reader = ("modules/penalty", "modules/memory")
    for path in re.findall(rf"`((?:{FOLDERS})/[^`\s<>*…]*)`", page.read_text()):
        if not path.startswith(made_by_the_reader):
            assert (ROOT / path.split("::")[0]).exists(), f"{name_of(page)} names {path}"


def test_the_architecture_shows_the_house_as_it_is() -> None:
    """The diagram's stations are files of ours, and every room of the core has its place in the table."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    stations = re.findall(r"participant \w+ as (\S+\.\w+)$", page, re.MULTILINE)
    rooms = [room.parent.name for room in (ROOT / "masterapp").glob("*/__init__.py")]

    assert len(stations) >= 5
    for station in stations:
        assert (ROOT / station).exists() or (ROOT / "masterapp" / station).exists(), station
    assert [room for room in rooms if f"`masterapp/{room}`" not in page] == []


def test_every_setting_is_described() -> None:
    """Each variable stands in the table of settings with its default and its sentence, and none is invented."""
    page = (ROOT / "docs" / "settings.md").read_text()
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|$", page, re.MULTILINE))

    told = {}
    for setting in fields(Settings):
        default = {True: "1", False: "0"}.get(setting.default, str(setting.default))
        shown = f"`{default}`" if default else "none"
        told[setting.metadata["variable"]] = f"{shown} | {setting.metadata['help']}"
    assert {name: table.get(name) for name in told} == told
    of_the_commands = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)) - told.keys()
    assert of_the_commands == {
        "PORT", "HOST_PORT", "BIND", "RELOAD", "PYTHON", "ONLY", "WORKERS", "TEST_DATABASE_URL"
    }  # fmt: skip


def test_commands_are_documented(app: Flask) -> None:
    """Every `flask` command of ours and every make target stands in a page."""
    text = prose()
    for name, command in app.cli.commands.items():
        if name in ("run", "shell", "routes", "openapi"):
            continue
        for verb in getattr(command, "commands", {"": None}):
            assert f"flask {name} {verb}".strip() in text
    for target in re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE):
        assert f"make {target}" in text, target


def test_commands_that_are_named_exist(app: Flask) -> None:
    """No page tells people to run a target or a command that is not there."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", prose(), re.MULTILINE)) <= {
        pair for target in targets for pair in ((target, ""), ("", target))
    }
    for group, verb in re.findall(r"`flask ([a-z]+)(?: ([a-z]+))?", prose()):
        command = app.cli.commands[group]
        assert not verb or verb in getattr(command, "commands", {verb: None})


@pytest.mark.parametrize("name", masterapp.sdk.__all__)
def test_every_name_of_the_sdk_is_explained(name: str) -> None:
    """Whatever a module may import stands in the tutorial."""
    assert re.search(rf"`{name}`", TUTORIAL.read_text())


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_decisions_have_their_three_parts(page: Path) -> None:
    """A decision says what forced it, what was decided and what follows, on about one page."""
    headings = re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)

    assert headings == ["Context", "Decision", "Consequences"]
    assert len(page.read_text().splitlines()) < 60


def test_decisions_are_numbered_once() -> None:
    """A number names one decision for ever."""
    numbers = [page.name[:4] for page in DECISIONS]

    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name) for page in DECISIONS)


def test_the_first_brand_can_be_founded_as_written(app: Flask) -> None:
    """The command that an operator copies makes a brand whose owner can sign in, once."""
    page = (ROOT / "docs" / "operate.md").read_text()
    [line] = [line for line in page.splitlines() if line.startswith("flask --app wsgi brand new")]
    words = shlex.split(line)[3:]
    password = "a long sentence that only Ada knows\n" * 2

    done = app.test_cli_runner().invoke(args=words, input=password)
    again = app.test_cli_runner().invoke(args=words, input=password)
    short = app.test_cli_runner().invoke(
        args=["brand", "new", "b", "B", "--owner", "x@y.example"], input="short\nshort\n"
    )

    assert done.exit_code == 0, done.output
    assert (
        sign_in(app, "owner@example.com", password.splitlines()[0])
        .get("/admin/campaigns/")
        .status_code
        == 200
    )
    assert (again.exit_code, short.exit_code) == (1, 1)
    assert rows(app, "SELECT email, role FROM member") == [("owner@example.com", "owner")]


def test_pictures_of_the_pages_are_light() -> None:
    """A reader on a slow line sees the pages too."""
    pictures = list((ROOT / "docs" / "images").iterdir())

    assert len(pictures) >= 3
    assert all(picture.stat().st_size <= 150_000 for picture in pictures)


def test_addresses_of_the_demo_are_those_that_run_prints() -> None:
    """The tour's addresses are the ones of a fresh `make run`."""
    text = (ROOT / "README.md").read_text()

    assert set(re.findall(r"http://localhost:(\d+)", text)) == {str(APP_PORT)}
    assert set(re.findall(r"http://127\.0\.0\.1:(\d+)", text)) == {str(HOST_PORT)}
