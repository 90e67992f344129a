"""The small parts of templates and headers, where a mistake would let text become markup or a stranger in."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from masterapp.brands.theme import Theme
from masterapp.web.embed import covers
from masterapp.web.fan.brand_files import draw_icon
from masterapp.web.headers import PAGE, content_policy
from masterapp.web.ui import attributes, data_island, local


def test_data_in_a_page_cannot_become_markup() -> None:
    """Whatever a person wrote, a data island ends where we end it."""
    island = data_island("data", {"name": "</script><script>alert(1)</script><!-- \u2028 &"})
    assert island.count("<") == 2
    assert "\u2028" not in island


def test_attributes_are_escaped_and_left_out_when_there_are_none() -> None:
    """Quotes in a value stay in the value; None and False write nothing, True a bare name."""
    written = attributes({"data_name": '"><b>', "hidden": False, "title": None, "required": True})
    assert written == Markup('data-name="&#34;&gt;&lt;b&gt;" required')


def test_a_brand_s_text_falls_back_to_its_other_language(application: object) -> None:
    """A text that is not written in the reader's language is shown in the other one rather than not at all."""
    with application.test_request_context("/", headers={"Accept-Language": "en"}):  # type: ignore[attr-defined]
        assert local({"fr": "Jeu", "en": "Game"}) == "Game"
        assert local({"fr": "Jeu"}) == "Jeu"
        assert local(None, "—") == "—"


@pytest.mark.parametrize(
    ("allowed", "origin", "expected"),
    [
        ("https://shop.example", "https://shop.example", True),
        ("https://shop.example", "http://shop.example", False),
        ("https://shop.example", "https://shop.example.evil.test", False),
        ("https://*.shop.example", "https://www.shop.example", True),
        ("https://*.shop.example", "https://evilshop.example", False),
        ("https://*.shop.example", "http://www.shop.example", False),
        ("https://*.shop.example", "https://*.shop.example", False),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001", True),
        ("null", "null", False),
    ],
)
def test_an_origin_is_believed_only_when_the_campaign_names_it(
    allowed: str, origin: str, expected: bool
) -> None:
    """Messages go to named origins only: scheme, host and port count, and a wildcard covers sub-domains alone."""
    assert covers(allowed, origin) is expected


def test_the_policy_allows_nothing_inline_and_no_frame() -> None:
    """Our pages run no inline script or style, and nobody frames them unless origins are named."""
    policy = content_policy(PAGE)
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "frame-ancestors https://a.example" in content_policy(PAGE, ["https://a.example"])


def test_a_brand_without_a_logo_still_has_an_icon() -> None:
    """The initial on the scene's colour stands in for a logo."""
    assert draw_icon(192, Theme(), "O", b"").startswith(b"\x89PNG")
