"""Structured logs: one JSON line per event on standard error, without personal data."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from typing import Any

import structlog
from flask import Flask, Response, g, request

from masterapp import jsontext

#: Keys whose values never reach a log.
SECRETS = frozenset({"email", "password", "code", "token", "secret", "authorization", "cookie"})


def _hide_secrets(_logger: Any, _method: str, event: Any) -> Any:
    """Replace the values of secret keys; a processor is the one place that no caller can forget."""
    for key in SECRETS & event.keys():
        event[key] = "hidden"
    return event


def _without_values(_logger: Any, _method: str, event: Any) -> Any:
    """Write an exception as its frames and types alone: messages quote rows, addresses and parameters."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = describe(error)
    return event


def describe(error: BaseException) -> str:
    """Return where an exception came from and its type, with the type of what caused it."""
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.format_list(traceback.extract_tb(seen.__traceback__))
        constraint = getattr(getattr(seen, "diag", None), "constraint_name", None)
        named = f" ({constraint})" if constraint else ""
        parts.append(f"{''.join(frames)}{type(seen).__module__}.{type(seen).__qualname__}{named}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\nafter:\n".join(parts)


class _WithoutValues(logging.Formatter):
    """The same for libraries that log by themselves, such as the job queue about a job that failed."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging calls.
        return describe(ei[1])


def _written(event: Any, default: Any) -> str:
    return jsontext.write(event, default).decode()


def init_app(app: Flask) -> None:
    """Configure structlog and log every request with its route, status and duration."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(_WithoutValues())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            _hide_secrets,
            structlog.processors.JSONRenderer(_written),
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
