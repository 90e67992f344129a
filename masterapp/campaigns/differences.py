"""What an edit changes, line by line: shown before a live campaign is changed, and kept in the audit trail. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST_KEPT = 50
LONGEST_KEPT = 200


@dataclass(frozen=True)
class Difference:
    """One value that changes: its dotted path, what it was and what it becomes (None: it was not, or is no more)."""

    path: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """Return the line for the audit trail, long values cut."""
        return {"path": self.path, "before": _short(self.before), "after": _short(self.after)}


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Yield every value that differs between two JSON documents; a whole row that comes or goes is one line."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{path}.{key}" if path else str(key)
            yield from differences(before.get(key), after.get(key), inner)
    elif isinstance(before, list) and isinstance(after, list) and _rows(before, after):
        for number in range(max(len(before), len(after))):
            old = before[number] if number < len(before) else None
            new = after[number] if number < len(after) else None
            yield from differences(old, new, f"{path}.{number}")
    else:
        yield Difference(path, before, after)


def kept(before: Any, after: Any) -> list[dict[str, Any]]:
    """Return the first lines of an edit, for the audit trail."""
    lines = []
    for difference in differences(before, after):
        lines.append(difference.as_json())
        if len(lines) == MOST_KEPT:
            break
    return lines


def _rows(before: list[Any], after: list[Any]) -> bool:
    return all(isinstance(item, Mapping) for item in [*before, *after])


def _short(value: Any) -> Any:
    if isinstance(value, int | float | bool | None):
        return value
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_KEPT else text[: LONGEST_KEPT - 1] + "…"
