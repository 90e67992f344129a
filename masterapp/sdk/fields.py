"""marshmallow fields that know how to draw themselves in the marketer's form.

Each builder returns a plain marshmallow field whose ``metadata`` carries ``title``, ``help``, ``widget`` and ``group``:
one declaration validates, gives the default, draws the form and documents the API.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, validate

LOCALES = ("fr", "en")
Drawn = TypeVar("Drawn", bound=fields.Field[Any])


class Localised(fields.Dict):
    """A text in the brand's languages, ``{"fr": "…", "en": "…"}``; at least one language is filled when required."""

    def __init__(self, *, longest: int = 300, **options: Any) -> None:
        super().__init__(
            keys=fields.String(validate=validate.OneOf(LOCALES)),
            values=fields.String(validate=validate.Length(max=longest)),
            **options,
        )
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            value = dict.fromkeys(LOCALES, value)
        loaded = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        cleaned = {locale: text.strip() for locale, text in loaded.items()}
        for text in cleaned.values():
            if "\0" in text:
                raise ValidationError("Remove the invisible NUL character.")
        if self.required and not any(cleaned.values()):
            raise ValidationError("Fill this text in at least one language.")
        return cleaned


def _metadata(title: Any, help: Any, widget: str, group: str, **extra: Any) -> dict[str, Any]:
    return {"title": title, "help": help, "widget": widget, "group": group, **extra}


def text(
    title: Any,
    *,
    help: Any = "",
    longest: int = 300,
    lines: int = 1,
    required: bool = False,
    default: Any = None,
    group: str = "content",
) -> Localised:
    """A localised text; *lines* above 1 draws a text area."""
    options: dict[str, Any] = (
        {"required": True} if required else {"load_default": lambda: dict(default or {})}
    )
    return Localised(
        longest=longest,
        metadata=_metadata(title, help, "localised", group, lines=lines),
        **options,
    )


def word(
    title: Any,
    *,
    help: Any = "",
    longest: int = 100,
    required: bool = False,
    default: str = "",
    group: str = "content",
) -> fields.String:
    """A short text that is the same in every language, such as a seat number or a code."""
    options: dict[str, Any] = {"required": True} if required else {"load_default": default}
    return fields.String(
        validate=validate.Length(min=1 if required else 0, max=longest),
        metadata=_metadata(title, help, "word", group),
        **options,
    )


def whole(
    title: Any,
    *,
    help: Any = "",
    least: int = 0,
    most: int = 1_000_000,
    default: int = 0,
    unit: Any = "",
    group: str = "content",
) -> fields.Integer:
    """A whole number between *least* and *most*, both allowed."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(min=least, max=most),
        load_default=default,
        metadata=_metadata(title, help, "whole", group, unit=unit),
    )


def switch(
    title: Any, *, help: Any = "", default: bool = False, group: str = "content"
) -> fields.Boolean:
    """A yes/no choice; only real JSON booleans are accepted."""
    return fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=default,
        metadata=_metadata(title, help, "switch", group),
    )


def choice(
    title: Any,
    options: Sequence[tuple[str, Any]],
    *,
    help: Any = "",
    default: str | None = None,
    group: str = "content",
) -> fields.String:
    """One of *options*, given as (value, translated label) pairs."""
    values = [value for value, _ in options]
    return fields.String(
        validate=validate.OneOf(values),
        load_default=values[0] if default is None else default,
        metadata=_metadata(title, help, "choice", group, options=list(options)),
    )


def image(
    title: Any, *, help: Any = "", required: bool = False, group: str = "content"
) -> fields.UUID:
    """A picture of the brand's library, by asset id."""
    options: dict[str, Any] = (
        {"required": True} if required else {"load_default": None, "allow_none": True}
    )
    return _TextUUID(metadata=_metadata(title, help, "image", group), **options)


def offer(
    title: Any, *, help: Any = "", required: bool = True, group: str = "content"
) -> fields.UUID:
    """A coupon offer of the campaign, by id."""
    options: dict[str, Any] = (
        {"required": True} if required else {"load_default": None, "allow_none": True}
    )
    return _TextUUID(metadata=_metadata(title, help, "offer", group), **options)


def mechanic(title: Any, *, help: Any = "", group: str = "content") -> fields.String:
    """A kind of game by its module's slug, or nothing; the form offers the modules of this installation."""
    return fields.String(
        load_default="",
        validate=validate.Regexp(r"\A([a-z][a-z0-9_]{1,40})?\Z"),
        metadata=_metadata(title, help, "mechanic", group),
    )


def link(title: Any, *, help: Any = "", group: str = "content") -> fields.String:
    """An https address, or nothing."""

    def check(value: str) -> None:
        if value and (urlsplit(value).scheme != "https" or not urlsplit(value).hostname):
            raise ValidationError("Give a full address that starts with https://")

    return fields.String(
        load_default="",
        validate=[validate.Length(max=500), check],
        metadata=_metadata(title, help, "link", group),
    )


def rows(
    title: Any,
    schema: type[Schema],
    *,
    help: Any = "",
    least: int = 0,
    most: int = 200,
    group: str = "content",
    importable: str = "",
) -> fields.List[Any]:
    """A list of sub-forms, each drawn from *schema*. *importable* names the module's importer for files, if any."""
    return fields.List(
        fields.Nested(schema),
        load_default=list,
        validate=validate.Length(min=least, max=most),
        metadata=_metadata(title, help, "rows", group, importable=importable),
    )


def only_when(field: Drawn, **choices: Sequence[str]) -> Drawn:
    """Show a field only while each named choice beside it has one of these values; hidden values are kept.

    ``fields.only_when(fields.switch(…), kind=["true_false"])``
    """
    shown_when = {name: list(values) for name, values in choices.items()}
    field.metadata = {**field.metadata, "when": shown_when}
    return field


class _TextUUID(fields.UUID):
    """A UUID that stays text once loaded, because configurations are stored as JSON."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return str(super()._deserialize(value, attr, data, **kwargs))
