"""Who is asking: the fan of the bearer token or, on hosted pages, of the brand's cookie."""

from __future__ import annotations

from flask import current_app, g, request
from werkzeug.wrappers import Response as BaseResponse

from masterapp.brands.access import SAFE_METHODS, comes_from_us
from masterapp.brands.models import Brand
from masterapp.db import now
from masterapp.errors import Refused
from masterapp.identity.sessions import Opened, SignedIn, find_session, open_page_session
from masterapp.identity.tokens import HOSTED_LIFE, PREFIX, Token, parse_token, read_bearer


def cookie_name(brand_slug: str) -> str:
    """Return the name of the brand's cookie."""
    return PREFIX + brand_slug


def current_fan() -> SignedIn:
    """Return the fan of an API request. Raises ``sign_in_required`` or ``session_expired``.

    A cookie is accepted too, but a write with it must come from our own pages.
    """
    if "signed_in" not in g:
        g.signed_in = find_session(current_token(), at=now())
        g.setdefault("locale", g.signed_in.fan.locale)
    assert isinstance(g.signed_in, SignedIn)
    return g.signed_in


def current_token() -> Token:
    """Return the credential of an API request: its bearer, or the brand's cookie."""
    header = request.headers.get("Authorization")
    if header is not None:
        token = read_bearer(header)
    else:
        token = _token_of_cookies()
        if token is not None and request.method not in SAFE_METHODS and not _browser_vouches():
            raise Refused("forged")
    if token is None:
        raise Refused("sign_in_required")
    return token


def _token_of_cookies() -> Token | None:
    """Return the token of the cookie of the brand that ``X-Brand`` names, or of the only one there is."""
    wanted = request.headers.get("X-Brand")
    names = (
        [cookie_name(wanted)]
        if wanted
        else [name for name in request.cookies if name.startswith(PREFIX)]
    )
    return parse_token(request.cookies.get(names[0], "")) if len(names) == 1 else None


def _browser_vouches() -> bool:
    """A cookie comes from a browser, and browsers name the origin of a write: silence is not enough here."""
    said = "Sec-Fetch-Site" in request.headers or "Origin" in request.headers
    return said and comes_from_us()


def fan_of_page(brand: Brand) -> SignedIn | None:
    """Return the fan of a hosted page by the brand's cookie, or None."""
    token = parse_token(request.cookies.get(cookie_name(brand.slug), ""))
    if token is None or token.brand_id != brand.id:
        return None
    try:
        return find_session(token, at=now())
    except Refused:
        return None


def page_bearer(signed_in: SignedIn) -> Opened:
    """Open a short-lived bearer for the scripts of a hosted page; the cookie itself never reaches them."""
    return open_page_session(signed_in.session, at=now())


def keep_signed_in(response: BaseResponse, brand: Brand, opened: Opened) -> None:
    """Put a hosted session into the brand's cookie."""
    response.set_cookie(
        cookie_name(brand.slug),
        str(opened.token),
        max_age=HOSTED_LIFE,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].secure,
        path="/",
    )


def forget(response: BaseResponse, brand_slug: str) -> None:
    """Take the brand's cookie back."""
    response.delete_cookie(
        cookie_name(brand_slug),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].secure,
        path="/",
    )
