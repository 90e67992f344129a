"""The drawings of the gallery: one scene per kind of game, drawn as SVG in the colours of the page.

A module without a drawing of its own gets its icon.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from masterapp.registry import Registered
from masterapp.web.ui import icon

FOLDER = Path(__file__).parent / "drawings"
_TURNS = (0, 5, -5)
_FRAME = Markup(
    '<svg class="drawing drawing-{}" viewBox="0 0 320 180" role="presentation" aria-hidden="true" '
    'preserveAspectRatio="xMidYMid slice"><rect class="d-back" width="320" height="180"/>'
    '<circle class="d-glow" cx="{}" cy="{}" r="{}"/><g transform="rotate({} 160 90)">{}</g></svg>'
)


def draw(registered: Registered, starter: str) -> Markup:
    """Return the drawing of a starter: neighbours in the gallery differ in colours and turn."""
    seed = hashlib.blake2b(f"{registered.slug}/{starter}".encode(), digest_size=3).digest()
    place = [candidate.slug for candidate in registered.module.starters].index(starter)
    scene = _scene(registered, starter)
    if scene is None:
        scene = Markup('<g class="d-icon" transform="translate(124 54) scale(3)">{}</g>').format(
            icon(registered.manifest.icon)
        )
    glow = (60 + seed[0] % 200, 20 + seed[1] % 60, 50 + seed[2] % 50)
    return _FRAME.format(place % 3, *glow, _TURNS[place % 3], scene)


def _scene(registered: Registered, starter: str) -> Markup | None:
    """Return the drawing named like the starter's look, else like its module."""
    for candidate in registered.module.starters:
        if candidate.slug == starter:
            return _drawing(str(candidate.config.get("skin", ""))) or _drawing(registered.slug)
    return None


@lru_cache
def _drawing(name: str) -> Markup | None:
    file = FOLDER / f"{name}.svg"
    known = name.isidentifier() and file.is_file()
    return Markup(file.read_text(encoding="utf-8")) if known else None  # noqa: S704 - our own files.
