"""Structured logs: one JSON line per event on standard error, without personal data."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request

#: Keys whose values never reach a log.
SECRETS = frozenset({"email", "password", "code", "token", "secret", "authorization", "cookie"})


def _hide_secrets(_logger: Any, _method: str, event: Any) -> Any:
    """Replace the values of secret keys; a processor is the one place that no caller can forget."""
    for key in SECRETS & event.keys():
        event[key] = "hidden"
    return event


def init_app(app: Flask) -> None:
    """Configure structlog and log every request with its route, status and duration."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _hide_secrets,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    log = structlog.get_logger("request").bind()

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        started = g.get("started", time.perf_counter())
        log.info(
            "request",
            method=request.method,
            route=str(request.url_rule or "-"),
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response
