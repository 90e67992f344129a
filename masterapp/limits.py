"""Rate limits against hammering. Quotas of a game are never here: they are decided by the database."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded


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


limiter = Limiter(key_func=network, strategy="fixed-window")


def init_app(app: Flask) -> None:
    """Install the limiter; its refusal becomes ours where all refusals do."""
    app.config["RATELIMIT_STORAGE_URI"] = app.config["SETTINGS"].rate_limit_storage
    app.config.setdefault("RATELIMIT_ENABLED", True)
    limiter.init_app(app)


def wait_of(error: Exception) -> int:
    """Return the seconds to wait after a refusal of the limiter."""
    if isinstance(error, RateLimitExceeded) and error.limit:
        return error.limit.limit.get_expiry()
    return 60
