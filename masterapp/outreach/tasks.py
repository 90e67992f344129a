"""Background jobs that write to people. Each looks first whether its letter still makes sense, so it may run twice."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from flask import current_app
from flask_babel import force_locale

from masterapp.brands.invitations import make_key, make_reset_token
from masterapp.brands.models import Brand, Invitation, Member
from masterapp.coupons import qr, wallet, wording
from masterapp.coupons.models import Coupon
from masterapp.db import db, now
from masterapp.fans.models import Fan
from masterapp.identity.codes import make_code
from masterapp.identity.models import SignIn
from masterapp.jobs import jobs
from masterapp.outreach import draw_letters, mailer  # noqa: F401 - draws' letters are tasks too.


def _brand(brand_id: UUID) -> Brand:
    brand = db.session.get(Brand, brand_id)
    assert brand is not None, "a job of a brand that is gone went with it"
    return brand


def _address(path: str) -> str:
    return str(current_app.config["SETTINGS"].base_url) + path


@jobs.task(name="send_sign_in_code")
def send_sign_in_code(brand_id: str, sign_in_id: str, sends: int) -> None:
    """Send the code of a sign-in, unless it was used, is too old, or a newer one was asked for."""
    sign_in = db.session.get(SignIn, (UUID(brand_id), UUID(sign_in_id)))
    if (
        sign_in is None
        or sign_in.used_at is not None
        or sign_in.sends != sends
        or sign_in.expires_at <= now()
    ):
        return
    brand = _brand(sign_in.brand_id)
    letter = mailer.write(
        "sign_in_code",
        brand,
        to=sign_in.email,
        key=f"code.{sign_in.id.hex}.{sends}",
        locale=sign_in.locale,
        code=make_code(sign_in.id, sends),
    )
    mailer.send(letter, brand)


@jobs.task(name="send_invitation")
def send_invitation(brand_id: str, invitation_id: str) -> None:
    """Send the link of an invitation, unless it was accepted, cancelled or is too old."""
    invitation = db.session.get(Invitation, (UUID(brand_id), UUID(invitation_id)))
    if (
        invitation is None
        or invitation.accepted_at is not None
        or invitation.cancelled_at is not None
        or invitation.expires_at <= now()
    ):
        return
    brand = _brand(invitation.brand_id)
    host = db.session.get(Member, (invitation.brand_id, invitation.invited_by))
    key = make_key(invitation.brand_id, invitation.id)
    letter = mailer.write(
        "invitation",
        brand,
        to=invitation.email,
        key=f"invitation.{invitation.id.hex}",
        locale=host.locale if host else "fr",
        host=host.name if host else brand.name,
        link=_address(f"/admin/invitations/{key}"),
    )
    mailer.send(letter, brand)


@jobs.task(name="send_password_reset")
def send_password_reset(brand_id: str, member_id: str) -> None:
    """Send the link with which a member sets a new password."""
    member = db.session.get(Member, (UUID(brand_id), UUID(member_id)))
    if member is None or not member.active:
        return
    brand = _brand(member.brand_id)
    token = make_reset_token(member)
    letter = mailer.write(
        "password_reset",
        brand,
        to=member.email,
        key=f"reset.{hashlib.sha256(token.encode()).hexdigest()[:24]}",
        locale=member.locale,
        name=member.name,
        link=_address(f"/admin/password/{token}"),
    )
    mailer.send(letter, brand)


@jobs.task(name="send_coupon")
def send_coupon(brand_id: str, coupon_id: str) -> None:
    """Send a coupon with its QR to the fan who got it, unless it is used or ended, or there is no address."""
    coupon = db.session.get(Coupon, (UUID(brand_id), UUID(coupon_id)))
    fan = db.session.get(Fan, (coupon.brand_id, coupon.fan_id)) if coupon else None
    if coupon is None or fan is None or not fan.email:
        return
    carried = wallet.one_carried(coupon.brand_id, fan.id, coupon.id)
    if carried.state(now()) in ("used", "expired"):
        return
    brand = _brand(coupon.brand_id)
    with force_locale(fan.locale):
        facts: dict[str, Any] = {
            "label": wording.spoken(carried.label),
            "conditions": wording.spoken(carried.conditions),
            "until": carried.valid_until
            and wording.ending(carried.valid_until, brand.time_zone, now()),
        }
    letter = mailer.write(
        "coupon",
        brand,
        to=fan.email,
        key=f"coupon.{coupon.id.hex}",
        locale=fan.locale,
        pictures={"qr": qr.png(carried.qr_content)},
        coupon=carried,
        link=_address(f"/play/{brand.slug}/me"),
        **facts,
    )
    mailer.send(letter, brand)
