"""Builds the application: named steps in order, each of which either works or stops the boot with one sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from masterapp import cli, limits, logs, texts, web
from masterapp.brands import access
from masterapp.brands.cookies import MemberCookies
from masterapp.db import db
from masterapp.registry import MODULES_FOLDER, registry
from masterapp.settings import Settings
from masterapp.validation import StrictJson
from masterapp.web import api, pages, problems

MEGABYTE = 1024 * 1024


class Application(Flask):
    """Flask for plain functions only: no view is a coroutine, so none is asked at each call whether it is one."""

    session_interface = MemberCookies()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(
    settings: Settings | None = None, *, modules: tuple[Path, ...] = (MODULES_FOLDER,)
) -> Flask:
    """Return the WSGI application for these settings (read from the environment when none are given)."""
    settings = settings or Settings.from_environ(os.environ)
    app = Application("masterapp", root_path=str(Path(__file__).parent), static_folder=None)
    configure(app, settings)
    logs.init_app(app)
    texts.init_app(app)
    db.init_app(app)
    registry.load_once(*modules)
    limits.init_app(app)
    access.init_app(app)
    problems.init_app(app)
    api.init_app(app)
    web.init_app(app)
    pages.init_app(app)
    cli.init_app(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Translate our settings into Flask's own, and trust the proxies that the operator named."""
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="mapp_member",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        # The largest request body; the picture library raises it for its own route.
        MAX_CONTENT_LENGTH=2 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        MAX_FORM_PARTS=5_000,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=True,
        # The session cookie must not be sent again with every answer: hot paths stay cookie-free.
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.json = StrictJson(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        proxied: Any = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = proxied  # type: ignore[method-assign]
