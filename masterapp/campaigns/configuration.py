"""A game's configuration: checked by its module's schema and the module itself, and searched for what it refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow as ma

from masterapp.registry import Registered
from masterapp.validation import flatten

Errors = dict[str, list[str]]


def check(registered: Registered, raw: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    """Return the configuration as its schema understands it, and what is wrong with it by dotted path.

    The configuration is empty when the schema itself refuses it.
    """
    try:
        config: dict[str, Any] = registered.config_schema.load(raw)
    except ma.ValidationError as error:
        return {}, dict(flatten(error.messages))
    found = registered.module.check_config(config)
    return config, {path: [str(text) for text in texts] for path, texts in found.items() if texts}


def filled(schema: ma.Schema, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a draft with every field that it lacks: the schema's default, or nothing where something is required."""
    draft: dict[str, Any] = {}
    for name, field in schema.fields.items():
        inner = nested(field)
        if inner is not None:
            rows = raw.get(name) or []
            draft[name] = [filled(inner, row) for row in rows if isinstance(row, Mapping)]
        elif name in raw:
            draft[name] = raw[name]
        else:
            default = field.load_default
            draft[name] = default() if callable(default) else default
            if default is ma.missing:
                draft[name] = None
    return draft


def references(
    schema: ma.Schema, config: Any, widget: str, path: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield (dotted path, id) of everything in a configuration that a field of this *widget* names."""
    if not isinstance(config, Mapping):
        return
    for name, field in schema.fields.items():
        value = config.get(name)
        if not value:
            continue
        if field.metadata.get("widget") == widget:
            yield f"{path}{name}", str(value)
        inner = nested(field)
        if inner is not None and isinstance(value, list):
            for number, row in enumerate(value):
                yield from references(inner, row, widget, f"{path}{name}.{number}.")


def nested(field: Any) -> ma.Schema | None:
    """Return the schema of the rows of a list field, or None for any other field."""
    if isinstance(field, ma.fields.List) and isinstance(field.inner, ma.fields.Nested):
        return field.inner.schema
    return None
