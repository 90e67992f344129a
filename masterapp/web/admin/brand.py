"""The brand's page: theme with its contrast check and a phone beside it, name, languages and contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for

from masterapp.brands import service, theme
from masterapp.brands.access import allow
from masterapp.texts import translate as _
from masterapp.web.admin import posted
from masterapp.web.admin.kit import Kit
from masterapp.web.admin.shell import MAKERS, desk
from masterapp.web.headers import allow_framing

blueprint = Blueprint(
    "admin_brand", __name__, url_prefix="/admin/brand", template_folder="templates"
)
THEME = ("accent", "background", "font", "radius", "logo")


@blueprint.get("/")
@allow(*MAKERS)
def index() -> str:
    """Show theme and details."""
    return _page(_theme(), _details(), {})


def _theme() -> dict[str, Any]:
    """Return the theme as its form shows it."""
    chosen = theme.Theme.read(desk().brand.theme)
    return {
        "accent": chosen.accent,
        "background": chosen.background,
        "font": chosen.font,
        "radius": chosen.radius,
        "logo": desk().brand.theme.get("logo") or "",
    }


def _details() -> dict[str, Any]:
    """Return name, languages and contact as their form shows them."""
    brand = desk().brand
    return {
        "name": brand.name,
        "locales": brand.locales,
        "email": brand.contact.get("email", ""),
        "privacy_url": brand.contact.get("privacy_url", ""),
    }


def _page(typed: Mapping[str, Any], details: Mapping[str, Any], errors: posted.Errors) -> str:
    return render_template(
        "admin/brand.html",
        here="brand",
        typed=typed,
        details=details,
        errors=errors,
        kit=Kit(),
        fonts=theme.FONTS,
        radii=theme.RADII,
        remarks=[remark.text for remark in theme.compute(theme.Theme.read(typed)).remarks],
        suggested=theme.theme_colour(theme.Theme.read({**typed, "background": ""})),
    )


@blueprint.post("/theme")
@allow(*MAKERS)
def save_theme() -> Any:
    """Save the theme."""
    typed = {name: request.form.get(name, "") for name in THEME}
    if "own_background" not in request.form:
        typed["background"] = ""
    errors, refusal = posted.attempt(
        lambda: service.change_theme(desk().brand, typed, member_id=desk().member.id)
    )
    if refusal:
        return _page(typed, _details(), errors), 422
    flash(_("The theme is saved; fans see it at once."), "good")
    return redirect(url_for("admin_brand.index"))


@blueprint.post("/details")
@allow(*MAKERS)
def save_details() -> Any:
    """Save name, languages and contact."""
    details = {
        "name": request.form.get("name", ""),
        "locales": request.form.getlist("locales"),
        "email": request.form.get("email", ""),
        "privacy_url": request.form.get("privacy_url", ""),
    }
    errors, refusal = posted.attempt(
        lambda: service.change_details(desk().brand, details, member_id=desk().member.id)
    )
    if refusal:
        return _page(_theme(), details, errors), 422
    flash(_("Saved."), "good")
    return redirect(url_for("admin_brand.index"))


@blueprint.get("/contrast.json")
@allow(*MAKERS)
def contrast() -> Response:
    """Say what a theme being tried would correct."""
    tried = theme.Theme.read(request.args.to_dict())
    return jsonify(
        {
            "remarks": [remark.text for remark in theme.compute(tried).remarks],
            "scheme": theme.compute(tried).scene_scheme,
            "colour": theme.theme_colour(tried),
        }
    )


@blueprint.get("/sample")
@allow(*MAKERS)
def sample() -> str:
    """The page inside the phone: what fans see, in the theme being tried."""
    allow_framing([])
    tried = {name: request.args.get(name, "") for name in THEME}
    return render_template(
        "admin/theme_sample.html",
        query=request.query_string.decode("ascii", "ignore"),
        logo=Kit().pictures.get(tried["logo"]),
        scene_scheme=theme.compute(theme.Theme.read(tried)).scene_scheme,
    )
