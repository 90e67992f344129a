"""The fan's bearer token: it carries the brand, the session and a secret of which only the SHA-256 is stored."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

PREFIX = "fan_"
SECRET_BYTES = 32
LENGTH = len(PREFIX) + 86  # 64 bytes in base64url without padding.

#: How long a bearer works before it must be rotated, and how long the sessions themselves last.
TOKEN_LIFE = timedelta(minutes=30)
EMBED_LIFE = timedelta(hours=12)
HOSTED_LIFE = timedelta(days=60)


class Token(NamedTuple):
    """A token taken apart."""

    brand_id: UUID
    session_id: UUID
    secret: bytes

    @property
    def digest(self) -> bytes:
        """What the database keeps of the secret."""
        return hashlib.sha256(self.secret).digest()

    def __str__(self) -> str:
        raw = self.brand_id.bytes + self.session_id.bytes + self.secret
        return PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def parse_token(text: str) -> Token | None:
    """Return the token written as *text*, or None when it is not one; only the canonical spelling is read."""
    if len(text) != LENGTH or not text.startswith(PREFIX) or not text.isascii():
        return None
    try:
        raw = base64.b64decode(text.removeprefix(PREFIX) + "==", altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    token = Token(UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), raw[32:])
    return token if str(token) == text else None


def read_bearer(header: str) -> Token | None:
    """Return the token of an ``Authorization`` header, or None."""
    scheme, _, value = header.partition(" ")
    return parse_token(value.strip()) if scheme.lower() == "bearer" else None
