"""Writes JSON texts quickly: ids as text, moments in ISO 8601.

Reading is left to Python, which gives whole numbers of any length back as they were kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson


def write(value: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    """Return *value* as JSON in UTF-8; *default* says what a value of a type that has no JSON stands for."""
    try:
        return orjson.dumps(value, default)
    except TypeError:
        # Numbers of more than 64 bits, keys that are no text, deep nesting: rare, and Python's writer knows them.
        return json.dumps(
            value, default=lambda one: json.loads(orjson.dumps(one, default))
        ).encode()
