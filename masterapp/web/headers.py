"""Security headers of every answer: a content policy per audience, who may frame a page, and what a page may use."""

from __future__ import annotations

import re
from collections.abc import Iterable

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


def _directives(audience: str, response: Response) -> dict[str, str]:
    if response.mimetype == "text/javascript":
        return WORKER
    if response.mimetype != "text/html":
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


def _finish(response: Response) -> Response:
    audience = _audience()
    framing = g.get("framing", ())
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy", content_policy(_directives(audience, response), framing)
    )
    if not framing:
        headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    camera = audience == "staff"
    headers.setdefault(
        "Permissions-Policy",
        NOTHING_SPECIAL.replace("camera=()", "camera=(self)") if camera else NOTHING_SPECIAL,
    )
    headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if framing else "same-origin")
    if audience != "embed":
        opener = "same-origin-allow-popups" if audience == "play" else "same-origin"
        headers.setdefault("Cross-Origin-Opener-Policy", opener)
    if current_app.config["SETTINGS"].secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    headers.setdefault("Cache-Control", "no-store")
    return response


def init_app(app: Flask) -> None:
    """Put the headers on every answer, refusals and static files included."""
    app.after_request(_finish)
