"""Who may open what: every route carries exactly one marker, and one gate in front of all views keeps to it.

Members stay signed in by Flask-Login in the cookie ``mapp_member``. Writes made with a cookie need the form's token,
and the browser must say that they come from our own pages: two layers against forged requests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from flask import Flask, Response, current_app, g, redirect, request, session
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect, same_origin
from sqlalchemy import select

from masterapp.brands.cookies import Remembered
from masterapp.brands.models import ROLES, Member, MemberStore
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.prepared import Prepared

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Roles that see only the stores they work in.
STORE_ROLES = frozenset({"store_manager", "cashier"})
_MARK = "access_mark"
_MEMBER = Prepared(
    "SELECT role, locale, session_stamp FROM member WHERE brand_id = %(brand)s AND id = %(member)s AND active"
)


@dataclass(frozen=True)
class Mark:
    """What a view requires: roles of members, or a kind: ``public``, ``post`` (posts from anywhere) or ``fan``."""

    kind: str
    roles: frozenset[str] = frozenset()


def _marker(mark: Mark) -> Callable[[View], View]:
    def set_mark(view: View) -> View:
        if hasattr(view, _MARK):
            raise RuntimeError(f"{view.__qualname__} carries two access markers: keep one.")
        setattr(view, _MARK, mark)
        return view

    return set_mark


def allow(*roles: str) -> Callable[[View], View]:
    """Mark a view for members with one of these roles."""
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise RuntimeError(f"allow() needs roles of {ROLES}, not {sorted(unknown)}.")
    return _marker(Mark("member", frozenset(roles)))


def public(view: View) -> View:
    """Mark a view for everybody; its forms are still protected against forgery."""
    return _marker(Mark("public"))(view)


def public_post(view: View) -> View:
    """Mark a view for everybody whose posts come from elsewhere by nature, and prove themselves by a signature."""
    return _marker(Mark("post"))(view)


def fan_only(view: View) -> View:
    """Mark a view for signed-in fans; it asks ``current_fan()``, which refuses everybody else."""
    return _marker(Mark("fan"))(view)


def mark_of(view: Any, method: str) -> Mark | None:
    """Return the marker of a view, of its class, or of the class's method."""
    view_class = getattr(view, "view_class", None)
    for place in (view, view_class, getattr(view_class, method.lower(), None)):
        mark = getattr(place, _MARK, None)
        if mark is not None:
            assert isinstance(mark, Mark)
            return mark
    return None


@dataclass(frozen=True)
class Badge:
    """The few facts of a member that every request needs, read by one small statement."""

    brand_id: UUID
    id: UUID
    role: str
    locale: str
    session_stamp: str


class SignedInMember:
    """What Flask-Login handles: a member's badge, and the whole member for the pages that ask for it."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, badge: Badge | Member) -> None:
        self.badge = badge

    @cached_property
    def member(self) -> Member:
        """The member, read when a page needs more than the badge."""
        if isinstance(self.badge, Member):
            return self.badge
        return db.session.get_one(Member, (self.badge.brand_id, self.badge.id))

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return f"{self.badge.brand_id.hex}:{self.badge.id.hex}:{self.badge.session_stamp}"


class _Members(LoginManager):
    """Flask-Login without its remember cookie, which would make every answer depend on cookies."""

    def _update_remember_cookie(self, response: Response) -> Response:
        return response

    def _session_protection_failed(self) -> bool:
        # A phone changes its address; and Flask-Login would hash it at every request before asking whether to.
        return False


def _load_member(identifier: str) -> SignedInMember | None:
    try:
        brand, member_id, stamp = identifier.split(":", 2)
        key = UUID(hex=brand), UUID(hex=member_id)
    except ValueError:
        return None
    row = db.row(_MEMBER, {"brand": key[0], "member": key[1]})
    if row is None or row[2] != stamp:
        return None
    return SignedInMember(Badge(*key, *row))


def find_member() -> Member | None:
    """Return the signed-in member, or None."""
    user = current_user._get_current_object()
    return user.member if isinstance(user, SignedInMember) else None


def find_badge() -> Badge | Member | None:
    """Return the badge of the signed-in member, or None."""
    user = current_user._get_current_object()
    return user.badge if isinstance(user, SignedInMember) else None


def current_badge() -> Badge | Member:
    """Return the badge of the signed-in member. Raises ``sign_in_required``."""
    badge = find_badge()
    if badge is None:
        raise Refused("sign_in_required")
    return badge


def current_member() -> Member:
    """Return the signed-in member. Raises ``sign_in_required``."""
    member = find_member()
    if member is None:
        raise Refused("sign_in_required")
    return member


def current_stores() -> frozenset[UUID] | None:
    """Return the stores that the signed-in member is limited to; None is every store of the brand."""
    return stores_of(current_member())


def stores_of(member: Member) -> frozenset[UUID] | None:
    """Return the stores that a member is limited to; None is every store of the brand."""
    if member.role not in STORE_ROLES:
        return None
    return frozenset(
        db.session.scalars(
            select(MemberStore.store_id).where(
                MemberStore.brand_id == member.brand_id, MemberStore.member_id == member.id
            )
        )
    )


def comes_from_us() -> bool:
    """Whether the browser says that one of our own pages sent this; programs that say nothing are not browsers."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or origin in _our_origins()


def _our_origins() -> set[str]:
    base = urlsplit(current_app.config["SETTINGS"].base_url)
    return {f"{base.scheme}://{base.netloc}", request.host_url.rstrip("/")}


class _Tokens(CSRFProtect):
    """The tokens of forms; what a script sends in a header is found without reading the body as a form."""

    def __init__(self) -> None:
        super().__init__()
        self._good: Remembered[bool] = Remembered()

    def _get_csrf_token(self) -> str | None:
        return request.headers.get("X-CSRFToken") or super()._get_csrf_token()

    def protect(self, apply_exemptions: bool = False) -> None:
        """Raise ``CSRFError`` unless the token belongs to this session; a pair that did before still does."""
        token = self._get_csrf_token()
        pair = current_app.secret_key, session.get("csrf_token"), token
        if pair not in self._good:
            super().protect(apply_exemptions)
            if g.get("csrf_valid"):
                self._good.keep(pair, True)
        elif request.is_secure and not same_origin(request.referrer or "", request.host_url):
            raise CSRFError("The referrer does not match the host.")


csrf = _Tokens()


def refuse_forgery() -> None:
    """Raise ``forged`` unless a write comes from our own page with the form's token."""
    if request.method in SAFE_METHODS:
        return
    if not comes_from_us():
        raise Refused("forged")
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return
    try:
        csrf.protect()
    except CSRFError:
        raise Refused("forged") from None


def _for_members(mark: Mark) -> Any:
    badge = find_badge()
    if badge is None:
        if request.method == "GET" and not _wants_data():
            door = "/staff/sign-in" if request.path.startswith("/staff") else "/admin/sign-in"
            return redirect(f"{door}?{_next()}")
        raise Refused("sign_in_required")
    g.setdefault("locale", badge.locale)
    if badge.role not in mark.roles:
        raise Refused("role_required")
    refuse_forgery()
    return None


def _wants_data() -> bool:
    """Whether a script asks rather than a person: it gets a refusal that it can read, not the page of the door."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def _next() -> str:
    wanted = request.full_path if request.query_string else request.path
    return urlencode({"next": wanted})


def _gate() -> Any:
    """Judge every request before its view; a page of members without a marker stays closed."""
    endpoint, method, path = request.endpoint, request.method, request.path
    if endpoint is None or method == "OPTIONS":
        return None
    mark = mark_of(current_app.view_functions[endpoint], method)
    if mark is None:
        if path.startswith(("/admin", "/staff")):
            raise Refused("role_required")
        return None
    if mark.kind == "member":
        return _for_members(mark)
    if mark.kind in ("public", "fan") and not path.startswith("/api/"):
        refuse_forgery()
    return None


def init_app(app: Flask) -> None:
    """Install the sign-in of members, the token of forms and the gate."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    members = _Members()
    members.init_app(app, add_context_processor=False)
    members.user_loader(_load_member)
    csrf.init_app(app)
    app.before_request(_gate)
    app.jinja_env.globals["find_member"] = find_member
