"""Invitations to the team and new passwords: links by e-mail that work once, of which only a hash is stored."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from masterapp.audit.service import record
from masterapp.brands import members, team
from masterapp.brands.models import Invitation, Member
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.jobs import jobs
from masterapp.keys import derive_key, keyed_hash

INVITATION_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(hours=1)


class Key(NamedTuple):
    """An invitation's link taken apart. Its secret is derived, so that the job that mails it carries ids only."""

    brand_id: UUID
    invitation_id: UUID
    secret: bytes

    def __str__(self) -> str:
        raw = self.brand_id.bytes + self.invitation_id.bytes + self.secret
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def make_key(brand_id: UUID, invitation_id: UUID) -> Key:
    """Return the key that opens an invitation."""
    return Key(
        brand_id, invitation_id, keyed_hash("invitation", brand_id.bytes, invitation_id.bytes)
    )


def _read_key(text: str) -> Key:
    try:
        raw = base64.b64decode(text + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("invitation_over") from None
    if len(raw) != 64:
        raise Refused("invitation_over")
    return Key(UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), raw[32:])


def list_open(brand_id: UUID, *, at: datetime) -> list[Invitation]:
    """Return the invitations that can still be accepted."""
    return list(
        db.session.scalars(
            select(Invitation)
            .where(
                Invitation.brand_id == brand_id,
                Invitation.accepted_at.is_(None),
                Invitation.cancelled_at.is_(None),
                Invitation.expires_at > at,
            )
            .order_by(Invitation.created_at)
        )
    )


def invite(
    actor: Member, email: str, role: str, store_ids: Iterable[UUID], *, at: datetime
) -> UUID:
    """Invite somebody; an earlier open invitation of the same address is replaced."""
    stores = team.check_place(actor.brand_id, role, store_ids)
    known = db.session.scalars(
        select(Member).where(
            Member.brand_id == actor.brand_id, Member.email == email, Member.active
        )
    ).first()
    if known is not None:
        raise Refused("already_member")
    _cancel_open(actor.brand_id, email, at)
    invitation_id = new_id()
    secret = make_key(actor.brand_id, invitation_id).secret
    added = db.session.execute(
        insert(Invitation)
        .values(
            brand_id=actor.brand_id,
            id=invitation_id,
            email=email,
            role=role,
            store_ids=[str(store) for store in stores],
            secret_hash=hashlib.sha256(secret).digest(),
            invited_by=actor.id,
            expires_at=at + INVITATION_LIFE,
        )
        .on_conflict_do_nothing()
        .returning(Invitation.id)
    )
    if added.first() is None:
        raise Refused("conflict")
    _record(actor, "member_invited", invitation_id, email=email, role=role)
    jobs.defer("send_invitation", brand_id=str(actor.brand_id), invitation_id=str(invitation_id))
    return invitation_id


def _cancel_open(brand_id: UUID, email: str, at: datetime) -> None:
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.brand_id == brand_id,
            Invitation.email == email,
            Invitation.accepted_at.is_(None),
            Invitation.cancelled_at.is_(None),
        )
        .values(cancelled_at=at)
    )


def cancel(actor: Member, invitation_id: UUID, *, at: datetime) -> None:
    """Take an invitation back. Raises ``not_found`` for one of another brand."""
    invitation = db.session.get(Invitation, (actor.brand_id, invitation_id))
    if invitation is None:
        raise Refused("not_found")
    if invitation.accepted_at is None and invitation.cancelled_at is None:
        invitation.cancelled_at = at
        _record(actor, "member_invitation_cancelled", invitation_id, email=invitation.email)
    db.session.flush()


def find_invitation(text: str, *, at: datetime) -> Invitation:
    """Return the open invitation of a link. Raises ``invitation_over``."""
    key = _read_key(text)
    invitation = db.session.get(Invitation, (key.brand_id, key.invitation_id))
    if (
        invitation is None
        or not hmac.compare_digest(
            hashlib.sha256(key.secret).digest(), bytes(invitation.secret_hash)
        )
        or invitation.accepted_at is not None
        or invitation.cancelled_at is not None
        or invitation.expires_at <= at
    ):
        raise Refused("invitation_over")
    return invitation


def accept(text: str, name: str, password: str, locale: str, *, at: datetime) -> Member:
    """Join the team with the link of an invitation; the link works once, whoever else clicks at the same time."""
    invitation = find_invitation(text, at=at)
    taken = db.session.execute(
        update(Invitation)
        .where(
            Invitation.brand_id == invitation.brand_id,
            Invitation.id == invitation.id,
            Invitation.accepted_at.is_(None),
            Invitation.cancelled_at.is_(None),
        )
        .values(accepted_at=at)
        .returning(Invitation.id)
    )
    if taken.first() is None:
        raise Refused("invitation_over")
    member = db.session.scalars(
        select(Member).where(
            Member.brand_id == invitation.brand_id, Member.email == invitation.email
        )
    ).first()
    if member is None:
        member = Member(brand_id=invitation.brand_id, email=invitation.email)
        db.session.add(member)
    member.name = name
    member.role = invitation.role
    member.locale = locale
    member.active = True
    members.set_password(member, password)
    team.put_in_stores(member, [UUID(store) for store in invitation.store_ids])
    _record(member, "member_joined", invitation.id, role=invitation.role)
    return member


# A forgotten password.


def _reset_signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(derive_key("password reset"), salt="password reset")


def make_reset_token(member: Member) -> str:
    """Return the last part of a reset link; it dies with the password and the sessions it was made under."""
    signed = _reset_signer().dumps([member.brand_id.hex, member.id.hex, _state(member)])
    return signed if isinstance(signed, str) else signed.decode()


def _state(member: Member) -> str:
    return keyed_hash("member state", member.password_hash or "", member.session_stamp).hex()[:32]


def ask_for_reset(email: str) -> None:
    """Mail a reset link to each membership of the address; unknown ones get none, and nobody sees the difference."""
    found = db.session.scalars(
        select(Member).where(Member.email == email.strip().lower(), Member.active)
    )
    for member in found:
        jobs.defer("send_password_reset", brand_id=str(member.brand_id), member_id=str(member.id))


def find_reset(token: str) -> Member:
    """Return whose password a link resets. Raises ``invitation_over`` for a used, forged or old one."""
    try:
        brand, member_id, state = _reset_signer().loads(
            token, max_age=int(RESET_LIFE.total_seconds())
        )
        member = db.session.get(
            Member, (UUID(hex=brand), UUID(hex=member_id)), with_for_update=True
        )
    except (BadSignature, SignatureExpired, ValueError, TypeError):
        raise Refused("invitation_over") from None
    if member is None or not member.active or not hmac.compare_digest(state, _state(member)):
        raise Refused("invitation_over")
    return member


def reset_password(token: str, password: str) -> Member:
    """Set a new password with a reset link; the second factor stays."""
    member = find_reset(token)
    members.set_password(member, password)
    record(
        member.brand_id,
        "member_password_reset",
        actor_kind="member",
        actor_id=member.id,
        object_kind="member",
        object_id=member.id,
    )
    return member


def _record(actor: Member, action: str, invitation_id: UUID, **data: object) -> None:
    record(
        actor.brand_id,
        action,
        actor_kind="member",
        actor_id=actor.id,
        object_kind="invitation",
        object_id=invitation_id,
        **data,
    )
