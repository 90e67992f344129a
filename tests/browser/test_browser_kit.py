"""The browser kit: a page is served and seen, and what it complains about is not lost."""

from collections.abc import Callable, Iterable
from typing import Any

from playwright.sync_api import Page

from masterapp.testing.browser import Complaints, serve


def _broken_page(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return ["<h1>Été</h1><script>throw new Error('broken on purpose')</script>".encode()]


def test_a_script_error_is_a_complaint(page: Page, complaints: Complaints) -> None:
    """A script error on a page reaches the test, which fails unless it expected the error."""
    complaints.forgive("favicon")
    with serve(_broken_page) as address:
        page.goto(address)
        assert page.inner_text("h1") == "Été"
    assert [text for text in complaints.left() if "broken on purpose" in text]
    complaints.forgive("broken on purpose")
