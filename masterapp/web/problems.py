"""Turns every refusal and error into an answer: JSON with code, sentence and fields for the API, a page for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from masterapp.errors import TABLE, Refused
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate

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

#: marshmallow's sentences that carry a value, and ours with the same value.
PATTERNS = [
    (
        re.compile(r"Must be greater than or equal to (?P<min>\S+) and less than or equal to (?P<max>\S+)\."),
        _l("Give a number from %(min)s to %(max)s."),
    ),
    (re.compile(r"Must be greater than or equal to (?P<min>\S+)\."), _l("Give at least %(min)s.")),
    (re.compile(r"Must be less than or equal to (?P<max>\S+)\."), _l("Give at most %(max)s.")),
    (re.compile(r"Must be one of: (?P<choices>.+)\."), _l("Choose one of: %(choices)s.")),
    (re.compile(r"Shorter than minimum length (?P<min>\d+)\."), _l("Too short: at least %(min)s.")),
    (re.compile(r"Longer than maximum length (?P<max>\d+)\."), _l("Too long: at most %(max)s.")),
    (re.compile(r"Length must be between (?P<min>\d+) and (?P<max>\d+)\."), _l("The length must be from %(min)s to %(max)s.")),
]

#: marshmallow's fixed sentences, named here so that the catalogues hold them.
SENTENCES = [
    _l("Missing data for required field."),
    _l("Field may not be null."),
    _l("Unknown field."),
    _l("Not a valid string."),
    _l("Not a valid integer."),
    _l("Not a valid number."),
    _l("Not a valid boolean."),
    _l("Not a valid list."),
    _l("Not a valid mapping type."),
    _l("Not a valid UUID."),
    _l("Not a valid email address."),
    _l("Not a valid datetime."),
    _l("Invalid input type."),
    _l("Invalid input."),
    _l("Invalid value."),
    _l("String does not match expected pattern."),
]


def in_words(message: str) -> str:
    """Return a validation message in the language of the request."""
    for pattern, sentence in PATTERNS:
        found = pattern.fullmatch(message)
        if found:
            return str(sentence) % found.groupdict()
    return translate(message)


def flatten(messages: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield (dotted path, sentences) from marshmallow's nested messages."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            if key == "_schema" or (not path and key in ("json", "query", "path", "headers", "form")):
                yield from flatten(inner, path)
            else:
                yield from flatten(inner, f"{path}.{key}" if path else str(key))
    else:
        listed = messages if isinstance(messages, list | tuple) else [messages]
        yield path or "_", [in_words(str(message)) for message in listed]


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

    @app.errorhandler(DataError)
    def unstorable(error: DataError) -> Response:
        # A NUL character or a number out of range reached the database: the input is at fault, not the server.
        log.warning("unstorable_input", reason=type(error.orig).__name__)
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
