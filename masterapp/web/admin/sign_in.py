"""The door of desk and till: password, and a code of the phone for those who want; invitations and new passwords."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask import Response as FlaskResponse
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from masterapp.brands import invitations, members
from masterapp.brands.access import SignedInMember, allow, public
from masterapp.brands.models import ROLES, Brand, Member
from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.limits import limiter
from masterapp.texts import LOCALES, language
from masterapp.texts import translate as _
from masterapp.web.admin.shell import ROLE_NAMES

blueprint = Blueprint("admin_sign_in", __name__, template_folder="templates")

#: Between the password and the second step.
PENDING_LIFE = timedelta(minutes=10)
PACE = "20 per minute; 200 per hour"
MAIL_PACE = "5 per minute; 20 per hour"
LONGEST_NAME = 80

Answer = str | Response | tuple[str, int]


@blueprint.after_request
def remember_language(response: FlaskResponse) -> FlaskResponse:
    """Keep the language that was chosen at the door for the steps that follow."""
    asked = request.args.get("lang")
    if asked in LOCALES:
        response.set_cookie(
            "lang",
            str(asked),
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )
    return response


def _at_the_till() -> bool:
    return request.path.startswith("/staff/")


def _safe_next(wanted: str | None) -> str:
    """Return a path of desk or till, or nothing: a sign-in must not send anybody elsewhere."""
    path = wanted or ""
    inside = path.startswith(("/admin/", "/staff/")) and "//" not in path and "\\" not in path
    return path if inside and path.isprintable() else ""


def _page(template: str, **values: Any) -> str:
    return render_template(f"admin/sign_in/{template}.html", at_the_till=_at_the_till(), **values)


@blueprint.get("/admin/sign-in")
@blueprint.get("/staff/sign-in", endpoint="sign_in_at_the_till")
@public
def sign_in() -> Answer:
    """Ask for e-mail and password."""
    return _page("sign_in", email="", next=_safe_next(request.args.get("next")))


@blueprint.post("/admin/sign-in")
@blueprint.post("/staff/sign-in", endpoint="check_password_at_the_till")
@limiter.limit(PACE)
@public
def check_password() -> Answer:
    """Check the password; the answer is the same for an unknown address, a wrong password and a pause."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    wanted = _safe_next(request.form.get("next"))
    try:
        found = members.sign_in(email, password[: members.LONGEST_PASSWORD], at=now())
    except Refused as refusal:
        page = _page("sign_in", email=email, next=wanted, error=refusal.message)
        return page, refusal.status
    session.clear()
    session["pending"] = {
        "members": [f"{member.brand_id.hex}:{member.id.hex}" for member in found],
        "at": now().isoformat(),
        "next": wanted,
    }
    return _go_on(found)


def _go_on(found: list[Member]) -> Answer:
    """Finish the sign-in, or lead to the step that is left."""
    if len(found) == 1 and found[0].totp_secret is None:
        return _let_in(found[0])
    return redirect("/staff/sign-in/step" if _at_the_till() else "/admin/sign-in/step", 303)


def _pending() -> list[Member]:
    """Return who has given the right password in this browser. Raises ``sign_in_required``."""
    pending = session.get("pending")
    if not pending or now() - datetime.fromisoformat(pending["at"]) > PENDING_LIFE:
        raise Refused("sign_in_required")
    keys = [tuple(UUID(hex=part) for part in key.split(":")) for key in pending["members"]]
    found = [db.session.get(Member, key) for key in keys]
    active = [member for member in found if member is not None and member.active]
    if not active:
        raise Refused("sign_in_required")
    return active


@blueprint.get("/admin/sign-in/step")
@blueprint.get("/staff/sign-in/step", endpoint="step_at_the_till")
@public
def step() -> Answer:
    """Show the step that is left: which brand, or the code of the phone."""
    try:
        return _step_page(_pending())
    except Refused:
        return redirect("/staff/sign-in" if _at_the_till() else "/admin/sign-in")


def _step_page(found: list[Member], error: str = "") -> str:
    if len(found) == 1:
        return _page("code", error=error)
    brands = [(str(member.brand_id), _brand(member.brand_id).name) for member in found]
    return _page("brand", brands=brands, error=error)


def _brand(brand_id: UUID) -> Brand:
    brand = db.session.get(Brand, brand_id)
    assert brand is not None, "a member's brand cannot be deleted without the member"
    return brand


@blueprint.post("/admin/sign-in/step")
@blueprint.post("/staff/sign-in/step", endpoint="take_step_at_the_till")
@limiter.limit(PACE)
@public
def take_step() -> Answer:
    """Take the step that is left."""
    found = _pending()
    if len(found) > 1:
        chosen = [member for member in found if str(member.brand_id) == request.form.get("brand")]
        if not chosen:
            return _step_page(found), 422
        key = f"{chosen[0].brand_id.hex}:{chosen[0].id.hex}"
        session["pending"] = {**session["pending"], "members": [key]}
        return _go_on(chosen)
    if found[0].totp_secret is not None:
        try:
            members.prove_second_factor(found[0], request.form.get("code", "").strip(), at=now())
        except Refused as refusal:
            return _step_page(found, refusal.message), refusal.status
    return _let_in(found[0])


def _let_in(member: Member) -> Response:
    wanted = (session.get("pending") or {}).get("next", "")
    session.clear()
    members.note_signed_in(member, at=now())
    session.permanent = True
    login_user(SignedInMember(member))
    own = "/staff/" if member.role == "cashier" or _at_the_till() else "/admin/campaigns/"
    if member.role == "cashier" and not wanted.startswith("/staff/"):
        wanted = ""
    return redirect(wanted or own, 303)


@blueprint.post("/admin/sign-out")
@blueprint.post("/staff/sign-out", endpoint="sign_out_at_the_till")
@allow(*ROLES)
def sign_out() -> Answer:
    """Sign out this browser."""
    door = "/staff/sign-in" if _at_the_till() else "/admin/sign-in"
    logout_user()
    session.clear()
    return redirect(door, 303)


@blueprint.get("/admin/password")
@public
def forgotten() -> Answer:
    """Ask for the address of a forgotten password."""
    return _page("forgotten", sent=False)


@blueprint.post("/admin/password")
@limiter.limit(MAIL_PACE)
@public
def ask_for_reset() -> Answer:
    """Mail a link when the address is known; the page is the same when it is not."""
    invitations.ask_for_reset(request.form.get("email", ""))
    return _page("forgotten", sent=True)


@blueprint.get("/admin/password/<token>")
@public
def new_password(token: str) -> Answer:
    """Ask for the new password."""
    return _page("new_password", email=invitations.find_reset(token).email, errors={})


@blueprint.post("/admin/password/<token>")
@limiter.limit(PACE)
@public
def set_new_password(token: str) -> Answer:
    """Set the new password and lead to the door."""
    member = invitations.find_reset(token)
    try:
        invitations.reset_password(token, request.form.get("password", ""))
    except Refused as refusal:
        page = _page("new_password", email=member.email, errors=refusal.fields)
        return page, refusal.status
    flash(_("Your new password is set. Sign in with it."), "good")
    return redirect(url_for("admin_sign_in.sign_in"), 303)


@blueprint.get("/admin/invitations/<key>")
@public
def invitation(key: str) -> Answer:
    """Show an invitation."""
    return _invitation_page(key, "", {})


def _invitation_page(key: str, name: str, errors: dict[str, list[str]]) -> str:
    found = invitations.find_invitation(key, at=now())
    return _page(
        "invitation",
        invitation=found,
        brand=_brand(found.brand_id),
        role=ROLE_NAMES[found.role],
        name=name,
        locale=language(),
        errors=errors,
    )


@blueprint.post("/admin/invitations/<key>")
@limiter.limit(PACE)
@public
def accept_invitation(key: str) -> Answer:
    """Join the team, signed in at once."""
    name = " ".join(request.form.get("name", "").split())[:LONGEST_NAME]
    locale = request.form.get("locale", "")
    try:
        if not name or not name.isprintable():
            raise Refused("invalid", fields={"name": [_("Write your name.")]})
        with db.session.begin_nested():
            member = invitations.accept(
                key,
                name,
                request.form.get("password", ""),
                locale if locale in LOCALES else language(),
                at=now(),
            )
    except Refused as refusal:
        if refusal.code != "invalid":
            raise
        return _invitation_page(key, name, refusal.fields), refusal.status
    session.clear()
    return _let_in(member)
