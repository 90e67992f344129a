"""A brand's Ed25519 key: it signs receipts, and is derived from the installation's secret, so nothing is stored.

Signatures are over the canonical JSON of a document (docs/fairness.md, section 1; RFC 8032).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from masterapp.exact import canonical
from masterapp.keys import keyed_hash


def _private(brand_id: UUID) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keyed_hash("receipts", brand_id.bytes))


def public_key(brand_id: UUID) -> bytes:
    """Return the brand's public key, 32 bytes."""
    return _private(brand_id).public_key().public_bytes_raw()


def sign(brand_id: UUID, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with the fields ``key`` and ``signature`` (lowercase hexadecimal) added."""
    signed = {**document, "key": public_key(brand_id).hex()}
    return {**signed, "signature": _private(brand_id).sign(canonical.encode(signed)).hex()}


def is_signed(document: Mapping[str, Any], key: bytes) -> bool:
    """Whether the document carries a signature of this key over everything else in it."""
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    try:
        signature = canonical.unhex(document.get("signature"), 64)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, canonical.encode(unsigned))
    except (InvalidSignature, ValueError):
        return False
    return document.get("key") == key.hex()
