"""The A4 poster of a campaign: the brand's colours, what it is about, and a QR code that leads straight to it."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import segno
import typst
from flask_babel import force_locale
from markupsafe import Markup
from PIL import Image

from masterapp.brands import assets, theme
from masterapp.brands.models import Brand, Store
from masterapp.campaigns.models import Campaign
from masterapp.campaigns.quota import zone
from masterapp.errors import Refused
from masterapp.texts import LOCALES
from masterapp.texts import translate as _
from masterapp.web.admin.shell import plain_day

FOLDER = Path(__file__).parent
LAYOUT = FOLDER / "poster.typ"
FONTS = FOLDER / "fonts"


def qr_svg(address: str) -> Markup:
    """Return a QR code as an SVG that takes the colour of the text around it."""
    code = segno.make(address, error="m")
    drawn = code.svg_inline(border=2, svgclass="qr", lineclass=None, omitsize=True)
    return Markup(drawn.replace('stroke="#000"', 'stroke="currentColor"'))  # noqa: S704 - drawn by segno alone.


def draw(
    brand: Brand, campaign: Campaign, address: str, locale: str, store: Store | None = None
) -> bytes:
    """Return the poster as PDF in one language; a store's own carries its name and its token in the QR code."""
    if locale not in LOCALES:
        raise Refused("not_found")
    chosen = theme.Theme.read(brand.theme)
    back = theme.from_hex(theme.theme_colour(chosen))
    with tempfile.TemporaryDirectory() as name, force_locale(locale):
        folder = Path(name)
        layout = folder / "poster.typ"
        layout.write_text(LAYOUT.read_text(encoding="utf-8"), encoding="utf-8")
        segno.make(address, error="q").save(str(folder / "qr.svg"), border=0, dark="#111418")
        logo = _save_logo(brand, folder)
        inputs = {
            "title": campaign.title.get(locale) or next(iter(campaign.title.values()), ""),
            "summary": campaign.summary.get(locale, ""),
            "brand": brand.name,
            "call": _("Scan and play"),
            "address": address.split("://", 1)[1].partition("?")[0].rstrip("/"),
            "until": _until(brand, campaign),
            "small": _small(store),
            "background": theme.theme_colour(chosen),
            "accent": theme.to_hex(theme.from_hex(chosen.accent)),
            "ink": theme.to_hex(theme.ink_on(back)),
            "accent_ink": theme.to_hex(theme.ink_on(theme.from_hex(chosen.accent))),
            "language": locale,
            "logo": logo,
        }
        return bytes(
            typst.compile(
                str(layout),
                root=str(folder),
                font_paths=[str(FONTS)],
                sys_inputs=inputs,
                format="pdf",
            )
        )


def _small(store: Store | None) -> str:
    sentence = str(_("Free to play. Official rules at this address."))
    return f"{store.name} · {sentence}" if store else sentence


def _until(brand: Brand, campaign: Campaign) -> str:
    if campaign.closes_at is None:
        return ""
    day = plain_day(campaign.closes_at.astimezone(zone(brand.time_zone)).date(), "long")
    return str(_("Until %(day)s", day=day))


def _save_logo(brand: Brand, folder: Path) -> str:
    """Write the brand's logo where the layout finds it; a logo that is gone is left out."""
    asset_id = brand.theme.get("logo")
    if not asset_id or not assets.known(brand.id, {str(asset_id)}):
        return ""
    picture = Image.open(io.BytesIO(assets.find(brand.id, assets.as_id(asset_id)).content))
    picture.save(folder / "logo.png")
    return "logo.png"
