"""Where a fan plays: a store's poster carries a signed token, and reserved prizes believe that token alone."""

from __future__ import annotations

import base64
import hmac
from uuid import UUID

from masterapp.errors import Refused
from masterapp.keys import keyed_hash

_TAG = 16


def token(brand_id: UUID, store_id: UUID) -> str:
    """Return the token that this store's poster carries: the store and a keyed hash of it, 43 characters."""
    return base64.urlsafe_b64encode(store_id.bytes + _tag(brand_id, store_id)).rstrip(b"=").decode()


def read(brand_id: UUID, text: str) -> str | None:
    """Return the id of the token's store, None without a token. Raises ``store_token_wrong`` for a forged one."""
    if not text:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        store_id = UUID(bytes=raw[:16])
    except ValueError:
        raise Refused("store_token_wrong") from None
    # Written back, so that no second spelling of a token is one.
    if not hmac.compare_digest(token(brand_id, store_id), text):
        raise Refused("store_token_wrong")
    return str(store_id)


def _tag(brand_id: UUID, store_id: UUID) -> bytes:
    return keyed_hash("store token", brand_id.bytes, store_id.bytes)[:_TAG]
