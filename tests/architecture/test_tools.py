"""The linters, run as tests so that one command tells whether a change may be merged."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent

# What may be shipped with an Apache-2.0 program. The LGPL of psycopg binds psycopg, not its users.
ALLOWED_LICENCES = re.compile(
    r"(BSD|MIT|Apache|ISC|PSF|Python Software Foundation|Unlicense|Zlib|LGPL|"
    r"Mozilla Public License 2\.0|MPL-2\.0)",
    re.IGNORECASE,
)
SECRETS = {
    "private key": r"-----BEGIN (RSA |EC |OPENSSH |PGP |ENCRYPTED )?PRIVATE KEY",
    "Amazon key": r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{40,}\b",
    "Google key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "Slack token": r"\bxox[abprs]-[0-9A-Za-z-]{10,}\b",
    "Stripe key": r"\b[rs]k_live_[0-9A-Za-z]{20,}\b",
    "signed token": r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}\b",
    "address with a password": r"\b[a-z+]+://[^\s:/@'\"{}<>$]+:(?!password@)[^\s/@'\"{}<>$]+@(?!127\.|localhost|example)",
}


def _run(*command: str) -> None:
    """Run a tool that is installed beside Python; its own words are the failure."""
    program = shutil.which(command[0], path=str(PROGRAMS))
    assert program, f"{command[0]} is not installed: run `make test`, which installs it"
    done = subprocess.run(
        [program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}{done.stderr}", pytrace=False)


def test_code_has_no_mistake_that_ruff_knows() -> None:
    """The linter finds nothing in our Python."""
    _run("ruff", "check", ".")


def test_code_has_the_common_form() -> None:
    """Our Python is formatted; `make format` does it."""
    _run("ruff", "format", "--check", ".")


def test_types_are_strict() -> None:
    """Every call fits its types, in the core and in the modules."""
    _run("mypy")


def test_walls_stand() -> None:
    """Imports go down the house only, the core knows no module, modules know nothing of each other."""
    _run("lint-imports")


def test_templates_are_clean() -> None:
    """Our templates hold no inline style, no missing alternative text and no stray tag."""
    _run("djlint", "--lint", "--quiet", "masterapp", "modules")


def test_scripts_and_styles_are_clean() -> None:
    """Our JavaScript and CSS are linted and formatted; `make format` does the latter."""
    _run("biome", "ci", "--colors=off")


def test_shell_scripts_are_well_formed() -> None:
    """Every shell script parses, so that a newcomer's first command does not end in a syntax error."""
    for script in [*ROOT.glob("tools/*.sh"), ROOT / ".ci" / "run"]:
        subprocess.run(["sh", "-n", str(script)], check=True)


def test_licences_of_what_we_ship_are_allowed() -> None:
    """Every package that an installation gets has a licence on the allow-list."""
    told = subprocess.run(
        [str(PROGRAMS / "pip-licenses"), "--format=json", "--from=mixed"],
        capture_output=True,
        text=True,
        check=True,
    )
    licences = {_canonical(found["Name"]): found["License"] for found in json.loads(told.stdout)}
    shipped = _locked("requirements.txt") & licences.keys()
    assert len(shipped) > 40
    assert {name: licences[name] for name in shipped if not _is_allowed(licences[name])} == {}


def test_requirements_are_locked_to_no_machine() -> None:
    """The locked files carry hashes, and no address or folder of the machine that locked them."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"://|file:|--find-links|-index-url|^/", text, re.MULTILINE), name


def test_every_requirement_is_locked() -> None:
    """Whatever requirements*.in asks for is in the locked file beside it; `make lock` does that."""
    for name in ("requirements", "requirements-dev"):
        asked = re.findall(r"^([A-Za-z][\w.-]*)", (ROOT / f"{name}.in").read_text(), re.MULTILINE)
        assert {_canonical(package) for package in asked} <= _locked(f"{name}.txt"), name


def test_no_secret_is_in_the_repository() -> None:
    """No file that git knows or would add holds a key, a token or an address with a password."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    pattern = {kind: re.compile(text) for kind, text in SECRETS.items()}
    found = [
        f"{name}: {kind}"
        for name in listed.stdout.split("\0")
        if name and name != str(Path(__file__).relative_to(ROOT)) and (ROOT / name).is_file()
        for kind, regex in pattern.items()
        if regex.search((ROOT / name).read_text(errors="ignore"))
    ]
    assert found == []


def _locked(name: str) -> set[str]:
    pins = re.findall(r"^([A-Za-z][\w.-]*)==", (ROOT / name).read_text(), re.MULTILINE)
    return {_canonical(package) for package in pins}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_allowed(licence: str) -> bool:
    """An expression with AND needs every part allowed; of alternatives one is enough."""
    return all(ALLOWED_LICENCES.search(part) for part in re.split(r" AND |;", licence))
