"""A brand's theme always reads well, whatever colour the brand loves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterapp.brands.theme import (
    BLACK,
    WHITE,
    Colour,
    Theme,
    compute,
    contrast,
    from_hex,
    ink_on,
    readable,
    stylesheet,
    theme_colour,
    to_hex,
)

HEX = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"


def parse(css: str) -> Colour:
    """Read ``oklch(l c h)`` back into a colour."""
    return Colour(*(float(part) for part in re.findall(r"[\d.]+", css)))


def test_contrast_is_the_published_one() -> None:
    """Contrast agrees with the values published for well-known pairs."""
    assert contrast(WHITE, BLACK) == pytest.approx(21, abs=0.01)
    assert contrast(from_hex("#767676"), WHITE) == pytest.approx(4.54, abs=0.01)
    assert contrast(from_hex("#ff0000"), WHITE) == pytest.approx(4.0, abs=0.01)


@given(HEX)
def test_a_colour_survives_the_journey_through_oklch(colour: str) -> None:
    """Every screen colour comes back from OKLCH as it was."""
    assert to_hex(from_hex(colour)) == colour


@pytest.mark.parametrize("wrong", ["", "red", "#fff", "#12345g", "#1234567", "url(x)"])
def test_what_is_not_a_colour_is_refused(wrong: str) -> None:
    """Only #rrggbb is a colour; anything else is refused and, in a stored theme, replaced."""
    with pytest.raises(ValueError, match="not a #rrggbb"):
        from_hex(wrong)
    assert Theme.read({"accent": wrong}).accent == Theme().accent


@given(HEX)
def test_text_on_the_accent_always_reads(colour: str) -> None:
    """Ink on any accent reaches 4.5, in light and in dark, at rest and under the pointer."""
    computed = compute(Theme(accent=colour))
    for values in (computed.light, computed.dark):
        ink = parse(values["--accent-ink"])
        assert contrast(ink, parse(values["--accent"])) >= 4.5
        assert contrast(ink, parse(values["--accent-strong"])) >= 4.5


@given(HEX)
def test_the_accent_as_text_always_reads(colour: str) -> None:
    """The accent written on pages, cards and its own tint reaches 4.5, in light and in dark."""
    computed = compute(Theme(accent=colour))
    hue = from_hex(colour).hue
    grounds = {
        "light": (WHITE, Colour(0.982, 0.003, hue)),
        "dark": (Colour(0.17, 0.012, hue), Colour(0.218, 0.014, hue)),
    }
    for name, values in (("light", computed.light), ("dark", computed.dark)):
        written = parse(values["--accent-text"])
        for ground in (*grounds[name], parse(values["--accent-soft"])):
            assert contrast(written, ground) >= 4.49


@given(HEX)
def test_a_dark_page_still_shows_the_button(colour: str) -> None:
    """On dark cards the accent stands out with at least 3, and the correction is said."""
    computed = compute(Theme(accent=colour))
    raised = Colour(0.218, 0.014, from_hex(colour).hue)
    assert contrast(parse(computed.dark["--accent"]), raised) >= 2.99
    if contrast(from_hex(colour), raised) < 3:
        assert "dark_lighter" in {remark.code for remark in computed.remarks}


@given(HEX, HEX)
def test_the_scene_knows_whether_it_is_dark(accent: str, background: str) -> None:
    """A scene is called dark exactly when white text reads on it, so its text is never lost."""
    computed = compute(Theme(accent=accent, background=background))
    white_reads = contrast(WHITE, from_hex(background)) >= 4.5
    assert (computed.scene_scheme == "dark") is white_reads
    assert contrast(ink_on(from_hex(background)), from_hex(background)) >= 4.5


@given(HEX, HEX)
def test_everything_on_the_scene_can_be_read(accent: str, background: str) -> None:
    """On any background, text, quiet text and the accent as text reach 4.5 everywhere, and the button is seen."""
    scene = {
        name: parse(css)
        for name, css in compute(Theme(accent=accent, background=background)).scene.items()
        if css.startswith("oklch")
    }
    for name in ("--ink", "--muted", "--accent-text"):
        for ground in ("--scene", "--scene-glow", "--surface-raised"):
            assert contrast(scene[name], scene[ground]) >= 4.49, (name, ground)
    assert contrast(scene["--accent-text"], scene["--accent-soft"]) >= 4.49
    least = 2.99 if compute(Theme(background=background)).scene_scheme == "dark" else 1.24
    assert contrast(scene["--accent"], scene["--scene"]) >= least
    assert contrast(scene["--accent-ink"], scene["--accent"]) >= 4.49
    assert contrast(scene["--accent-ink"], scene["--accent-strong"]) >= 4.49


def test_corrections_are_told() -> None:
    """A pale yellow accent gets dark button text and darker links, and both corrections are said with their numbers."""
    remarks = {remark.code: remark for remark in compute(Theme(accent="#ffe14d")).remarks}
    assert set(remarks) == {"ink_dark", "text_darker"}
    assert remarks["text_darker"].before < 4.5 <= remarks["text_darker"].after
    assert "1.3" in remarks["text_darker"].text


def test_a_good_accent_is_left_alone() -> None:
    """An accent that already reads well is used as it is, without a remark about light pages."""
    computed = compute(Theme(accent="#2457d6"))
    assert to_hex(parse(computed.light["--accent"])) == "#2457d6"
    assert not {"ink_dark", "text_darker"} & {remark.code for remark in computed.remarks}


def test_readable_gives_up_on_black_or_white() -> None:
    """A contrast that no tone can reach ends in plain black or white instead of a search without end."""
    assert readable(from_hex("#ffff00"), (WHITE,), 21.5) == BLACK
    assert readable(from_hex("#0000ff"), (BLACK,), 21.5) == WHITE


def test_a_stored_theme_is_read_with_care() -> None:
    """Unknown fonts, radii and colours fall back to the defaults; nothing of them reaches the stylesheet."""
    theme = Theme.read(
        {"accent": "red;}", "font": "<script>", "radius": 3, "background": "#ABCDEF"}
    )
    assert theme == Theme(background="#abcdef")
    css = stylesheet(theme, lambda name: f"/static/fonts/{name}.woff2")
    assert "script" not in css
    assert css.count("{") == css.count("}")


def test_the_stylesheet_names_a_font_file_only_when_it_needs_one() -> None:
    """A brand font brings its file; the system's own font brings none."""
    assert "/f/archivo.woff2" in stylesheet(Theme(font="archivo"), lambda name: f"/f/{name}.woff2")
    assert "@font-face" not in stylesheet(Theme(font="system"), lambda name: f"/f/{name}.woff2")


def test_the_phone_bar_takes_the_scene_colour() -> None:
    """The colour around the page is the brand's background, or the deep tone the scene uses."""
    assert theme_colour(Theme(background="#102030")) == "#102030"
    assert re.fullmatch("#[0-9a-f]{6}", theme_colour(Theme()))


def test_both_dark_blocks_of_the_tokens_are_the_same() -> None:
    """A page that is dark by decision looks exactly like one that follows a dark device."""
    selectors = r'(?::root:not\(\[data-scheme="light"\]\)|\n\[data-scheme="dark"\])'
    blocks = re.findall(selectors + r" \{(.*?)\}", TOKENS.read_text(), re.DOTALL)
    followed, decided = ([line.strip() for line in block.strip().splitlines()] for block in blocks)
    assert followed == decided
