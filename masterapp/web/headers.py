"""Security headers of every answer: a content policy per audience, who may frame a page, and what a page may use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from flask import Flask, Response, current_app, g, request

#: What all our pages may load: only ourselves, and no inline script or style.
PAGE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "frame-src": "'self'",
    "media-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
DATA = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}
#: A script's own policy matters when it is a worker: a service worker fetches what it keeps.
WORKER = {**DATA, "script-src": "'self'", "connect-src": "'self'"}
NOTHING_SPECIAL = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
ORIGIN = re.compile(r"https?://(?:\*\.)?[a-z0-9.-]+(?::\d{1,5})?")


def allow_framing(origins: Iterable[str]) -> None:
    """Let pages of these origins, and our own, show this answer in an iframe; what is not an origin is left out."""
    g.framing = ["'self'", *(origin for origin in origins if ORIGIN.fullmatch(origin))]


def content_policy(directives: dict[str, str], framing: Iterable[str] = ()) -> str:
    """Write a Content-Security-Policy; without *framing* nobody may show the page in a frame."""
    ancestors = " ".join(framing) or "'none'"
    return "; ".join(
        f"{name} {value}" for name, value in {**directives, "frame-ancestors": ancestors}.items()
    )


def _audience() -> str:
    first = request.path.strip("/").split("/", 1)[0]
    return first if first in ("admin", "staff", "embed", "play") else "other"


def _directives(audience: str, mimetype: str | None) -> dict[str, str]:
    if mimetype == "text/javascript":
        return WORKER
    if mimetype != "text/html":
        return DATA
    if audience == "staff":
        return {
            **PAGE,
            "script-src": "'self' 'wasm-unsafe-eval'",
            "media-src": "'self' blob: mediastream:",
        }
    if audience == "admin":
        return {**PAGE, "img-src": "'self' data: blob:"}
    return PAGE


@lru_cache(maxsize=256)
def _headers(
    audience: str, mimetype: str | None, framing: tuple[str, ...], secure: bool
) -> tuple[tuple[str, str], ...]:
    """The headers of an answer of this kind, written once for all answers like it."""
    headers = {
        "Content-Security-Policy": content_policy(_directives(audience, mimetype), framing),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": (
            NOTHING_SPECIAL.replace("camera=()", "camera=(self)")
            if audience == "staff"
            else NOTHING_SPECIAL
        ),
        "Cross-Origin-Resource-Policy": "cross-origin" if framing else "same-origin",
        "Cache-Control": "no-store",
    }
    if not framing:
        headers["X-Frame-Options"] = "DENY"
    if audience != "embed":
        opener = "same-origin-allow-popups" if audience == "play" else "same-origin"
        headers["Cross-Origin-Opener-Policy"] = opener
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return tuple(headers.items())


def _finish(response: Response) -> Response:
    framing = tuple(g.get("framing", ()))
    secure = current_app.config["SETTINGS"].secure
    given = {name.lower() for name, _ in response.headers}
    response.headers.extend(
        (name, value)
        for name, value in _headers(_audience(), response.mimetype, framing, secure)
        if name.lower() not in given
    )
    return response


def init_app(app: Flask) -> None:
    """Put the headers on every answer, refusals and static files included."""
    app.after_request(_finish)
