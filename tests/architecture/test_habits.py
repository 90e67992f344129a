"""Habits that only reading the code can check: one place commits, no statement is made of what users send."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(
    file
    for folder in ("masterapp", "modules")
    for file in (ROOT / folder).rglob("*.py")
    if "tests" not in file.parts and "testing" not in file.parts
)
#: Calls that run SQL or make a piece of it.
STATEMENTS = {"execute", "exec_driver_sql", "text", "executemany", "scalar", "scalars", "stream"}


def _calls(file: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            yield node


def _name(call: ast.Call) -> str:
    function = call.func
    return getattr(function, "attr", None) or getattr(function, "id", "")


def _commits(file: Path) -> list[str]:
    """The commits of a file, but for the end of a savepoint, which commits nothing."""
    tree = ast.parse(file.read_text())
    savepoints = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and _name(node.value) == "begin_nested"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for call in _calls(file)
        if _name(call) == "commit"
        and not (
            isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in savepoints
        )
    ]


def test_only_the_database_room_commits() -> None:
    """A request has one commit and one place for it; services and views never call it."""
    found = [
        place
        for file in SHIPPED
        if file != ROOT / "masterapp" / "db.py"
        for place in _commits(file)
    ]

    assert found == []


def _arguments_in_statements(file: Path) -> Iterator[str]:
    """Where a function that others call puts one of its arguments into the text of a statement that it runs.

    A room's own helpers (``_name``) may hand each other pieces of our constants.
    """
    for function in ast.walk(ast.parse(file.read_text())):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if function.name.startswith("_"):
            continue
        given = function.args
        arguments = {a.arg for a in [*given.posonlyargs, *given.args, *given.kwonlyargs]}
        for call in ast.walk(function):
            if not (isinstance(call, ast.Call) and _name(call) in STATEMENTS and call.args):
                continue
            statement = call.args[0]
            if isinstance(statement, ast.JoinedStr | ast.BinOp) and any(
                isinstance(node, ast.Name) and node.id in arguments | {"request"}
                for node in ast.walk(statement)
            ):
                yield f"{file.relative_to(ROOT)}:{call.lineno}"


def test_no_statement_is_made_of_what_was_handed_in() -> None:
    """What runs is made of our own constants; values travel beside it as parameters."""
    assert [place for file in SHIPPED for place in _arguments_in_statements(file)] == []


def test_the_core_imports_no_module() -> None:
    """Deleting a mechanic's folder deletes the mechanic and nothing else."""
    found = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "masterapp").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if (
            isinstance(node, ast.Import)
            and any(a.name.split(".")[0] == "modules" for a in node.names)
        )
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "modules")
    ]

    assert found == []
