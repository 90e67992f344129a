"""The brand's own settings: name, languages, contact and theme; every change is on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from masterapp.audit import service as audit
from masterapp.brands import assets
from masterapp.brands.models import Brand
from masterapp.brands.theme import FONTS, HEX, RADII
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.texts import LOCALES
from masterapp.texts import lazy_text as _l

LONGEST_NAME = 80

_NO_NAME = _l("Give the brand a name of at most %(most)s characters.")
_NO_LOCALE = _l("Choose at least one language.")
_BAD_COLOUR = _l("Write a colour as # and six digits, such as #2457d6.")
_BAD_CHOICE = _l("Choose one of the options.")
_BAD_MAIL = _l("Write a whole address, such as hello@example.com.")
_BAD_LINK = _l("Give a full address that starts with https://")


def change_theme(brand: Brand, values: Mapping[str, Any], *, member_id: UUID) -> None:
    """Change accent, background, font, radius and logo."""
    errors: dict[str, list[str]] = {}
    theme = {
        "accent": str(values.get("accent", "")).strip().lower(),
        "background": str(values.get("background", "")).strip().lower(),
        "font": str(values.get("font", "")),
        "radius": str(values.get("radius", "")),
    }
    if not HEX.fullmatch(theme["accent"]):
        errors["accent"] = [str(_BAD_COLOUR)]
    if theme["background"] and not HEX.fullmatch(theme["background"]):
        errors["background"] = [str(_BAD_COLOUR)]
    if theme["font"] not in FONTS:
        errors["font"] = [str(_BAD_CHOICE)]
    if theme["radius"] not in RADII:
        errors["radius"] = [str(_BAD_CHOICE)]
    if errors:
        raise Refused("invalid", fields=errors)
    logo = values.get("logo") or None
    theme["logo"] = str(assets.find(brand.id, assets.as_id(logo)).id) if logo else ""
    _change(brand, "brand_theme_changed", member_id, theme={**brand.theme, **theme})


def change_details(brand: Brand, values: Mapping[str, Any], *, member_id: UUID) -> None:
    """Change name, languages and contact."""
    errors: dict[str, list[str]] = {}
    name = " ".join(str(values.get("name", "")).split())
    locales: Sequence[str] = [locale for locale in LOCALES if locale in values.get("locales", ())]
    email = str(values.get("email", "")).strip()
    privacy = str(values.get("privacy_url", "")).strip()
    if not name or len(name) > LONGEST_NAME:
        errors["name"] = [str(_NO_NAME) % {"most": LONGEST_NAME}]
    if not locales:
        errors["locales"] = [str(_NO_LOCALE)]
    if email and not _is_address(email):
        errors["email"] = [str(_BAD_MAIL)]
    if privacy and not _is_link(privacy):
        errors["privacy_url"] = [str(_BAD_LINK)]
    if errors:
        raise Refused("invalid", fields=errors)
    contact = {**brand.contact, "email": email, "privacy_url": privacy}
    _change(brand, "brand_changed", member_id, name=name, locales=list(locales), contact=contact)


def _is_address(text: str) -> bool:
    """Whether letters can be answered to this address: every e-mail of the brand carries it in a header."""
    try:
        domain = Address(addr_spec=text).domain
    except (ValueError, IndexError, MessageError):
        return False
    return "." in domain and text.isprintable() and " " not in text


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and text.isprintable()


def _change(brand: Brand, action: str, member_id: UUID, **values: Any) -> None:
    changes = [
        {"path": name, "before": getattr(brand, name), "after": value}
        for name, value in values.items()
        if getattr(brand, name) != value
    ]
    for name, value in values.items():
        setattr(brand, name, value)
    db.session.flush()
    if changes:
        audit.record(
            brand.id,
            action,
            actor_kind="member",
            actor_id=member_id,
            object_kind="brand",
            object_id=brand.id,
            changes=changes,
        )


def _logo_use(brand_id: UUID, asset_id: UUID) -> str | None:
    """Say that a picture is the brand's logo."""
    brand = db.session.get(Brand, brand_id)
    return (
        str(_l("the brand’s logo")) if brand and brand.theme.get("logo") == str(asset_id) else None
    )


assets.uses.append(_logo_use)
