"""Identity's part of the road of a play: is this bearer a living session, judged on the row that was read."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from masterapp.errors import Refused

#: How long the secret before the last rotation still works, for requests that were under way.
GRACE = timedelta(seconds=60)

SESSION_COLUMNS = """
    session.secret_hash, session.previous_hash, session.rotated_at, session.token_expires_at, session.expires_at
"""


def check_session(
    secret: bytes,
    *,
    secret_hash: bytes,
    previous_hash: bytes | None,
    rotated_at: datetime,
    token_expires_at: datetime,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Raise ``session_expired`` unless *secret* is the session's, or the one before it within its grace."""
    offered = hashlib.sha256(secret).digest()
    current = hmac.compare_digest(offered, bytes(secret_hash)) and now < token_expires_at
    previous = (
        previous_hash is not None
        and now < rotated_at + GRACE
        and hmac.compare_digest(offered, bytes(previous_hash))
    )
    if not (current or previous) or now >= expires_at:
        raise Refused("session_expired")
