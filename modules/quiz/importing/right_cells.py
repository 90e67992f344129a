"""Reading the cell that names the right answers: by their words, their letters or their numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from masterapp.sdk import plain_text

SEPARATORS = re.compile(r"\s*(?:[|;,/&+\n]|\band\b|\bet\b)\s*")
WORD_SEPARATORS = re.compile(r"\s*[|;\n]\s*")
NAMED = re.compile(r"^(?:option|answer|reponse|réponse|choix|choice|proposition|n°|#)[\s_]*", re.I)
LETTER = re.compile(r"\(?([A-J])[).]?", re.I)
INDEX = re.compile(r"\(?(\d{1,2})[).]?")


@dataclass(frozen=True)
class Choices:
    """The options of one row: by column place, their words in each language."""

    options: Sequence[Sequence[str]]
    right: str


def words(choices: Choices) -> set[int] | None:
    """The options whose words are in the cell."""
    whole = _named_by_words(choices, [choices.right])
    if whole:
        return whole
    several = _named_by_words(choices, WORD_SEPARATORS.split(choices.right))
    return several or _named_by_words(choices, re.split(r"\s*,\s*", choices.right))


def letters(choices: Choices) -> set[int] | None:
    """The options whose letters are in the cell, as in ``A``, ``B, D`` or ``BD``."""
    parts = _parts(choices.right)
    if len(parts) == 1 and re.fullmatch(r"[A-J]{2,10}", parts[0]):
        parts = list(parts[0])
    found = [LETTER.fullmatch(part) for part in parts]
    return _existing(choices, [ord(m.group(1).upper()) - ord("A") for m in found if m], parts)


def numbers(choices: Choices, first: int) -> set[int] | None:
    """The options whose numbers are in the cell, the first one being *first*."""
    parts = _parts(choices.right)
    found = [INDEX.fullmatch(part) for part in parts]
    return _existing(choices, [int(m.group(1)) - first for m in found if m], parts)


def _parts(cell: str) -> list[str]:
    return [NAMED.sub("", part) for part in SEPARATORS.split(cell.strip()) if part]


def _existing(choices: Choices, found: list[int], parts: list[str]) -> set[int] | None:
    if not found or len(found) != len(parts):
        return None
    there = all(0 <= n < len(choices.options) and any(choices.options[n]) for n in found)
    return set(found) if there else None


def _named_by_words(choices: Choices, parts: Sequence[str]) -> set[int] | None:
    found: set[int] = set()
    for part in filter(None, parts):
        same = {n for n, texts in enumerate(choices.options) if part.strip() in texts}
        same = same or {n for n, texts in enumerate(choices.options) if _like(part, texts)}
        if not same:
            return None
        found.add(min(same))
    return found or None


def _like(part: str, texts: Sequence[str]) -> bool:
    plain = plain_text(part)
    return bool(plain) and any(plain == plain_text(text) for text in texts)


def read_all(rows: Sequence[Choices], prefer_places: bool) -> list[set[int] | None] | None:
    """Read the cells of a whole table in the way that fits most of them, then each other way.

    A number can be an option's words or its place, so one row alone could be misread. None says that
    no cell names an option: the right answers stand apart from the others.
    """
    zero_based = any("0" in _parts(row.right) for row in rows)
    first = 0 if zero_based else 1
    ways = {
        "words": [words(row) for row in rows],
        "letters": [letters(row) for row in rows],
        "numbers": [numbers(row, first) for row in rows],
    }
    order = ["letters", "numbers", "words"] if prefer_places else ["words", "letters", "numbers"]
    order.sort(key=lambda way: sum(found is None for found in ways[way]))
    read = [next((ways[way][n] for way in order if ways[way][n]), None) for n in range(len(rows))]
    places = any(
        LETTER.fullmatch(p) or INDEX.fullmatch(p) for row in rows for p in _parts(row.right)
    )
    return read if any(read) or places else None
