"""Where every room declares what it holds of a fan, so that a download shows all of it and an erasure forgets it.

A room calls ``exports("name")`` and ``erases("name")`` on its functions when it is imported; arrows keep going down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

#: Returns plain JSON of what a room holds of the fan: (brand_id, fan_id) → value.
Exporter = Callable[[UUID, UUID], Any]
#: Deletes or anonymises it, and returns a sentence about what must be kept and why, or None.
Eraser = Callable[[UUID, UUID], str | None]

EXPORTERS: dict[str, Exporter] = {}
ERASERS: dict[str, Eraser] = {}


def exports(name: str) -> Callable[[Exporter], Exporter]:
    """Declare a part of the download; *name* is its key in the document."""

    def declare(exporter: Exporter) -> Exporter:
        if name in EXPORTERS:
            raise RuntimeError(f"Two rooms export a fan's {name!r}: give one of them another name.")
        EXPORTERS[name] = exporter
        return exporter

    return declare


def erases(name: str) -> Callable[[Eraser], Eraser]:
    """Declare a part of the erasure."""

    def declare(eraser: Eraser) -> Eraser:
        if name in ERASERS:
            raise RuntimeError(f"Two rooms erase a fan's {name!r}: give one of them another name.")
        ERASERS[name] = eraser
        return eraser

    return declare
