"""The six-digit code: derived from the sign-in and its send count, so that no queue or table ever holds it."""

from __future__ import annotations

import hmac
from uuid import UUID

from masterapp.keys import keyed_hash

DIGITS = 6


def make_code(sign_in_id: UUID, sends: int) -> str:
    """Return the code of the *sends*-th e-mail of a sign-in."""
    number = int.from_bytes(keyed_hash("sign-in code", sign_in_id.bytes, str(sends)), "big")
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def hash_code(sign_in_id: UUID, code: str) -> bytes:
    """Return what is stored of a code: a hash that nobody can try out without the installation's secret."""
    return keyed_hash("sign-in code hash", sign_in_id.bytes, code)


def is_code(sign_in_id: UUID, offered: str, stored: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(hash_code(sign_in_id, offered), bytes(stored))
