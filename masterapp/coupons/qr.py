"""QR pictures of coupons, which a phone's camera and a till's hand scanner both understand.

A code that we made is shown as the address of its page: a phone opens it, and our scanner takes its last part. A code
from a till's own list is shown bare, because that till expects exactly what it gave.
"""

from __future__ import annotations

import io

import segno
from flask import current_app

#: Left and right of the picture stays this many empty modules, as the standard asks.
QUIET_ZONE = 4


def content(brand_slug: str, code: str, code_source: str) -> str:
    """Return what the QR of a code says."""
    if code_source == "imported":
        return code
    return f"{current_app.config['SETTINGS'].base_url}/c/{brand_slug}/{code}"


def svg(text: str) -> bytes:
    """Draw a QR that scales without loss; dark on white whatever the page's colours, so that scanners see it."""
    picture = io.BytesIO()
    _make(text).save(
        picture,
        kind="svg",
        border=QUIET_ZONE,
        dark="#000",
        light="#fff",
        xmldecl=False,
        omitsize=True,
    )
    return picture.getvalue()


def png(text: str, module: int = 8) -> bytes:
    """Draw a QR for e-mails, where SVG is not shown."""
    picture = io.BytesIO()
    _make(text).save(picture, kind="png", border=QUIET_ZONE, scale=module)
    return picture.getvalue()


def _make(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False, boost_error=True)
