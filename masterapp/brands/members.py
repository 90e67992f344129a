"""Members prove themselves with a password and, if they wish, a code of their phone; wrong tries make sign-in pause."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from cryptography.fernet import Fernet
from sqlalchemy import ColumnElement, case, func, or_, update

from masterapp.audit.service import record
from masterapp.brands.models import Member
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.keys import derive_key, keyed_hash
from masterapp.texts import translate as _

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
#: After so many wrong tries in a row sign-in pauses for so long; the last pause is that of every further fifth try.
PAUSES = {5: timedelta(minutes=1), 10: timedelta(minutes=5)}
LAST_PAUSE = timedelta(minutes=15)
TRIES_TO_PAUSE = 5
STEP = 30
RECOVERY_CODES = 10

#: About 20 ms and 19 MB a password: costly to guess, cheap enough for a till.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    """A hash to compare with when nobody has the address, so that the answer takes as long."""
    return _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    return _hasher.hash(password)


def _is_password(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def check_new_password(password: str, member_email: str) -> None:
    """Raise ``invalid`` with a cure for a password that is easy to guess."""
    problem = None
    if len(password) < SHORTEST_PASSWORD:
        problem = _(
            "Use at least %(length)s characters; several words are easy to remember.",
            length=SHORTEST_PASSWORD,
        )
    elif len(password) > LONGEST_PASSWORD:
        problem = _("Use at most %(length)s characters.", length=LONGEST_PASSWORD)
    elif len(set(password)) < 5 or member_email.split("@")[0] in password.lower():
        problem = _(
            "This is easy to guess. Use several words that have nothing to do with your address."
        )
    if problem:
        raise Refused("invalid", fields={"password": [problem]})


def sign_in(email: str, password: str, *, at: datetime) -> list[Member]:
    """Return the memberships (one per brand) whose password this is. Raises ``wrong_password``.

    Every try is counted, under the row's lock, before the password is looked at: a thousand guesses at once are
    counted like a thousand in a row.
    """
    tried = _count_try(Member.email == email.strip().lower(), at)
    db.keep_on_refusal()
    if not tried:
        _is_password(_nobodys_hash(), password)
        raise Refused("wrong_password")
    matching = [
        member
        for member in tried
        if member.password_hash and _is_password(member.password_hash, password)
    ]
    if not matching:
        raise Refused("wrong_password")
    for member in tried:
        forgive_tries(member)
    for member in matching:
        if _hasher.check_needs_rehash(member.password_hash or ""):
            member.password_hash = hash_password(password)
    db.session.flush()
    return matching


def _count_try(whose: ColumnElement[bool], at: datetime) -> list[Member]:
    """Count a try for these members and return those whose sign-in is not pausing."""
    count = Member.failed_tries + 1
    pause = case(
        *((count == tries, at + pause) for tries, pause in PAUSES.items()), else_=at + LAST_PAUSE
    )
    return list(
        db.session.scalars(
            update(Member)
            .where(
                whose,
                Member.active,
                Member.password_hash.is_not(None),
                or_(Member.paused_until.is_(None), Member.paused_until <= at),
            )
            .values(
                failed_tries=count,
                paused_until=case((count % TRIES_TO_PAUSE == 0, pause), else_=None),
            )
            .returning(Member)
            .execution_options(populate_existing=True)
        )
    )


def forgive_tries(member: Member) -> None:
    """Forget the wrong tries after a right one."""
    member.failed_tries = 0
    member.paused_until = None


def note_signed_in(member: Member, *, at: datetime) -> None:
    """Remember that the member came."""
    if not member.session_stamp:
        member.session_stamp = secrets.token_hex(8)
    member.last_seen_at = at
    _record(member, "member_signed_in", member)


def set_password(member: Member, password: str) -> None:
    """Give the member a new password; their sessions elsewhere end."""
    check_new_password(password, member.email)
    member.password_hash = hash_password(password)
    member.session_stamp = secrets.token_hex(8)
    forgive_tries(member)
    db.session.flush()


def change_password(member: Member, current: str, new: str, *, at: datetime) -> None:
    """Change one's own password, knowing the current one."""
    counted = _count_try(_only(member), at)
    db.keep_on_refusal()
    if not counted or not _is_password(member.password_hash or "", current):
        raise Refused("wrong_password")
    set_password(member, new)
    _record(member, "member_password_changed", member)


def sign_out_everywhere(member: Member) -> None:
    """End all sessions of the member."""
    member.session_stamp = secrets.token_hex(8)
    _record(member, "member_signed_out_everywhere", member)
    db.session.flush()


def _only(member: Member) -> ColumnElement[bool]:
    return (Member.brand_id == member.brand_id) & (Member.id == member.id)


def _record(actor: Member, action: str, member: Member, **data: object) -> None:
    record(
        actor.brand_id,
        action,
        actor_kind="member",
        actor_id=actor.id,
        object_kind="member",
        object_id=member.id,
        **data,
    )


# The second factor.


def new_secret() -> str:
    """Make a secret for the member's phone; it counts once ``enrol`` has seen a code of it."""
    return pyotp.random_base32()


def enrolment_address(member: Member, brand_name: str, secret: str) -> str:
    """Return the ``otpauth:`` address of a secret."""
    return pyotp.TOTP(secret).provisioning_uri(
        name=member.email, issuer_name=f"MasterApp {brand_name}"
    )


def enrol(member: Member, secret: str, code: str, *, at: datetime) -> list[str]:
    """Turn the second factor on, after a code proved that the phone has the secret. Returns the recovery codes."""
    step = _step_of(secret, code, at)
    if step is None:
        raise Refused("wrong_second_factor")
    codes = [secrets.token_hex(5) for _number in range(RECOVERY_CODES)]
    member.totp_secret = _cipher().encrypt(secret.encode())
    member.totp_last_step = step
    member.recovery_hashes = [_recovery_hash(member.id, code) for code in codes]
    _record(member, "member_second_factor_on", member)
    db.session.flush()
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def remove_second_factor(actor: Member, member: Member) -> None:
    """Turn the second factor off: one's own, or that of somebody who lost their phone."""
    member.totp_secret = None
    member.totp_last_step = 0
    member.recovery_hashes = []
    _record(actor, "member_second_factor_off", member)
    db.session.flush()


def prove_second_factor(member: Member, code: str, *, at: datetime) -> None:
    """Accept a code of the phone, or a recovery code, once. Raises ``wrong_second_factor``."""
    counted = _count_try(_only(member), at)
    db.keep_on_refusal()
    if not counted or not (_use_phone_code(member, code, at) or _use_recovery_code(member, code)):
        raise Refused("wrong_second_factor")
    forgive_tries(member)
    db.session.flush()


def _use_phone_code(member: Member, code: str, at: datetime) -> bool:
    if member.totp_secret is None:
        return False
    step = _step_of(_cipher().decrypt(bytes(member.totp_secret)).decode(), code, at)
    if step is None:
        return False
    used = db.session.execute(
        update(Member)
        .where(_only(member), Member.totp_last_step < step)
        .values(totp_last_step=step)
        .returning(Member.id)
    )
    return used.first() is not None


def _use_recovery_code(member: Member, code: str) -> bool:
    """Take the code out of the list; the database says whether it was still there."""
    wanted = _recovery_hash(member.id, code.replace("-", "").strip().lower())
    used = db.session.execute(
        update(Member)
        .where(_only(member), Member.recovery_hashes.op("@>")(func.jsonb_build_array(wanted)))
        .values(recovery_hashes=Member.recovery_hashes.op("-")(wanted))
        .returning(Member.id)
    )
    return used.first() is not None


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    """Return the time step whose code this is: now, or one step to either side for clocks that differ."""
    totp, now_step = pyotp.TOTP(secret), int(at.timestamp()) // STEP
    digits = code.replace(" ", "")
    for step in (now_step, now_step - 1, now_step + 1):
        if secrets.compare_digest(totp.at(step * STEP).encode(), digits.encode()):
            return step
    return None


def _recovery_hash(member_id: UUID, code: str) -> str:
    return keyed_hash("recovery code", member_id.bytes, code).hex()


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive_key("second factor")))
