"""Rate limits against hammering. Quotas of a game are never here: they are decided by the database.

The strategies and the shared stores are those of the ``limits`` library; the store of a single node is a plain
table of the current windows, because the library's own starts a clean-up thread again and again on a busy path.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Address, ip_address
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from flask import Flask, request
from limits import RateLimitItem, parse_many
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from masterapp.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")


class Windows(Storage):
    """Counters of the current windows in this process; finished windows are swept now and then."""

    STORAGE_SCHEME = ["windows"]
    SWEEP_EVERY = 5_000

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._counters: dict[str, tuple[int, float]] = {}
        self._lock = Lock()
        self._hits = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        """A dictionary has no failures of its own."""
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count a hit and return the count of the current window."""
        at = time.time()
        with self._lock:
            count, ends = self._counters.get(key, (0, 0.0))
            if ends <= at:
                count, ends = 0, at + expiry
            self._counters[key] = (count + amount, ends)
            self._hits += 1
            if self._hits % self.SWEEP_EVERY == 0:
                self._counters = {k: v for k, v in self._counters.items() if v[1] > at}
            return count + amount

    def get(self, key: str) -> int:
        """Return the count of the current window."""
        count, ends = self._counters.get(key, (0, 0.0))
        return count if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the current window ends."""
        return self._counters.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forget every counter and return how many there were."""
        with self._lock:
            number, self._counters = len(self._counters), {}
        return number

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self._lock:
            self._counters.pop(key, None)


def network() -> str:
    """The caller's network: an IPv4 address, or the /64 of an IPv6 one, which is what one household gets."""
    try:
        address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - a stand-in key, not a bind address.
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)


def credential() -> str:
    """The session part of the caller's bearer token, or their network when there is none."""
    header = request.headers.get("Authorization", "")
    # The first 53 characters name brand and session; the secret behind them stays out of the limiter's memory.
    return header[:53] if header else network()


class Limiter:
    """Limits views: ``@limiter.limit("5 per minute")`` refuses with ``too_many_requests`` and says how long to wait."""

    def __init__(self) -> None:
        self.enabled = True
        self._strategy = FixedWindowRateLimiter(Windows())

    def use(self, storage: Storage) -> None:
        """Count in *storage* from now on."""
        self._strategy = FixedWindowRateLimiter(storage)

    def limit(
        self, pace: str, *, key_func: Callable[[], str] = network
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Hold a view to *pace* (``"20 per second; 240 per minute"``) per key."""
        items = parse_many(pace)

        def decorate(view: Callable[P, R]) -> Callable[P, R]:
            name = f"{view.__module__}.{view.__qualname__}"

            @wraps(view)
            def held(*args: P.args, **kwargs: P.kwargs) -> R:
                if self.enabled:
                    self.hit(items, name, key_func())
                return view(*args, **kwargs)

            return held

        return decorate

    def hit(self, items: list[RateLimitItem], *key: str) -> None:
        """Count one hit against every item; refuse when one of them is used up."""
        for item in items:
            if not self._strategy.hit(item, *key):
                wait = self._strategy.get_window_stats(item, *key).reset_time - time.time()
                raise Refused("too_many_requests", seconds=max(1, round(wait)))


limiter = Limiter()


def init_app(app: Flask) -> None:
    """Choose the store: this process's memory, or the shared one that the setting names."""
    uri = app.config["SETTINGS"].rate_limit_storage
    if not uri.startswith("memory://"):
        storage = storage_from_string(uri)
        assert isinstance(storage, Storage)
        limiter.use(storage)
