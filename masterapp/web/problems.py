"""Turns every refusal and error into an answer: JSON with code, sentence and fields for the API, a page for people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from masterapp.errors import TABLE, Refused
from masterapp.validation import flatten

log = structlog.get_logger(__name__)

#: HTTP status of an error raised by Flask or its extensions → our code.
CODES = {
    400: "malformed",
    403: "forged",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media",
    422: "invalid",
    429: "too_many_requests",
}


def wants_json() -> bool:
    """Whether the caller is a program: the API, or a page's own fetch."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def answer(refusal: Refused) -> Response:
    """Return the response of a refusal."""
    if wants_json():
        body = {
            "code": refusal.code,
            "message": refusal.message,
            "fields": refusal.fields,
            "facts": {key: _plain(value) for key, value in refusal.facts.items()},
        }
        response = jsonify(body)
    else:
        response = make_response(render_template("problem.html", refusal=refusal))
    response.status_code = refusal.status
    if refusal.code == "too_many_requests":
        response.headers["Retry-After"] = str(refusal.facts.get("seconds", 60))
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int | str | bool | list | dict | None) else str(value)


def init_app(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        return answer(error)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response | HTTPException:
        if error.response is not None or (error.code or 500) < 400:
            return error
        refusal = from_http(error)
        response = answer(refusal)
        if error.code == 405 and (valid := getattr(error, "valid_methods", None)):
            response.headers["Allow"] = ", ".join(valid)
        return response

    @app.errorhandler(psycopg.DataError)
    @app.errorhandler(DataError)
    def unstorable(error: Exception) -> Response:
        # A NUL character or a number out of range reached the database: the input is at fault, not the server.
        log.warning("unstorable_input", reason=type(error).__name__)
        return answer(Refused("malformed"))

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        if app.testing:
            raise error
        log.exception("unhandled_error", route=str(request.url_rule or "-"))
        return answer(Refused("broken"))


def from_http(error: HTTPException) -> Refused:
    """Return the refusal that says what an HTTP error of the framework means."""
    code = CODES.get(error.code or 500, "malformed" if (error.code or 500) < 500 else "broken")
    if code == "invalid":
        messages = (getattr(error, "data", None) or {}).get("messages", {})
        return Refused("invalid", fields=dict(flatten(messages)))
    if code == "too_large":
        return Refused("too_large", limit=f"{(request.max_content_length or 0) // 1024} kB")
    if code == "too_many_requests":
        return Refused("too_many_requests", seconds=60)
    assert code in TABLE
    return Refused(code)
