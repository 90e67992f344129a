"""Keys for one purpose each, derived from the installation's secret, so that one that leaks opens no other."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app


def derive_key(purpose: str) -> bytes:
    """Return the 32-byte key of *purpose*; the same secret and purpose always give the same key."""
    secret: str = current_app.config["SETTINGS"].secret_key
    return hmac.digest(secret.encode(), f"masterapp {purpose}".encode(), hashlib.sha256)


def keyed_hash(purpose: str, *parts: bytes | str) -> bytes:
    """Return the HMAC of *parts* under the purpose's key; each part is led by its length, so none runs on."""
    message = b""
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        message += len(data).to_bytes(4, "big") + data
    return hmac.digest(derive_key(purpose), message, hashlib.sha256)
