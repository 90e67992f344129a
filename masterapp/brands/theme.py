"""A brand's theme: from an accent, a background, a font and a radius to every colour its pages use, contrast included.

Everything here is pure. Colours are computed in OKLCH so that a lighter or darker tone keeps its hue, and measured with
the WCAG contrast ratio on the sRGB colour a screen really shows. What differs from the brand's wish is said in remarks.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from masterapp.texts import lazy_text as _l

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
#: Below this a surface cannot be told from its ground.
LEAST_SEEN = 1.25
#: CSS gets four decimals; this much contrast is kept in hand for them.
ROUNDING = 0.02
HEX = re.compile(r"#[0-9a-fA-F]{6}")


class Colour(NamedTuple):
    """A colour in OKLCH: lightness 0–1, chroma from 0, hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    @property
    def css(self) -> str:
        return f"oklch({self.lightness:.4f} {self.chroma:.4f} {self.hue:.2f})"

    def at(self, lightness: float, chroma: float | None = None) -> Colour:
        """Return the same hue at another lightness, and chroma when given."""
        return Colour(
            min(max(lightness, 0.0), 1.0), self.chroma if chroma is None else chroma, self.hue
        )


@dataclass(frozen=True)
class Font:
    """A font a brand may choose: its CSS family, and the file we serve for it when it is not the system's."""

    name: Any
    family: str
    file: str = ""
    weight: int = 750


@dataclass(frozen=True)
class Theme:
    """What a brand chooses. ``background`` is the colour behind its games; empty means a deep tone of the accent."""

    accent: str = "#2457d6"
    background: str = ""
    font: str = "inter"
    radius: str = "soft"

    @classmethod
    def read(cls, values: Mapping[str, Any] | None) -> Theme:
        """Build a theme from stored JSON; whatever is missing or unknown falls back to the default."""
        values = values or {}
        font, radius = str(values.get("font")), str(values.get("radius"))
        return cls(
            accent=_hex_or(values.get("accent"), cls.accent),
            background=_hex_or(values.get("background"), ""),
            font=font if font in FONTS else cls.font,
            radius=radius if radius in RADII else cls.radius,
        )


@dataclass(frozen=True)
class Remark:
    """One thing the theme had to correct: what it is, the contrast that was asked for and the one that is used."""

    code: str
    before: float
    after: float

    @property
    def text(self) -> str:
        """The remark for the marketer, in the language of the request."""
        return str(REMARKS[self.code]) % {
            "before": f"{self.before:.1f}",
            "after": f"{self.after:.1f}",
        }


@dataclass(frozen=True)
class Computed:
    """A theme worked out: custom properties for light and dark surroundings, the scene's, and the remarks."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    scene: Mapping[str, str]
    scene_scheme: str
    remarks: tuple[Remark, ...] = field(default=())


FONTS: dict[str, Font] = {
    "inter": Font(
        _l("Inter — clear and neutral"), '"Inter", "Inter stand-in", system-ui, sans-serif'
    ),
    "archivo": Font(
        _l("Archivo — sporty"), '"Archivo", "Inter stand-in", system-ui, sans-serif', "archivo", 800
    ),
    "bricolage": Font(
        _l("Bricolage — lively"),
        '"Bricolage Grotesque", "Inter stand-in", system-ui, sans-serif',
        "bricolage",
        750,
    ),
    "fraunces": Font(
        _l("Fraunces — elegant serif"),
        '"Fraunces", Georgia, "Times New Roman", serif',
        "fraunces",
        650,
    ),
    "system": Font(_l("The phone's own font"), "system-ui, sans-serif"),
}
RADII: dict[str, tuple[Any, str, str]] = {
    "square": (_l("Square"), "0.1875rem", "0.375rem"),
    "soft": (_l("Soft"), "0.5rem", "1rem"),
    "round": (_l("Round"), "0.875rem", "1.5rem"),
}
REMARKS: dict[str, Any] = {
    "ink_dark": _l(
        "White text on this accent would have a contrast of %(before)s; buttons use dark text (%(after)s)."
    ),
    "text_darker": _l(
        "As text on white it has a contrast of %(before)s; links use a darker tone (%(after)s)."
    ),
    "dark_lighter": _l(
        "On dark pages this accent has a contrast of %(before)s; a lighter tone is used (%(after)s)."
    ),
}

WHITE = Colour(1.0, 0.0, 0.0)
BLACK = Colour(0.0, 0.0, 0.0)


def _hex_or(value: Any, default: str) -> str:
    return value.lower() if isinstance(value, str) and HEX.fullmatch(value) else default


def from_hex(text: str) -> Colour:
    """Turn ``#rrggbb`` into OKLCH. Raises ``ValueError`` for anything else."""
    if not HEX.fullmatch(text):
        raise ValueError(f"not a #rrggbb colour: {text!r}")
    red, green, blue = (_linear(int(text[start : start + 2], 16) / 255) for start in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Colour(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def to_linear_rgb(colour: Colour) -> tuple[float, float, float]:
    """Return linear sRGB channels, clipped to what a screen can show."""
    a = colour.chroma * math.cos(math.radians(colour.hue))
    b = colour.chroma * math.sin(math.radians(colour.hue))
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    red, green, blue = (min(max(channel, 0.0), 1.0) for channel in channels)
    return red, green, blue


def to_hex(colour: Colour) -> str:
    """Return the colour as ``#rrggbb``, for manifests and e-mails, which do not read OKLCH."""
    encoded = (
        12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
        for channel in to_linear_rgb(colour)
    )
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in encoded)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def luminance(colour: Colour) -> float:
    """Return the WCAG relative luminance."""
    red, green, blue = to_linear_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the WCAG contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(background: Colour) -> Colour:
    """Return the text colour for a background: white if it reads well, else a dark tone of its hue, else black."""
    if contrast(WHITE, background) >= TEXT_CONTRAST:
        return WHITE
    dark = Colour(0.19, min(background.chroma, 0.04), background.hue)
    return dark if contrast(dark, background) >= TEXT_CONTRAST else BLACK


def readable(colour: Colour, backgrounds: tuple[Colour, ...], least: float) -> Colour:
    """Return the nearest tone of *colour* that has *least* contrast on every background."""
    # Towards the end that can reach the higher contrast: near the middle grey both could, for one ground at least.
    darken = min(contrast(BLACK, one) for one in backgrounds) > min(
        contrast(WHITE, one) for one in backgrounds
    )
    step = -0.01 if darken else 0.01
    while min(contrast(colour, background) for background in backgrounds) < least + ROUNDING:
        lightness = colour.lightness + step
        if not 0.0 < lightness < 1.0:
            return BLACK if darken else WHITE
        colour = colour.at(
            lightness, min(colour.chroma, 0.9 * (1 - lightness)) if not darken else None
        )
    return colour


def _surroundings(
    accent: Colour, hue: float, *, dark: bool
) -> tuple[dict[str, str], tuple[Remark, ...]]:
    """Work out the accent family on light or on dark surfaces."""
    if dark:
        surface, raised = Colour(0.17, 0.012, hue), Colour(0.218, 0.014, hue)
        soft = accent.at(0.29, min(accent.chroma * 0.4, 0.06))
        line = accent.at(0.42, min(accent.chroma * 0.6, 0.09))
    else:
        surface, raised = Colour(0.982, 0.003, hue), WHITE
        soft = accent.at(0.957, min(accent.chroma * 0.15, 0.03))
        line = accent.at(0.86, min(accent.chroma * 0.4, 0.08))
    used = readable(accent, (raised,), SHAPE_CONTRAST) if dark else accent
    ink = ink_on(used)
    strong = used.at(used.lightness + (-0.055 if ink is WHITE and used.lightness > 0.2 else 0.055))
    written = readable(accent, (raised, surface, soft), TEXT_CONTRAST)
    remarks = []
    if dark and used != accent:
        remarks.append(Remark("dark_lighter", contrast(accent, raised), contrast(used, raised)))
    if not dark and ink is not WHITE:
        remarks.append(Remark("ink_dark", contrast(WHITE, used), contrast(ink, used)))
    if not dark and written != accent:
        remarks.append(Remark("text_darker", contrast(accent, raised), contrast(written, raised)))
    values = {
        "--accent": used,
        "--accent-strong": strong,
        "--accent-ink": ink,
        "--accent-text": written,
        "--accent-soft": soft,
        "--accent-line": line,
    }
    return {name: colour.css for name, colour in values.items()}, tuple(remarks)


def _deep(accent: Colour) -> Colour:
    return accent.at(0.27, min(accent.chroma * 0.55, 0.11))


def _scene(theme: Theme, accent: Colour) -> tuple[dict[str, str], str]:
    """Work out the colours of the game's scene: its ground, and everything that has to be read or seen on it.

    The ground is the brand's background, or a deep tone of its accent. It may have any lightness, so the neutrals and
    the accent are worked out anew for it instead of being those of the page.
    """
    back = from_hex(theme.background) if theme.background else _deep(accent)
    dark = contrast(WHITE, back) >= TEXT_CONTRAST
    if dark:
        glow = back.at(back.lightness + 0.11, min(back.chroma * 1.25 + 0.02, 0.2))
        while contrast(WHITE, glow) < TEXT_CONTRAST:
            glow = glow.at(glow.lightness - 0.01)
        raised, lift = back.at(back.lightness + 0.055), 1
        if contrast(WHITE, raised) < TEXT_CONTRAST:
            raised, lift = back.at(back.lightness - 0.055), -1
        neutral = {"ink": Colour(0.97, 0.004, back.hue), "muted": Colour(0.8, 0.02, back.hue)}
    else:
        glow = back.at(back.lightness + 0.05, back.chroma * 0.6)
        raised, lift = back.at(max(back.lightness + 0.05, 0.97), min(back.chroma, 0.01)), -1
        neutral = {"ink": Colour(0.22, 0.02, back.hue), "muted": Colour(0.42, 0.02, back.hue)}
    grounds = (back, glow, raised)
    # On a light scene the label carries the button, as on a light page: the accent stays unless it drowns in the scene.
    seen = contrast(accent, back) >= (SHAPE_CONTRAST if dark else LEAST_SEEN)
    used = accent if seen else readable(accent, (back,), SHAPE_CONTRAST)
    ink = ink_on(used)
    tinted = mix(raised, accent, 0.16)
    soft = (
        tinted if contrast(WHITE if dark else BLACK, tinted) > TEXT_CONTRAST + ROUNDING else raised
    )
    values = {
        "--scene": back,
        "--scene-glow": glow,
        "--surface": back,
        "--surface-raised": raised,
        "--surface-sunken": back.at(back.lightness - 0.04),
        "--line": raised.at(raised.lightness + 0.075 * lift),
        **{f"--{name}": readable(tone, grounds, TEXT_CONTRAST) for name, tone in neutral.items()},
        "--accent": used,
        "--accent-strong": used.at(used.lightness + (-0.055 if ink is WHITE else 0.055)),
        "--accent-ink": ink,
        "--accent-text": readable(accent, (*grounds, soft), TEXT_CONTRAST),
        "--accent-soft": soft,
        "--accent-line": mix(raised, accent, 0.4),
    }
    named = {name: colour.css for name, colour in values.items()}
    return {"--hue": f"{back.hue:.1f}", **named}, "dark" if dark else "light"


def mix(ground: Colour, tone: Colour, share: float) -> Colour:
    """Return *ground* with a *share* of *tone* in it; the tone's hue stays."""
    lightness = ground.lightness + (tone.lightness - ground.lightness) * share
    return Colour(lightness, tone.chroma * share, tone.hue)


def compute(theme: Theme) -> Computed:
    """Work a theme out: the accent family for light and dark, the scene, and what had to be corrected."""
    accent = from_hex(theme.accent)
    scene, scheme = _scene(theme, accent)
    hue = float(scene["--hue"])
    light, light_remarks = _surroundings(accent, hue, dark=False)
    dark, dark_remarks = _surroundings(accent, hue, dark=True)
    return Computed(light, dark, scene, scheme, light_remarks + dark_remarks)


def theme_colour(theme: Theme) -> str:
    """Return the colour of the phone's own bars around the page, as ``#rrggbb``."""
    return theme.background or to_hex(_deep(from_hex(theme.accent)))


def fingerprint(theme: Theme) -> str:
    """Return a short text that changes with the theme, for the address of its stylesheet."""
    return hashlib.blake2b(repr(theme).encode(), digest_size=5).hexdigest()


def stylesheet(theme: Theme, font_address: Callable[[str], str]) -> str:
    """Write the theme as the CSS custom properties that override the tokens; *font_address* gives a font file's URL."""
    computed = compute(theme)
    font, (_, control, card) = FONTS[theme.font], RADII[theme.radius]
    root = {
        "--hue": computed.scene["--hue"],
        "--radius-control": control,
        "--radius-card": card,
        "--font-display": font.family,
        "--weight-display": str(font.weight),
    }
    if theme.font == "system":
        root["--font"] = font.family
    blocks = [
        _block(":root", root),
        _block(':root,\n[data-scheme="light"]', computed.light),
        "@media (prefers-color-scheme: dark) {\n"
        + _block(':root:not([data-scheme="light"])', computed.dark)
        + "}\n",
        _block('[data-scheme="dark"]', computed.dark),
        _block(".scene[data-scheme]", computed.scene),
        _block(":root", {name: computed.scene[name] for name in ("--scene", "--scene-glow")}),
    ]
    if font.file:
        family = font.family.split(",", 1)[0]
        blocks.insert(
            0,
            f"@font-face {{\n  font-family: {family};\n  src: url({font_address(font.file)}) format('woff2');\n"
            "  font-weight: 100 900;\n  font-display: swap;\n}\n",
        )
    return "\n".join(blocks)


def _block(selector: str, values: Mapping[str, str]) -> str:
    return (
        f"{selector} {{\n"
        + "".join(f"  {name}: {value};\n" for name, value in values.items())
        + "}\n"
    )
