"""Signing in with an e-mail and a code: asked for, sent again, proved; the first proof makes the fan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from masterapp import events
from masterapp.brands.models import Brand
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.fans import service as fans
from masterapp.fans.addresses import Address, read_address
from masterapp.fans.models import Fan
from masterapp.identity.codes import hash_code, is_code, make_code
from masterapp.identity.models import Identity, SignIn
from masterapp.jobs import jobs

CODE_LIFE = timedelta(minutes=10)
TRIES = 5
#: E-mails of one sign-in, and the pause before each further one.
MAX_SENDS = 4
PAUSES = (timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120))
#: E-mails to one address, whoever asks for them: (window, most).
ADDRESS_LIMITS = ((timedelta(hours=1), 8), (timedelta(days=1), 20))


class Joining(NamedTuple):
    """An identity of another provider that will belong to whoever proves the e-mail."""

    provider: str
    subject: str


@dataclass(frozen=True)
class Asked:
    """A code is on its way; *resend_in* seconds from now another may be asked for, or never when None."""

    sign_in: UUID
    resend_in: int | None


@dataclass(frozen=True)
class Proved:
    """Who the code belongs to."""

    fan: Fan
    new: bool
    campaign_id: UUID | None


def request_code(
    brand: Brand,
    email: str,
    *,
    locale: str,
    at: datetime,
    campaign_id: UUID | None = None,
    joining: Joining | None = None,
) -> Asked:
    """Begin a sign-in and send its code. Nothing in the answer tells whether the address is known."""
    address = read_address(email)
    _check_address_limits(brand.id, address.key, at)
    sign_in = SignIn(
        brand_id=brand.id,
        id=new_id(),
        email=address.email,
        email_key=address.key,
        locale=locale,
        expires_at=at + CODE_LIFE,
        tries_left=TRIES,
        sends=1,
        sent_at=at,
        campaign_id=campaign_id,
        joining_provider=joining.provider if joining else None,
        joining_subject=joining.subject if joining else None,
        created_at=at,
    )
    sign_in.code_hash = hash_code(sign_in.id, make_code(sign_in.id, 1))
    db.session.add(sign_in)
    db.session.flush()
    _send(sign_in)
    return Asked(sign_in.id, _seconds(PAUSES[0]))


def _send(sign_in: SignIn) -> None:
    jobs.defer(
        "send_sign_in_code",
        brand_id=str(sign_in.brand_id),
        sign_in_id=str(sign_in.id),
        sends=sign_in.sends,
    )


def _check_address_limits(brand_id: UUID, key: str, at: datetime) -> None:
    """Raise ``too_many_requests`` when the address has had its e-mails; askers of one address take turns."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 3))"), {"key": f"{brand_id}{key}"}
    )
    for window, most in ADDRESS_LIMITS:
        sent, oldest = db.session.execute(
            select(func.coalesce(func.sum(SignIn.sends), 0), func.min(SignIn.created_at)).where(
                SignIn.brand_id == brand_id,
                SignIn.email_key == key,
                SignIn.created_at > at - window,
            )
        ).one()
        if sent >= most:
            raise Refused("too_many_requests", seconds=max(1, _seconds(oldest + window - at)))


def resend(brand_id: UUID, sign_in_id: UUID, *, at: datetime) -> Asked:
    """Send a fresh code for a sign-in under way; the one before it stops working."""
    sign_in = _get_locked(brand_id, sign_in_id)
    if sign_in.used_at is not None:
        raise Refused("code_used")
    if sign_in.tries_left < 1:
        raise Refused("code_spent")
    if sign_in.sends >= MAX_SENDS:
        raise Refused("resend_spent")
    wait = sign_in.sent_at + PAUSES[sign_in.sends - 1] - at
    if wait > timedelta(0):
        raise Refused("too_many_requests", seconds=_seconds(wait))
    _check_address_limits(brand_id, sign_in.email_key, at)
    sign_in.sends += 1
    sign_in.sent_at = at
    sign_in.expires_at = at + CODE_LIFE
    sign_in.code_hash = hash_code(sign_in.id, make_code(sign_in.id, sign_in.sends))
    db.session.flush()
    _send(sign_in)
    pause = _seconds(PAUSES[sign_in.sends - 1]) if sign_in.sends < MAX_SENDS else None
    return Asked(sign_in.id, pause)


def _get_locked(brand_id: UUID, sign_in_id: UUID) -> SignIn:
    sign_in = db.session.scalars(
        select(SignIn).where(_is(brand_id, sign_in_id)).with_for_update()
    ).first()
    if sign_in is None:
        raise Refused("not_found")
    return sign_in


def _is(brand_id: UUID, sign_in_id: UUID) -> ColumnElement[bool]:
    return (SignIn.brand_id == brand_id) & (SignIn.id == sign_in_id)


def _seconds(duration: timedelta) -> int:
    return -int(-duration.total_seconds() // 1)


def check_code(brand_id: UUID, sign_in_id: UUID, code: str, *, at: datetime) -> SignIn:
    """Use up the code of a sign-in. Raises why it cannot be used; a wrong try is counted before it is compared.

    The update takes the row's lock, so of fifty proofs at once one is first and the others find the code used.
    """
    sign_in = db.session.scalars(
        update(SignIn)
        .where(
            _is(brand_id, sign_in_id),
            SignIn.used_at.is_(None),
            SignIn.tries_left > 0,
            SignIn.expires_at > at,
        )
        .values(tries_left=SignIn.tries_left - 1)
        .returning(SignIn)
        .execution_options(populate_existing=True)
    ).first()
    if sign_in is None:
        raise _why_not(brand_id, sign_in_id)
    if not is_code(sign_in.id, code, sign_in.code_hash):
        db.keep_on_refusal()
        if sign_in.tries_left < 1:
            raise Refused("code_spent")
        raise Refused("code_wrong", tries_left=sign_in.tries_left)
    sign_in.used_at = at
    db.session.flush()
    return sign_in


def _why_not(brand_id: UUID, sign_in_id: UUID) -> Refused:
    sign_in = db.session.get(SignIn, (brand_id, sign_in_id), populate_existing=True)
    if sign_in is None:
        return Refused("not_found")
    if sign_in.used_at is not None:
        return Refused("code_used")
    return Refused("code_spent" if sign_in.tries_left < 1 else "code_expired")


def prove_code(
    brand: Brand, sign_in_id: UUID, code: str, *, source: dict[str, Any], at: datetime
) -> Proved:
    """Prove the e-mail of a sign-in; the fan is made when the address was unknown."""
    sign_in = check_code(brand.id, sign_in_id, code, at=at)
    address = read_address(sign_in.email)
    fan, new = _fan_of_email(brand.id, address, sign_in.locale, source, at)
    if sign_in.joining_provider and sign_in.joining_subject:
        joining = Joining(sign_in.joining_provider, sign_in.joining_subject)
        _attach(brand.id, fan.id, joining, at)
    note_sign_in(fan, new=new, at=at)
    return Proved(fan, new, sign_in.campaign_id)


def note_sign_in(fan: Fan, *, new: bool, at: datetime) -> None:
    """Remember that the fan came, and announce it."""
    fan.last_seen_at = at
    db.session.flush()
    events.after_commit(events.fan_signed_in, brand_id=fan.brand_id, fan_id=fan.id, new=new)


def confirm_address(fan: Fan, sign_in_id: UUID, code: str, *, at: datetime) -> None:
    """Check a fresh code sent to the fan's own address, before something that cannot be undone."""
    sign_in = db.session.get(SignIn, (fan.brand_id, sign_in_id))
    if sign_in is None or sign_in.email_key != fan.email_key:
        raise Refused("not_found")
    check_code(fan.brand_id, sign_in_id, code, at=at)


def find_identity(brand_id: UUID, provider: str, subject: str) -> Identity | None:
    """Return who is known by this identity."""
    return db.session.scalars(
        select(Identity).where(
            Identity.brand_id == brand_id,
            Identity.provider == provider,
            Identity.subject == subject,
        )
    ).first()


def _fan_of_email(
    brand_id: UUID, address: Address, locale: str, source: dict[str, Any], at: datetime
) -> tuple[Fan, bool]:
    """Return the fan of a proved address, and whether the fan is new.

    Many first sign-ins at once each try to insert the identity; its unique key lets one through, the others take
    back the fan they had begun and use the winner's.
    """
    known = find_identity(brand_id, "email", address.key)
    if known is None:
        attempt = db.session.begin_nested()
        fan = fans.find_by_email(brand_id, address.key)
        new = fan is None
        if fan is None:
            fan = fans.create(brand_id, address, locale=locale, source=source)
        if _attach(brand_id, fan.id, Joining("email", address.key), at):
            attempt.commit()
            return fan, new
        attempt.rollback()
        known = find_identity(brand_id, "email", address.key)
        assert known is not None
    return fans.get_fan(brand_id, known.fan_id), False


def _attach(brand_id: UUID, fan_id: UUID, identity: Joining, at: datetime) -> bool:
    """Give the fan an identity; False when it belongs to somebody already."""
    inserted = db.session.execute(
        insert(Identity)
        .values(
            brand_id=brand_id,
            id=new_id(),
            fan_id=fan_id,
            provider=identity.provider,
            subject=identity.subject,
            verified_at=at,
        )
        .on_conflict_do_nothing(index_elements=["brand_id", "provider", "subject"])
        .returning(Identity.id)
    )
    return inserted.first() is not None
