"""The JSON API: collects the rooms' blueprints under ``/api/v1`` and describes them as OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, current_app, request
from flask_smorest import Api
from werkzeug.exceptions import RequestEntityTooLarge

from masterapp.brands.access import SAFE_METHODS, public
from masterapp.coupons import api as coupons
from masterapp.draws import api as draws
from masterapp.identity import api as identity
from masterapp.plays import api as plays
from masterapp.validation import ProblemSchema


class _Api(Api):
    """flask-smorest without its error pages: refusals have their one place in ``problems``."""

    ERROR_SCHEMA = ProblemSchema
    #: No catch-all answer: every status an operation can give is documented by name.
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        return None

    @public
    def _openapi_json(self) -> Any:
        return super()._openapi_json()


def exclusive_bounds(_converter: Any, field: ma.fields.Field[Any], **_: Any) -> dict[str, Any]:
    """Describe strict bounds, which apispec takes for inclusive ones."""
    bounds: dict[str, Any] = {}
    for check in field.validators:
        if isinstance(check, ma.validate.Range):
            if check.min is not None and not check.min_inclusive:
                bounds["exclusiveMinimum"] = check.min
            if check.max is not None and not check.max_inclusive:
                bounds["exclusiveMaximum"] = check.max
    return bounds


def refuse_large_body() -> None:
    """Refuse a body that is too large even where nobody would read it."""
    length = request.content_length or 0
    if length <= current_app.config["MAX_CONTENT_LENGTH"]:
        return
    if request.method not in SAFE_METHODS and request.path.startswith("/api/"):
        raise RequestEntityTooLarge


def init_app(app: Flask) -> None:
    """Register the rooms' API blueprints and serve the document at ``/api/openapi.json``."""
    app.config.update(
        API_TITLE="MasterApp",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.before_request(refuse_large_body)
    plugin = MarshmallowPlugin()
    api = _Api(app, spec_kwargs={"marshmallow_plugin": plugin})
    plugin.converter.add_attribute_function(exclusive_bounds)  # type: ignore[union-attr]
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for room in (identity, plays, coupons, draws):
        api.register_blueprint(room.blueprint, url_prefix="/api/v1")
