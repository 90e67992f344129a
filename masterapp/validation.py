"""What arrives and what is wrong with it: JSON read strictly, problems in the reader's language by dotted path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import flask_smorest
import marshmallow as ma
from flask import Request, Response, request
from flask.json.provider import DefaultJSONProvider
from webargs import core
from webargs.flaskparser import FlaskParser

from masterapp import jsontext
from masterapp.errors import Refused
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate

#: marshmallow's sentences that carry a value, and ours with the same value.
PATTERNS = [
    (
        re.compile(
            r"Must be greater than or equal to (?P<min>\S+) and less than or equal to (?P<max>\S+)\."
        ),
        _l("Give a number from %(min)s to %(max)s."),
    ),
    (re.compile(r"Must be greater than or equal to (?P<min>\S+)\."), _l("Give at least %(min)s.")),
    (re.compile(r"Must be less than or equal to (?P<max>\S+)\."), _l("Give at most %(max)s.")),
    (re.compile(r"Must be one of: (?P<choices>.+)\."), _l("Choose one of: %(choices)s.")),
    (re.compile(r"Shorter than minimum length (?P<min>\d+)\."), _l("Too short: at least %(min)s.")),
    (re.compile(r"Longer than maximum length (?P<max>\d+)\."), _l("Too long: at most %(max)s.")),
    (
        re.compile(r"Length must be between (?P<min>\d+) and (?P<max>\d+)\."),
        _l("The length must be from %(min)s to %(max)s."),
    ),
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
            if key == "_schema" or (
                not path and key in ("json", "query", "path", "headers", "form")
            ):
                yield from flatten(inner, path)
            else:
                yield from flatten(inner, f"{path}.{key}" if path else str(key))
    else:
        listed = messages if isinstance(messages, list | tuple) else [messages]
        yield path or "_", [in_words(str(message)) for message in listed]


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_READER = json.JSONDecoder(parse_constant=_refuse_constant)


def read_json(body: str | bytes) -> Any:
    """Return the value of a JSON text. Raises ``ValueError`` for everything that is none, however it is wrong.

    Python's reader takes halves of a character for characters, knows numbers that are none, and gives up on deep
    nesting with an error of its own.
    """
    try:
        text = body if isinstance(body, str) else body.decode()
        value = _READER.decode(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


class StrictJson(DefaultJSONProvider):
    """Flask's JSON with the strict reader; ``request.get_json()`` turns its errors into a refusal."""

    sort_keys = False

    def loads(self, s: str | bytes, **options: Any) -> Any:
        """Read a JSON text."""
        return read_json(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Answer with the values as JSON."""
        text = jsontext.write(self._prepare_response_obj(args, kwargs), self.default)
        return Response(text + b"\n", mimetype=self.mimetype)


class _BodyParser(FlaskParser):
    """Reads the bodies of API requests with the strict reader; a body that is not marked as JSON is refused."""

    def _raw_load_json(self, req: Request) -> Any:
        if not core.is_json(req.mimetype):
            if req.content_length:
                raise Refused("unsupported_media")
            return core.missing
        try:
            return read_json(req.get_data(cache=True))
        except ValueError:
            raise Refused("malformed") from None


class Blueprint(flask_smorest.Blueprint):
    """A room's part of the API."""

    ARGUMENTS_PARSER = _BodyParser()


class ProblemSchema(ma.Schema):
    """What every refusal looks like."""

    code = ma.fields.String(required=True, metadata={"description": "Stable, for programs."})
    message = ma.fields.String(
        required=True, metadata={"description": "For people, in their language."}
    )
    fields = ma.fields.Dict(  # type: ignore[assignment]
        keys=ma.fields.String(),
        values=ma.fields.List(ma.fields.String()),
        metadata={"description": "Dotted path of each field to correct, and how."},
    )
    facts = ma.fields.Dict(metadata={"description": "Values the sentence was made from."})


#: What a view that reads a body may answer before it has read it.
UNREADABLE = {400: "The body is not readable JSON.", 415: "The body is not marked as JSON."}
View = TypeVar("View", bound=Callable[..., Any])


def read_body(schema: ma.Schema) -> dict[str, Any]:
    """Return the JSON body as *schema* loads it. Raises ``invalid`` naming each field.

    For hot views: the one instance of the schema is used as it is, without the parser's wrappers around each call.
    """
    try:
        loaded: dict[str, Any] = schema.load(request.get_json())
    except ma.ValidationError as error:
        raise Refused("invalid", fields=dict(flatten(error.messages))) from None
    return loaded


def described(
    blueprint: flask_smorest.Blueprint,
    answer: type[ma.Schema],
    refusals: Mapping[int, str],
    *,
    body: type[ma.Schema] | None = None,
    security: Sequence[Mapping[str, Sequence[str]]] = (),
) -> Callable[[View], View]:
    """Describe a hot view in the OpenAPI document as ``arguments`` and ``response`` would; it stays unwrapped."""

    def content(text: str, schema: type[ma.Schema]) -> dict[str, Any]:
        return {"description": text, "content": {"application/json": {"schema": schema}}}

    known = {**(UNREADABLE if body else {}), **refusals}
    responses = {status: content(text, ProblemSchema) for status, text in known.items()}
    responses[200] = content("Carried out.", answer)
    described: dict[str, Any] = {"security": list(security), "responses": responses}
    if body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body}},
        }
    return blueprint.doc(**described)  # type: ignore[no-any-return]
