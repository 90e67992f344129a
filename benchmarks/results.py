"""Keeps the figures of every benchmark in ``var/bench.json``, under the names that reports quote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "var" / "bench.json"


def keep(section: str, figures: dict[str, Any]) -> None:
    """Merge *figures* into a section of the file and print them."""
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    known.setdefault(section, {}).update(figures)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    for name, value in figures.items():
        print(f"  {section}.{name} = {value}")
