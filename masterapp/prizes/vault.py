"""Secrets of seals at rest: encrypted with a key of the installation and bound to their seal (AES-256-GCM)."""

from __future__ import annotations

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from masterapp.keys import derive_key

_NONCE = 12


class Unreadable(Exception):
    """The secret was locked with another installation's key, or for another seal."""


def lock(secret: bytes, seal_id: UUID) -> bytes:
    """Return the secret as it may be stored: a nonce and the ciphertext."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher().encrypt(nonce, secret, seal_id.bytes)


def unlock(locked: bytes, seal_id: UUID) -> bytes:
    """Return the secret. Raises ``Unreadable`` when the installation's secret key has changed since."""
    try:
        return _cipher().decrypt(locked[:_NONCE], locked[_NONCE:], seal_id.bytes)
    except (InvalidTag, ValueError):
        raise Unreadable(
            f"the secret of seal {seal_id} cannot be read: SECRET_KEY changed"
        ) from None


def _cipher() -> AESGCM:
    return AESGCM(derive_key("sealed prizes"))
