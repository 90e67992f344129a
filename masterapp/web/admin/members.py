"""The team's pages: members, invitations, roles and stores; and each member's own account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import login_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from masterapp.brands import invitations, members, team
from masterapp.brands.access import STORE_ROLES, SignedInMember, allow, current_member, stores_of
from masterapp.brands.models import ROLES, Brand, Member
from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.fans.addresses import read_address
from masterapp.limits import limiter
from masterapp.texts import LOCALES
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.web.admin.shell import ROLE_NAMES

blueprint = Blueprint("admin_members", __name__, url_prefix="/admin", template_folder="templates")

PACE = "20 per minute"
LONGEST_NAME = 80
ROLE_HELP = {
    "owner": _l("Everything, the team included."),
    "marketer": _l("Campaigns, games, prizes, offers and the brand."),
    "analyst": _l("Reads everything, changes nothing."),
    "support": _l("Fans and their coupons."),
    "store_manager": _l("Their stores' coupons, and undoing a mistake."),
    "cashier": _l("Scans coupons in their stores."),
}

Answer = str | Response | tuple[str, int]


def _stores_posted() -> list[UUID]:
    try:
        return [UUID(text) for text in request.form.getlist("stores")]
    except ValueError:
        raise Refused("not_found") from None


@blueprint.get("/members")
@allow("owner")
def index() -> Answer:
    """List the team and the invitations on their way."""
    brand_id = current_member().brand_id
    team_members = team.list_members(brand_id)
    store_names = {store.id: store.name for store in team.list_stores(brand_id)}
    places = {
        member.id: sorted(store_names[store] for store in stores_of(member) or ())
        for member in team_members
    }
    return render_template(
        "admin/members/index.html",
        members=team_members,
        places=places,
        invitations=invitations.list_open(brand_id, at=now()),
        role_names=ROLE_NAMES,
    )


def _place_page(template: str, **values: Any) -> str:
    return render_template(
        f"admin/members/{template}.html",
        roles=[(role, ROLE_NAMES[role]) for role in ROLES],
        role_help=[(ROLE_NAMES[role], ROLE_HELP[role]) for role in ROLES],
        store_roles=STORE_ROLES,
        stores=team.list_stores(current_member().brand_id),
        **values,
    )


@blueprint.get("/members/invite")
@allow("owner")
def invite() -> Answer:
    """Ask whom to invite."""
    return _place_page("invite", email="", role="marketer", chosen=set(), errors={})


@blueprint.post("/members/invite")
@limiter.limit(PACE)
@allow("owner")
def send_invitation() -> Answer:
    """Send an invitation."""
    email, role = request.form.get("email", ""), request.form.get("role", "")
    stores = _stores_posted()
    try:
        address = read_address(email)
        invitations.invite(current_member(), address.key, role, stores, at=now())
    except Refused as refusal:
        errors = refusal.fields or {"email": [refusal.message]}
        page = _place_page("invite", email=email, role=role, chosen=set(stores), errors=errors)
        return page, refusal.status
    flash(_("The invitation to %(email)s is on its way.", email=address.email), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/members/invitations/<uuid:invitation_id>/cancel")
@allow("owner")
def cancel_invitation(invitation_id: UUID) -> Answer:
    """Take an invitation back."""
    invitations.cancel(current_member(), invitation_id, at=now())
    flash(_("The invitation is cancelled; its link no longer works."), "good")
    return redirect(url_for(".index"), 303)


def _member(member_id: UUID) -> Member:
    return team.get_member(current_member().brand_id, member_id)


@blueprint.get("/members/<uuid:member_id>")
@allow("owner")
def member(member_id: UUID) -> Answer:
    """Show a member."""
    found = _member(member_id)
    return _member_page(found, found.role, set(stores_of(found) or ()), {})


def _member_page(found: Member, role: str, chosen: set[UUID], errors: dict[str, list[str]]) -> str:
    return _place_page("member", member=found, role=role, chosen=chosen, errors=errors)


@blueprint.post("/members/<uuid:member_id>")
@allow("owner")
def change_member(member_id: UUID) -> Answer:
    """Give a member another role or other stores."""
    found, role, stores = _member(member_id), request.form.get("role", ""), _stores_posted()
    try:
        team.change_place(current_member(), found, role, stores)
    except Refused as refusal:
        errors = refusal.fields or {"role": [refusal.message]}
        return _member_page(found, role, set(stores), errors), refusal.status
    flash(_("Saved. It holds from their next click."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/members/<uuid:member_id>/deactivate")
@allow("owner")
def deactivate(member_id: UUID) -> Answer:
    """Close a member's access."""
    team.deactivate(current_member(), _member(member_id))
    flash(_("This member can no longer sign in."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/members/<uuid:member_id>/reactivate")
@allow("owner")
def reactivate(member_id: UUID) -> Answer:
    """Open a member's access again."""
    team.reactivate(current_member(), _member(member_id))
    flash(_("This member can sign in again."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/members/<uuid:member_id>/second-factor")
@allow("owner")
def drop_second_factor(member_id: UUID) -> Answer:
    """Help a member who lost their phone."""
    members.remove_second_factor(current_member(), _member(member_id))
    flash(_("The password alone is enough again, until they add a new phone."), "good")
    return redirect(url_for(".member", member_id=member_id), 303)


# My account.


def _account_page(errors: dict[str, list[str]] | None = None, **values: Any) -> str:
    return render_template(
        "admin/members/account.html", member=current_member(), errors=errors or {}, **values
    )


@blueprint.get("/account")
@allow(*ROLES)
def account() -> Answer:
    """Show my account."""
    return _account_page()


@blueprint.post("/account")
@allow(*ROLES)
def change_account() -> Answer:
    """Change my name and language."""
    me, name = current_member(), " ".join(request.form.get("name", "").split())[:LONGEST_NAME]
    if not name or not name.isprintable():
        return _account_page({"name": [_("Write your name.")]}), 422
    me.name = name
    if request.form.get("locale") in LOCALES:
        me.locale = request.form["locale"]
    flash(_("Saved."), "good")
    return redirect(url_for(".account"), 303)


@blueprint.post("/account/password")
@limiter.limit(PACE)
@allow(*ROLES)
def change_password() -> Answer:
    """Change my password; my other browsers are signed out."""
    me = current_member()
    try:
        members.change_password(
            me, request.form.get("current", ""), request.form.get("password", ""), at=now()
        )
    except Refused as refusal:
        errors = refusal.fields or {"current": [refusal.message]}
        return _account_page(errors), 422
    login_user(SignedInMember(me))
    flash(_("Your password is changed. Your other browsers are signed out."), "good")
    return redirect(url_for(".account"), 303)


@blueprint.post("/account/sign-out-everywhere")
@allow(*ROLES)
def sign_out_everywhere() -> Answer:
    """Sign out all my other browsers."""
    me = current_member()
    members.sign_out_everywhere(me)
    login_user(SignedInMember(me))
    flash(_("All your other browsers are signed out."), "good")
    return redirect(url_for(".account"), 303)


@blueprint.get("/account/phone")
@allow(*ROLES)
def phone() -> Answer:
    """Show the QR code that a phone's app reads."""
    return _phone_page()


def _phone_page(error: str = "") -> str:
    me = current_member()
    brand = db.session.get(Brand, me.brand_id)
    name = brand.name if brand else ""
    # The secret stays the same until a code of it has come back, so that a slip does not need a new scan.
    secret = session.get("phone_secret") or members.new_secret()
    session["phone_secret"] = secret
    address = members.enrolment_address(me, name, secret)
    drawn = segno.make(address, error="m").svg_inline(border=2, omitsize=True)
    return render_template(
        "admin/members/phone.html",
        qr=Markup(drawn),  # noqa: S704 - drawn by segno from numbers.
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        error=error,
    )


@blueprint.post("/account/phone")
@limiter.limit(PACE)
@allow(*ROLES)
def add_phone() -> Answer:
    """Turn the second factor on, and show the recovery codes once."""
    secret = session.get("phone_secret", "")
    try:
        if not secret:
            raise Refused("wrong_second_factor")
        codes = members.enrol(current_member(), secret, request.form.get("code", ""), at=now())
    except Refused as refusal:
        return _phone_page(refusal.message), 422
    session.pop("phone_secret", None)
    return render_template("admin/members/recovery.html", codes=codes)


@blueprint.post("/account/phone/remove")
@limiter.limit(PACE)
@allow(*ROLES)
def remove_phone() -> Answer:
    """Turn my second factor off, with a code of it."""
    me = current_member()
    try:
        members.prove_second_factor(me, request.form.get("code", "").strip(), at=now())
    except Refused as refusal:
        return _account_page({"code": [refusal.message]}), 422
    members.remove_second_factor(me, me)
    flash(_("The second step is off."), "good")
    return redirect(url_for(".account"), 303)
