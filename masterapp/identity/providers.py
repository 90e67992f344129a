"""Sign-in providers a brand has switched on: any OpenID Connect provider, Facebook and X, read from one setting."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app

from masterapp.settings import SettingError

VARIABLE = "MASTERAPP_SIGN_IN_PROVIDERS"
KINDS = ("oidc", "facebook", "x")
NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
#: Words that the sign-in pages' own addresses use.
TAKEN = frozenset({"code", "confirmation", "welcome", "email"})
LABELS = {"facebook": "Facebook", "x": "X"}
SCOPES = {
    "oidc": "openid email profile",
    "facebook": "public_profile email",
    "x": "users.read tweet.read users.email",
}
URLS = {
    "oidc": {},
    "facebook": {
        "authorize": "https://www.facebook.com/{version}/dialog/oauth",
        "token": "https://graph.facebook.com/{version}/oauth/access_token",
        "user": "https://graph.facebook.com/{version}/me",
    },
    "x": {
        "authorize": "https://x.com/i/oauth2/authorize",
        "token": "https://api.x.com/2/oauth2/token",
        "user": "https://api.x.com/2/users/me",
    },
}


@dataclass(frozen=True)
class Provider:
    """One provider of one brand."""

    name: str
    kind: str
    client_id: str
    client_secret: str
    label: str = ""
    icon: str = "login"
    #: OpenID Connect: the issuer, whose discovery document says the rest.
    issuer: str = ""
    scope: str = ""
    #: Facebook: the version of the Graph API.
    version: str = "v26.0"
    urls: Mapping[str, str] = field(default_factory=dict)

    def url(self, name: str) -> str:
        """Return an address of a provider without discovery."""
        return (self.urls.get(name) or URLS[self.kind][name]).format(version=self.version)


def providers_of(brand_slug: str) -> dict[str, Provider]:
    """Return the providers of a brand by name, in the order of the setting."""
    return load(current_app.config["SETTINGS"].sign_in_providers).get(brand_slug, {})


@lru_cache(maxsize=8)
def load(setting: str) -> dict[str, dict[str, Provider]]:
    """Read the setting. Raises ``SettingError`` that names what is wrong and the cure."""
    if not setting.strip():
        return {}
    try:
        text = Path(setting[1:]).read_text() if setting.startswith("@") else setting
        brands = json.loads(text)
    except OSError as error:
        raise SettingError(f"{VARIABLE} names a file that cannot be read: {error}.") from None
    except ValueError as error:
        raise SettingError(f"{VARIABLE} is not JSON: {error}.") from None
    if not isinstance(brands, dict) or not all(isinstance(one, list) for one in brands.values()):
        raise SettingError(f"{VARIABLE} must be an object {{brand slug: [provider, …]}}.")
    return {
        slug: {provider.name: provider for provider in (_read(slug, one) for one in listed)}
        for slug, listed in brands.items()
    }


def _read(slug: str, values: Any) -> Provider:
    where = f"{VARIABLE}, brand {slug!r}"
    known = {one.name for one in fields(Provider)}
    if not isinstance(values, dict) or not set(values) <= known:
        raise SettingError(f"{where}: a provider is an object with some of {sorted(known)}.")
    missing = [key for key in ("name", "kind", "client_id", "client_secret") if not values.get(key)]
    if missing:
        raise SettingError(f"{where}: a provider lacks {', '.join(missing)}.")
    if values["kind"] not in KINDS:
        raise SettingError(f"{where}: kind must be one of {', '.join(KINDS)}.")
    if not NAME.fullmatch(values["name"]) or values["name"] in TAKEN:
        raise SettingError(f"{where}: {values['name']!r} cannot be a provider's name.")
    if values["kind"] == "oidc" and not str(values.get("issuer", "")).startswith(
        ("https://", "http://")
    ):
        raise SettingError(f"{where}: {values['name']!r} needs its issuer, an https:// address.")
    kind = values["kind"]
    defaults = {
        "label": LABELS.get(kind, values["name"].capitalize()),
        "scope": SCOPES[kind],
        "icon": {"facebook": "brand-facebook", "x": "brand-x"}.get(kind, "login"),
    }
    return Provider(**{**defaults, **values})
