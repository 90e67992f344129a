"""A real browser for the tests: one Chromium per session, a fresh visitor per test, and no silent errors.

A page that logs a script error or breaks the content security policy fails its test.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    expect,
    sync_playwright,
)
from werkzeug.serving import WSGIRequestHandler, make_server

from masterapp.testing.chromium import CURE, find_chromium

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CAMERA_ARGUMENTS = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "device_scale_factor": 2,
}
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@dataclass
class Complaints:
    """What a page complained about; a test that provokes an error expects it with ``forgive``."""

    told: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    closed: bool = False

    def forgive(self, words: str) -> None:
        """Accept complaints that contain these words."""
        self.forgiven.append(words)

    def left(self) -> list[str]:
        """The complaints that nobody expected."""
        return [text for text in self.told if not any(words in text for words in self.forgiven)]

    def listen(self, page: Page) -> None:
        """Note what this page logs as an error."""
        self.pages.append(page)
        page.on("pageerror", lambda error: self._tell(str(error)))
        page.on("console", self._note)

    def close(self) -> None:
        """Hear out what has been said so far, and no more."""
        for page in self.pages:
            with suppress(Error):  # Closed, or under way to somewhere else.
                page.evaluate("0")
        self.closed = True

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._tell(f"{message.text} ({message.location.get('url', '')})")

    def _tell(self, text: str) -> None:
        if not self.closed:
            self.told.append(text)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Once a test has ended its server stops before its pages: what fails from now on is not their fault."""
    complaints = getattr(item, "funcargs", {}).get("complaints")
    if complaints is not None:
        complaints.close()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright keeps an event loop in its thread, which others must not meet."""
    items.sort(key=lambda item: "browser" in item.path.parts)


@contextmanager
def open_browser(root: Path, *more_arguments: str) -> Iterator[Browser]:
    """Start Chromium; further arguments give it, for example, a fake camera."""
    chromium = find_chromium(root)
    if chromium is None:
        pytest.fail(CURE, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.program,
            args=[*ARGUMENTS, *more_arguments],
            env={**os.environ, **chromium.environment},
        )
        try:
            yield browser
        finally:
            browser.close()


class _QuietHandler(WSGIRequestHandler):
    """Logs no requests: the application logs its own, and a failure should be easy to read."""

    def log_request(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serve(application: Callable[..., Any], port: int = 0) -> Iterator[str]:
    """Serve a WSGI application in threads of this process and yield its address on localhost."""
    counted = _Counted(application)
    server = make_server("127.0.0.1", port, counted, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        counted.wait()


class _Counted:
    """A WSGI application that knows how many requests it is answering.

    The server does not wait for the threads of requests under way, which may hold a database connection.
    """

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application
        self.under_way = 0
        self.changed = threading.Condition()

    def __call__(self, *request: Any) -> Any:
        """Answer a request, and count it meanwhile."""
        self._count(1)
        try:
            return self.application(*request)
        finally:
            self._count(-1)

    def wait(self) -> None:
        """Return when the last request has been answered."""
        with self.changed:
            self.changed.wait_for(lambda: not self.under_way, timeout=10)

    def _count(self, step: int) -> None:
        with self.changed:
            self.under_way += step
            self.changed.notify_all()


@pytest.fixture(scope="session")
def browser(pytestconfig: pytest.Config) -> Iterator[Browser]:
    """The Chromium of this session."""
    with open_browser(pytestconfig.rootpath) as opened:
        yield opened


@pytest.fixture
def complaints() -> Complaints:
    """What the pages of this test complained about."""
    return Complaints()


@pytest.fixture
def visitor(browser: Browser, complaints: Complaints) -> Iterator[BrowserContext]:
    """A person with an empty cookie jar and a phone-sized screen."""
    context = browser.new_context(**PHONE, locale="fr-FR", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.on("page", complaints.listen)
    yield context
    context.close()
    assert complaints.left() == []


@pytest.fixture
def page(visitor: BrowserContext) -> Page:
    """The visitor's first tab."""
    return visitor.new_page()
