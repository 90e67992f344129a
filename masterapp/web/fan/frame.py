"""The frame of a fan's page: whose brand it is, who is looking, and the words and colours that go with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request
from sqlalchemy import select

from masterapp.brands import theme
from masterapp.brands.models import Brand
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.plays.answers import media
from masterapp.texts import LOCALES
from masterapp.web.fan import visitor

blueprint = Blueprint("fan", __name__, url_prefix="/play/<brand_slug>", template_folder="templates")
A_YEAR = 365 * 24 * 3600


@blueprint.url_value_preprocessor
def enter(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Find the brand named in the address; every view then works for ``g.brand``."""
    take_brand((values or {}).pop("brand_slug", ""))


def take_brand(slug: str) -> Brand:
    """Put the brand with this slug at the disposal of views and templates. Raises ``not_found``."""
    brand = db.session.scalar(select(Brand).where(Brand.slug == slug))
    if brand is None:
        raise Refused("not_found")
    g.brand = brand
    g.theme = theme.Theme.read(brand.theme)
    g.time_zone = brand.time_zone
    return brand


@blueprint.url_defaults
def stay_with_the_brand(_endpoint: str, values: dict[str, Any]) -> None:
    """Let ``url_for`` of fan pages stay with the brand of this page."""
    if "brand" in g:
        values.setdefault("brand_slug", g.brand.slug)


@blueprint.before_request
def meet() -> None:
    """Recognise the fan of the brand's cookie, and answer in their language unless the address asks for another."""
    g.fan = visitor.recognise(g.brand)
    asked = request.args.get("lang")
    if asked in LOCALES and g.fan is not None and g.fan.locale != asked:
        g.fan.locale = asked
    elif g.fan is not None and g.fan.locale in LOCALES:
        g.locale = g.fan.locale


@blueprint.after_request
def remember(response: Response) -> Response:
    """Remember a language that was asked for, and keep pages out of shared caches."""
    asked = request.args.get("lang")
    if asked in LOCALES:
        response.set_cookie(
            "lang",
            str(asked),
            max_age=A_YEAR,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )
    return response


def dress() -> dict[str, Any]:
    """Return what every page of a brand needs for its looks; used by the frames too."""
    if "brand" not in g:
        return {}
    computed = theme.compute(g.theme)
    return {
        "brand": g.brand,
        "fan": g.get("fan"),
        "scene_scheme": computed.scene_scheme,
        "theme_colour": theme.theme_colour(g.theme),
        "theme_version": theme.fingerprint(g.theme),
        "logo": media(g.brand.id, g.brand.theme.get("logo")),
    }


blueprint.context_processor(dress)
