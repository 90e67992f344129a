"""The one door between core and modules, which import-linter's contracts cannot describe."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.parent.name for path in ROOT.glob("modules/*/manifest.toml"))


def _imports_of_masterapp(file: Path) -> set[str]:
    """The dotted names of ours that a file imports, `from masterapp import db` as masterapp.db."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in found if name.split(".")[0] == "masterapp"}


@pytest.mark.parametrize("slug", MODULES)
def test_a_module_knows_the_sdk_alone(slug: str) -> None:
    """A module imports masterapp.sdk and nothing else of the core; its tests also the test kit."""
    folder = ROOT / "modules" / slug
    for file in folder.rglob("*.py"):
        doors = ["masterapp.sdk"]
        if file.relative_to(folder).parts[0] == "tests":
            doors.append("masterapp.testing")
        strays = {
            name
            for name in _imports_of_masterapp(file)
            if not any(name == door or name.startswith(f"{door}.") for door in doors)
        }
        assert not strays, f"{file.relative_to(ROOT)} imports {', '.join(sorted(strays))}"
