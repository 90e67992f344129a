"""Slugs: the part of a title that an address can carry. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

LONGEST = 48
FORM = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")


def slug(title: str, taken: Container[str] = (), fallback: str = "campaign") -> str:
    """Return a slug made of *title*, numbered when it is *taken*."""
    plain = unicodedata.normalize("NFKD", title.casefold().replace("œ", "oe").replace("æ", "ae"))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    base = "-".join(words)[:LONGEST].strip("-") or fallback
    candidate, number = base, 2
    while candidate in taken:
        ending = f"-{number}"
        candidate, number = base[: LONGEST - len(ending)].rstrip("-") + ending, number + 1
    return candidate
