"""The files that make a brand's pages its own: theme, icons, and what installs them as an app."""

from __future__ import annotations

import io
import json
from functools import lru_cache

from flask import Response, g, jsonify, render_template, request, url_for
from PIL import Image, ImageDraw, ImageFont

from masterapp.brands import assets as pictures
from masterapp.brands import theme
from masterapp.brands.access import public
from masterapp.brands.theme import Theme
from masterapp.errors import Refused
from masterapp.web.assets import FOLDER, FOREVER, asset, current_version
from masterapp.web.fan.frame import blueprint

ICON_SIZES = (192, 512)
BRIEFLY = "public, max-age=300"


@blueprint.get("/theme.css")
@public
def theme_css() -> Response:
    """The brand's colours, font and radius as custom properties; lasting when asked for by its fingerprint."""
    css = theme.stylesheet(g.theme, lambda name: asset(f"fonts/{name}/{name}-latin.woff2"))
    response = Response(css, mimetype="text/css")
    lasting = request.args.get("v") == theme.fingerprint(g.theme)
    response.headers["Cache-Control"] = FOREVER if lasting else BRIEFLY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@blueprint.get("/manifest.webmanifest")
@public
def web_manifest() -> Response:
    """What a phone needs to install the brand's pages as an app."""
    home = url_for("fan.home")
    response = jsonify(
        id=home,
        name=g.brand.name,
        short_name=g.brand.name[:14],
        start_url=home,
        scope=home,
        display="standalone",
        background_color=theme.theme_colour(g.theme),
        theme_color=theme.theme_colour(g.theme),
        icons=[
            {
                "src": url_for("fan.app_icon", size=size),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": kind,
            }
            for size in ICON_SIZES
            for kind in ("any", "maskable")
        ],
    )
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = BRIEFLY
    return response


@blueprint.get("/icon-<int:size>.png")
@public
def app_icon(size: int) -> Response:
    """The app's icon: the brand's logo on its scene colour, or its initial."""
    if size not in ICON_SIZES:
        raise Refused("not_found")
    logo = g.brand.theme.get("logo")
    content = pictures.find(g.brand.id, logo).content if logo else b""
    response = Response(
        draw_icon(size, g.theme, g.brand.name[:1].upper(), content), mimetype="image/png"
    )
    response.headers["Cache-Control"] = BRIEFLY
    return response


@lru_cache(maxsize=64)
def draw_icon(size: int, wanted: Theme, initial: str, logo: bytes) -> bytes:
    """Draw the icon; the middle 60 % hold everything, so that a phone may cut it to any shape."""
    back = theme.from_hex(theme.theme_colour(wanted))
    icon = Image.new("RGB", (size, size), theme.to_hex(back))
    if logo:
        mark = Image.open(io.BytesIO(logo)).convert("RGBA")
        mark.thumbnail((size * 6 // 10, size * 6 // 10), Image.Resampling.LANCZOS)
        icon.paste(mark, ((size - mark.width) // 2, (size - mark.height) // 2), mark)
    else:
        font = ImageFont.load_default(size * 0.5)
        ink = theme.to_hex(theme.ink_on(back))
        ImageDraw.Draw(icon).text((size / 2, size / 2), initial, fill=ink, font=font, anchor="mm")
    target = io.BytesIO()
    icon.save(target, "PNG", optimize=True)
    return target.getvalue()


@blueprint.get("/service-worker.js")
@public
def service_worker() -> Response:
    """The service worker of this brand's pages: the script of ``static/fan`` with what it keeps for offline."""
    kept = [
        url_for("fan.offline"),
        asset("css/fan-page.css"),
        asset("icons.svg"),
        asset("fonts/inter/inter-latin.woff2"),
        url_for("fan.theme_css", v=theme.fingerprint(g.theme)),
    ]
    script = (FOLDER / "fan" / "service-worker.js").read_text(encoding="utf-8")
    version = f"{current_version(FOLDER)}-{theme.fingerprint(g.theme)}"
    names = {"VERSION": version, "OFFLINE": url_for("fan.offline"), "KEPT": kept}
    settings = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in names.items())
    response = Response(settings + script, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = url_for("fan.home")
    return response


@blueprint.get("/offline")
@public
def offline() -> str:
    """The page shown when there is no network; the same for everybody, so that a phone may keep it."""
    g.fan = None
    return render_template("fan/offline.html")
