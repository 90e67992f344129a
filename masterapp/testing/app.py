"""Fixtures for tests that need the application on a real, empty database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from masterapp.app import create_app
from masterapp.limits import limiter
from masterapp.registry import MODULES_FOLDER
from masterapp.settings import Settings

DUMMY_MODULES = Path(__file__).parent.parent.parent / "tests" / "dummy_module"


def test_settings(database_url: str, **overrides: object) -> Settings:
    """Return settings for tests: a fixed key, many connections for races."""
    values = {
        "database_url": database_url,
        "secret_key": "test-" * 8,
        "database_pool": 120,
        "beacon": "demo",
        **overrides,
    }
    return Settings.from_environ({}, **values)


test_settings.__test__ = False  # type: ignore[attr-defined]


def _application(database_url: str, *modules: Path) -> Iterator[Flask]:
    app = create_app(test_settings(database_url), modules=modules)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    limiter.enabled = False
    yield app
    app.extensions["masterapp-engine"].dispose()


@pytest.fixture(scope="session")
def application(database_url: str) -> Iterator[Flask]:
    """The core with the dummy module only, made once per session."""
    yield from _application(database_url, DUMMY_MODULES)


@pytest.fixture(scope="session")
def full_application(database_url: str) -> Iterator[Flask]:
    """The core with every bundled module, made once per session."""
    yield from _application(database_url, MODULES_FOLDER)


@pytest.fixture
def app(application: Flask, clean_database: str) -> Iterator[Flask]:  # noqa: ARG001
    """The core with the dummy module, on an empty database."""
    yield application
    # Idle connections of threads that ended must not outlive the test.
    application.extensions["masterapp-engine"].dispose()


@pytest.fixture
def full_app(full_application: Flask, clean_database: str) -> Iterator[Flask]:  # noqa: ARG001
    """The core with every bundled module, on an empty database."""
    yield full_application
    full_application.extensions["masterapp-engine"].dispose()


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Undo pytest-flask's request around each test: in it all requests of a test would share one database session."""
