"""The members' cookie: signed by Flask's rules, and a signature that was found good once is not computed again.

Whoever works at a till sends the same cookie and the same token of the page with every scan.
"""

from __future__ import annotations

import time
from typing import Any, TypeVar

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

Known = TypeVar("Known")

#: How many signatures a process remembers before it starts afresh.
MOST_REMEMBERED = 4_096


class Remembered(dict[Any, Known]):
    """What was found good, by what was checked; bounded, so that many visitors cannot fill the memory."""

    def keep(self, key: Any, found: Known) -> None:
        """Remember one more."""
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[key] = found


class _Signer:
    """Flask's signer of sessions with a memory. Only the good is remembered: a forgery is checked every time."""

    def __init__(self, signer: URLSafeTimedSerializer) -> None:
        self._signer = signer
        self.dumps = signer.dumps
        self._opened: Remembered[tuple[str, float]] = Remembered()

    def loads(self, signed: str, max_age: int | None = None) -> Any:
        """Return what a cookie holds, each time as a fresh value. Raises ``BadSignature``."""
        plain = self._signer.serializer
        known = self._opened.get(signed)
        if known is not None and (max_age is None or time.time() - known[1] <= max_age):
            return plain.loads(known[0])
        value, since = self._signer.loads(signed, max_age, return_timestamp=True)
        self._opened.keep(signed, (plain.dumps(value), since.timestamp()))
        return value


class MemberCookies(SecureCookieSessionInterface):
    """Flask's signed cookies with a signer built once, not at every request."""

    def __init__(self) -> None:
        self._signers: dict[str, Any] = {}

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return the signer of the application's key."""
        key = str(app.secret_key)
        if key not in self._signers:
            signer = super().get_signing_serializer(app)
            self._signers[key] = _Signer(signer) if signer else None
        return self._signers[key]

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the request's cookie; most requests, a fan's at play, carry none."""
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie when it has changed; a session that nobody looked at costs nothing."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)
