"""Keeps for a few seconds what is the same for everybody, so that a crowd at the announced second costs one look."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")

#: What was slow to find is kept longer, so that finding it takes a small part of the time.
PART = 50


class Kept(Generic[T]):
    """Values by key. While one caller looks again, the others get the last value."""

    def __init__(self, seconds: float, most: int = 500) -> None:
        self._seconds, self._most = seconds, most
        self._values: dict[Hashable, tuple[T, float]] = {}
        self._looking: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, look: Callable[[], T]) -> T:
        """Return the value of *key*, from *look* when there is none or it is old."""
        held = self._values.get(key)
        if held and held[1] > time.monotonic():
            return held[0]
        with self._lock:
            looking = self._looking.setdefault(key, Lock())
        if not looking.acquire(blocking=held is None):
            assert held is not None
            return held[0]
        try:
            again = self._values.get(key)
            if again and again[1] > time.monotonic():
                return again[0]
            return self._look(key, look)
        finally:
            looking.release()

    def _look(self, key: Hashable, look: Callable[[], T]) -> T:
        begun = time.monotonic()
        value = look()
        ended = time.monotonic()
        if len(self._values) >= self._most:
            self.forget()
        self._values[key] = (value, ended + max(self._seconds, PART * (ended - begun)))
        return value

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values, self._looking = {}, {}
