"""Who is looking at a hosted page, which ways to sign in it offers, and where to go back to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from masterapp.brands.models import Brand
from masterapp.errors import Refused
from masterapp.fans.models import Fan
from masterapp.identity.current import fan_of_page, page_bearer
from masterapp.identity.sessions import Opened

#: Other ways to sign in than the e-mail: (brand, path to go back to) → links, each {name, icon, url}.
other_ways: list[Callable[[Brand, str], list[dict[str, str]]]] = []


def recognise(brand: Brand) -> Fan | None:
    """Return the fan of the brand's cookie and keep their session at hand; a dead or foreign cookie is nobody."""
    g.visitor = fan_of_page(brand)
    return g.visitor.fan if g.visitor else None


def required() -> Fan:
    """Return the fan of this page. Raises ``sign_in_required`` when there is none."""
    fan: Fan | None = g.get("fan")
    if fan is None:
        raise Refused("sign_in_required")
    return fan


def bearer() -> Opened | None:
    """Open the short-lived bearer of this page's scripts; None when nobody is signed in."""
    return page_bearer(g.visitor) if g.get("visitor") else None


def ways_to_sign_in(brand: Brand, back_to: str) -> list[dict[str, str]]:
    """Return the links of the other ways to sign in that the brand has switched on."""
    return [link for way in other_ways for link in way(brand, back_to)]


def ask_to_sign_in() -> Response:
    """Send whoever is not signed in to the sign-in page, and back here afterwards."""
    return redirect(url_for("fan.sign_in", next=request.path))


def safe_return(wanted: Any) -> str:
    """Return a path below the brand's own pages; anything else becomes the brand's home."""
    home = url_for("fan.home")
    path = str(wanted or "")
    inside = path.startswith(home) and "//" not in path and "\\" not in path and path.isprintable()
    return path if inside else home


def read_id(text: str | None) -> UUID:
    """Return the id a form carried. Raises ``not_found`` for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        raise Refused("not_found") from None
