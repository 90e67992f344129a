"""What every page of the desk shares: who sits at it, the rail, the brand's clock, search and the language switch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Blueprint, Flask, Response, current_app, g, jsonify, redirect, request, url_for
from flask_babel import force_locale, format_timedelta
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from masterapp import texts
from masterapp.brands import assets
from masterapp.brands.access import allow, current_member, find_member
from masterapp.brands.models import ROLES, Brand, Member
from masterapp.campaigns.quota import zone
from masterapp.db import db, new_id, now
from masterapp.texts import LOCALES, translate
from masterapp.texts import lazy_text as _l
from masterapp.web.admin import finding
from masterapp.web.ui import REGIONAL, day_and_time

blueprint = Blueprint("admin_shell", __name__, url_prefix="/admin", template_folder="templates")

DESK = ("owner", "marketer", "analyst", "support", "store_manager")
MAKERS = ("owner", "marketer")
READERS = ("owner", "marketer", "analyst")

ROLE_NAMES = {
    "owner": _l("Owner"),
    "marketer": _l("Marketer"),
    "analyst": _l("Analyst"),
    "support": _l("Customer service"),
    "store_manager": _l("Store manager"),
    "cashier": _l("Cashier"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the rail: where it leads, and who may see it."""

    name: str
    label: Any
    icon: str
    address: str
    roles: tuple[str, ...]
    starts_group: bool = False


ENTRIES = (
    Entry("campaigns", _l("Campaigns"), "layout-dashboard", "/admin/campaigns/", READERS),
    Entry("fans", _l("Fans"), "users", "/admin/fans", (*READERS, "support")),
    Entry("winners", _l("Winners"), "trophy", "/admin/winners", (*MAKERS, "support")),
    Entry("offers", _l("Coupons"), "discount", "/admin/offers", (*READERS, "store_manager")),
    Entry("pictures", _l("Pictures"), "photo", "/admin/pictures/", MAKERS),
    Entry("stores", _l("Stores"), "building-store", "/admin/stores/", READERS, starts_group=True),
    Entry("exclusions", _l("Rules"), "shield-check", "/admin/exclusions", MAKERS),
    Entry("decisions", _l("Decisions"), "users-group", "/admin/decisions/", MAKERS),
    Entry("brand", _l("Brand"), "palette", "/admin/brand/", MAKERS),
    Entry("members", _l("Members"), "user-cog", "/admin/members", ("owner",), starts_group=True),
    Entry("audit", _l("Audit trail"), "history", "/admin/audit/", READERS),
)


class Desk:
    """The signed-in member, their brand, and what the rail shows them."""

    def __init__(self, member: Member) -> None:
        self.member = member

    @cached_property
    def brand(self) -> Brand:
        """The member's brand."""
        brand = db.session.get(Brand, self.member.brand_id)
        assert brand is not None, "a member's brand cannot be deleted without the member"
        return brand

    @cached_property
    def zone(self) -> ZoneInfo:
        """The brand's time zone: every date on the desk is read and written in it."""
        return zone(self.brand.time_zone)

    @property
    def logo(self) -> str | None:
        """The signed address of the brand's logo, if it has one."""
        return picture_address(self.brand.id, self.brand.theme.get("logo"))

    @property
    def role(self) -> str:
        """The member's role in words."""
        return str(ROLE_NAMES[self.member.role])

    @property
    def may_edit(self) -> bool:
        """Whether the member may change campaigns."""
        return self.member.role in MAKERS

    @property
    def entries(self) -> list[Entry]:
        """The rail's lines for this role."""
        return [entry for entry in ENTRIES if self.member.role in entry.roles]

    @property
    def sign_out(self) -> str | None:
        """Where the sign-out button posts to."""
        known = current_app.view_functions
        return url_for("admin_sign_in.sign_out") if "admin_sign_in.sign_out" in known else None


def desk() -> Desk:
    """Return the desk of this request."""
    if "desk" not in g:
        g.desk = Desk(current_member())
    return g.desk  # type: ignore[no-any-return]


def picture_address(brand_id: Any, asset_id: Any) -> str | None:
    """Return the signed address of a picture by its id, or None when there is none."""
    if not asset_id:
        return None
    secret: str = current_app.config["SETTINGS"].secret_key
    return assets.address(brand_id, str(asset_id), None, secret)


def exact(moment: datetime | None, form: str = "medium") -> str:
    """Write a moment in the brand's zone and the reader's language."""
    g.time_zone = desk().brand.time_zone
    return day_and_time(moment, form)


def when(moment: datetime | None) -> Markup:
    """Write a moment as people say it, "2 hours ago", with the exact one on hover."""
    if moment is None:
        return Markup("")
    said = format_timedelta(moment - now(), add_direction=True)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(), exact(moment), said
    )


def plain_day(day: date, form: str = "d MMM") -> str:
    """Write a day of the brand's calendar."""
    return str(format_date(day, form, locale=REGIONAL[texts.language()]))


def in_zone(moment: datetime, locale: str) -> str:
    """Write a moment in the brand's zone and in a language of its own, whatever the reader's is."""
    with force_locale(locale):
        return exact(moment, "long")


@blueprint.get("/")
@allow(*DESK)
def home() -> BaseResponse:
    """Lead to the first page of the rail."""
    return redirect(desk().entries[0].address)


@blueprint.get("/search.json")
@allow(*DESK)
def search() -> Response:
    """Answer the palette: pages, campaigns, games and pictures whose name holds the words."""
    words = request.args.get("q", "")[:100]
    pages = [
        finding.Hit(str(entry.label), str(translate("Page")), entry.icon, entry.address)
        for entry in desk().entries
    ]
    hits = finding.find(desk().member, words, pages)
    return jsonify([hit.as_json() for hit in hits])


@blueprint.post("/language")
@allow(*ROLES)
def language() -> BaseResponse:
    """Remember the language the member wants to work in."""
    chosen = request.form.get("language")
    if chosen in LOCALES:
        desk().member.locale = chosen
    answer = redirect(own_path(request.form.get("back", "")) or "/admin/campaigns/")
    answer.set_cookie("lang", chosen or "", max_age=365 * 86400, samesite="Lax")
    return answer


def own_path(address: str) -> str | None:
    """Return an address of our own desk, or None for anything that leads elsewhere."""
    parts = urlsplit(address)
    ours = not parts.scheme and not parts.netloc and address.startswith("/admin/")
    return address.rstrip("?") if ours and "\\" not in address else None


def init_app(app: Flask) -> None:
    """Give the desk's templates ``desk``, and the ways to write a moment."""

    @app.context_processor
    def _shared() -> dict[str, Any]:
        return {"desk": desk()} if request.path.startswith("/admin/") and find_member() else {}

    app.jinja_env.filters.update(exact=exact, when=when, plain_day=plain_day, in_zone=in_zone)
    app.jinja_env.globals.update(picture_address=picture_address, new_id=new_id)
