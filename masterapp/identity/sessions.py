"""Sessions of fans: opened by a proof, rotated bearer by bearer, and ended here or everywhere."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select

from masterapp.audit.service import record
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.fans.models import Fan
from masterapp.identity.models import FanSession
from masterapp.identity.road import GRACE
from masterapp.identity.tokens import (
    EMBED_LIFE,
    HOSTED_LIFE,
    SECRET_BYTES,
    TOKEN_LIFE,
    Token,
)
from masterapp.keys import keyed_hash

LONGEST_USER_AGENT = 300


@dataclass(frozen=True)
class SignedIn:
    """A fan who has shown a living credential."""

    fan: Fan
    session: FanSession

    @property
    def brand_id(self) -> UUID:
        return self.fan.brand_id

    @property
    def root_id(self) -> UUID:
        """The session that the sign-in opened: a page's session hangs from it."""
        return self.session.parent_id or self.session.id


@dataclass(frozen=True)
class Opened:
    """A fresh bearer and its end."""

    token: Token
    expires_at: datetime
    session: FanSession


def open_session(
    fan: Fan, kind: str, *, at: datetime, origin: str = "", user_agent: str = ""
) -> Opened:
    """Open a session: ``hosted`` lives in a cookie for weeks, ``embed`` in a page for hours with a rotating bearer."""
    hosted = kind == "hosted"
    ends = at + (HOSTED_LIFE if hosted else EMBED_LIFE)
    session = FanSession(
        brand_id=fan.brand_id,
        fan_id=fan.id,
        kind=kind,
        rotated_at=at,
        token_expires_at=ends if hosted else at + TOKEN_LIFE,
        expires_at=ends,
        origin=origin,
        user_agent=user_agent[:LONGEST_USER_AGENT],
        created_at=at,
    )
    return _store(session)


def open_page_session(parent: FanSession, *, at: datetime) -> Opened:
    """Open the bearer of one hosted page; it ends with the cookie's session that it hangs from."""
    session = FanSession(
        brand_id=parent.brand_id,
        fan_id=parent.fan_id,
        kind="page",
        parent_id=parent.id,
        rotated_at=at,
        token_expires_at=min(at + TOKEN_LIFE, parent.expires_at),
        expires_at=min(at + EMBED_LIFE, parent.expires_at),
        created_at=parent.created_at,
    )
    return _store(session)


def _store(session: FanSession) -> Opened:
    secret = secrets.token_bytes(SECRET_BYTES)
    session.id = new_id()
    token = Token(session.brand_id, session.id, secret)
    session.secret_hash = token.digest
    db.session.add(session)
    db.session.flush()
    return Opened(token, session.token_expires_at, session)


def find_session(token: Token, *, at: datetime, even_stale: bool = False) -> SignedIn:
    """Return who shows *token*. Raises ``session_expired``; a secret shown after its grace ends the whole session.

    *even_stale* accepts a bearer past its half hour within a living session: for its rotation only.
    """
    found = db.session.execute(
        select(FanSession, Fan)
        .join(Fan, (Fan.brand_id == FanSession.brand_id) & (Fan.id == FanSession.fan_id))
        .where(FanSession.brand_id == token.brand_id, FanSession.id == token.session_id)
    ).first()
    if found is None:
        raise Refused("session_expired")
    session, fan = found
    if at >= session.expires_at or fan.erased_at is not None:
        raise Refused("session_expired")
    if hmac.compare_digest(token.digest, bytes(session.secret_hash)):
        if at < session.token_expires_at or even_stale:
            return SignedIn(fan, session)
    elif session.previous_hash is not None and hmac.compare_digest(
        token.digest, bytes(session.previous_hash)
    ):
        if at < session.rotated_at + GRACE:
            return SignedIn(fan, session)
        _end_stolen(session)
    raise Refused("session_expired")


def _end_stolen(session: FanSession) -> None:
    """Two parties hold one chain of secrets: nobody can tell the fan from the thief, so both are signed out."""
    record(
        session.brand_id,
        "session_ended_after_reuse",
        actor_kind="system",
        object_kind="fan",
        object_id=session.fan_id,
        session=str(session.id),
    )
    end_session(session.brand_id, session.parent_id or session.id)
    db.keep_on_refusal()


def rotate(token: Token, *, at: datetime) -> Opened:
    """Exchange a bearer for the next one. Two exchanges of one bearer at once, or again within the grace, agree.

    The next secret is derived from this one under the installation's key, so a lost answer costs nothing.
    """
    db.session.execute(
        select(FanSession.id)
        .where(FanSession.brand_id == token.brand_id, FanSession.id == token.session_id)
        .with_for_update()
    )
    session = find_session(token, at=at, even_stale=True).session
    fresh = Token(
        token.brand_id,
        token.session_id,
        keyed_hash("session rotation", token.session_id.bytes, token.secret),
    )
    if session.kind == "hosted":
        raise Refused("session_expired")
    if not hmac.compare_digest(bytes(session.secret_hash), fresh.digest):
        session.previous_hash = session.secret_hash
        session.secret_hash = fresh.digest
        session.rotated_at = at
        session.token_expires_at = min(at + TOKEN_LIFE, session.expires_at)
        db.session.flush()
    return Opened(fresh, session.token_expires_at, session)


def end_session(brand_id: UUID, session_id: UUID) -> None:
    """Sign out one device: its session and the pages that hang from it."""
    _delete(brand_id, or_(FanSession.id == session_id, FanSession.parent_id == session_id))


def end_all_sessions(brand_id: UUID, fan_id: UUID) -> None:
    """Sign out everywhere."""
    _delete(brand_id, FanSession.fan_id == fan_id)


def _delete(brand_id: UUID, which: ColumnElement[bool]) -> None:
    db.session.execute(delete(FanSession).where(FanSession.brand_id == brand_id, which))


def list_sessions(brand_id: UUID, fan_id: UUID, *, at: datetime) -> list[FanSession]:
    """Return the fan's living sessions, newest first; pages belong to the cookie they hang from."""
    return list(
        db.session.scalars(
            select(FanSession)
            .where(
                FanSession.brand_id == brand_id,
                FanSession.fan_id == fan_id,
                FanSession.parent_id.is_(None),
                FanSession.expires_at > at,
            )
            .order_by(FanSession.created_at.desc(), FanSession.id.desc())
        )
    )


def session_facts(session: FanSession) -> dict[str, Any]:
    """Return what a fan may see of a session, for the list of devices and the download."""
    return {
        "kind": session.kind,
        "origin": session.origin,
        "browser": session.user_agent,
        "since": session.created_at.isoformat(),
        "until": session.expires_at.isoformat(),
    }
