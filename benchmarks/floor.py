"""The floor: pgbench runs the very statements of a request on the same server, without any Python in the way.

The statements and their values are recorded from one real request. What must differ from run to run (the fan, fresh
ids) is replaced by expressions; everything else is sent as it was, as prepared statements, like the application does.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from masterapp.server.postgres import _programs
from masterapp.testing.statements import watched

Recorded = list[tuple[str, Mapping[str, Any]]]


@contextmanager
def recording() -> Iterator[Recorded]:
    """Note every statement that has values by name, and those values, while the block runs."""
    notes: Recorded = []

    def note(text: str, values: Any) -> None:
        if isinstance(values, dict):
            notes.append((text, values))

    with watched(note):
        yield notes


def script(recorded: Recorded, preamble: str, replace: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return a pgbench script of the recorded transaction, and the ``-D`` options that hold its constants."""
    options: list[str] = []
    lines = [preamble, "BEGIN;"]
    for number, (statement, values) in enumerate(recorded):

        def render(match: re.Match[str], number: int = number, values: Any = values) -> str:
            name = match.group(1)
            if name in replace:
                return replace[name]
            value = values[name]
            literal = _literal(value)
            if literal is not None:
                return literal
            variable = f"v{number}_{name}"
            if f"{variable}=" not in "".join(options):
                options.extend(["-D", f"{variable}={_text(value)}"])
            return f":{variable}{_cast(value)}"

        text = re.sub(r"%\((\w+)\)s", render, statement).replace("%%", "%")
        if "(SELECT id FROM fresh)" in text:
            text = text.replace("WITH ", "WITH fresh AS MATERIALIZED (SELECT uuidv7() AS id), ", 1)
        lines.append(" ".join(text.split()) + ";")
    lines.append("END;")
    return "\n".join(lines), options


def _literal(value: Any) -> str | None:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, UUID):
        return f"'{value}'::uuid"
    if value == "":
        return "''"
    return None


def _text(value: Any) -> str:
    if isinstance(value, Jsonb):
        return json.dumps(value.obj)
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, list):
        return "{" + ",".join(str(item) for item in value) + "}"
    return str(value)


def _cast(value: Any) -> str:
    kinds: list[tuple[Callable[[Any], bool], str]] = [
        (lambda v: isinstance(v, Jsonb), "::jsonb"),
        (lambda v: isinstance(v, bytes), "::bytea"),
        (lambda v: hasattr(v, "hour"), "::timestamptz"),
        (lambda v: hasattr(v, "year"), "::date"),
        (lambda v: isinstance(v, str), "::text"),
    ]
    return next((cast for fits, cast in kinds if fits(value)), "")


def run(
    url: str, text: str, options: list[str], *, clients: int, seconds: float
) -> tuple[float, float]:
    """Run pgbench and return (transactions per second, mean latency in ms)."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(text)
        file.flush()
        command = [
            str(_programs() / "pgbench"),
            "-n",
            "-M",
            "prepared",
            "-c",
            str(clients),
            "-j",
            "1",
            "-T",
            str(round(seconds)),
            "-f",
            file.name,
            *options,
            url,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:] + Path(file.name).name)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    latency = re.search(r"latency average = ([\d.]+)", done.stdout)
    assert rate, done.stdout
    assert latency, done.stdout
    return float(rate.group(1)), float(latency.group(1))
