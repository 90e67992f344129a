"""Forms drawn from marshmallow schemas: a schema and a value become a tree of fields, a posted form becomes JSON again.

Nothing typed is lost: the tree is built from whatever was posted, right or wrong, and each error sits at its field.
Rows of a list carry a key of their own, and the order of the keys in the form is the order of the rows, so that rows
can be added, removed and moved in the page without renaming anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import marshmallow as ma
from flask import has_app_context
from werkzeug.datastructures import MultiDict

from masterapp.sdk.fields import LOCALES
from masterapp.texts import language

#: The key of a row: made by us or by the page, never a field's name.
KEY = re.compile(r"[0-9][A-Za-z0-9]{0,11}")
WHOLE = re.compile(r"[+-]?\d{1,15}")
#: Lists longer than this are drawn closed: one line a row, opened when the marketer wants to edit it.
MOST_OPEN_ROWS = 12
#: Rows with more fields than this are drawn closed as soon as there are two.
MOST_OPEN_FIELDS = 4
PLAIN_WIDGETS: tuple[tuple[type[ma.fields.Field[Any]], str], ...] = (
    (ma.fields.Boolean, "switch"),
    (ma.fields.Integer, "whole"),
    (ma.fields.String, "word"),
)

Errors = Mapping[str, Sequence[str]]


@dataclass
class Row:
    """One row of a list: its fields, what it is called while closed, and its value as JSON."""

    key: str
    name: str
    fields: list[Node]
    caption: str
    packed: str
    open: bool


@dataclass
class Node:
    """One field of the form: how it is drawn, under which name it is posted, its value and what is wrong with it."""

    widget: str
    name: str
    title: str
    help: str
    value: Any
    errors: list[str]
    required: bool
    group: str
    meta: Mapping[str, Any]
    least: int | None = None
    most: int | None = None
    rows: list[Row] = field(default_factory=list)
    #: A row as it begins, drawn once into a template that the page copies; its key is the placeholder.
    blank: Row | None = None

    @property
    def placeholder(self) -> str:
        """The key of the blank row: one for each depth of nesting."""
        return placeholder(self.name)

    @property
    def when(self) -> str:
        """The choices that show this field, as JSON for the page; empty when it is always shown."""
        return json.dumps(self.meta["when"]) if self.meta.get("when") else ""


def placeholder(name: str) -> str:
    """Return the key of a blank row of the list *name*."""
    return f"__row{name.count('.') // 2}__"


def build(
    schema: ma.Schema, value: Any, errors: Errors | None = None, prefix: str = ""
) -> list[Node]:
    """Return the form of a schema for a value; *errors* are by dotted path."""
    value = value if isinstance(value, Mapping) else {}
    errors = errors or {}
    return [
        _node(name, declared, value.get(name, ma.missing), errors, prefix)
        for name, declared in schema.fields.items()
    ]


def _node(name: str, declared: Any, value: Any, errors: Errors, prefix: str) -> Node:
    path = f"{prefix}{name}"
    meta = declared.metadata
    least, most = bounds(declared)
    node = Node(
        widget=widget_of(declared),
        name=path,
        title=str(meta.get("title") or name.replace("_", " ").capitalize()),
        help=str(meta.get("help") or ""),
        value=default_of(declared) if value is ma.missing else value,
        errors=list(errors_at(path, errors)),
        required=declared.required,
        group=str(meta.get("group") or "content"),
        meta=meta,
        least=least,
        most=most,
    )
    if node.widget == "rows":
        inner = declared.inner.schema
        listed = node.value if isinstance(node.value, list) else []
        several = len(listed) > (MOST_OPEN_ROWS if _short(inner) else 1)
        node.rows = [
            _row(declared, path, str(number), row, errors, several)
            for number, row in enumerate(listed)
        ]
        node.blank = _row(declared, path, placeholder(path), {}, {}, closed=False)
    return node


def _short(schema: ma.Schema) -> bool:
    """Whether a row is simple enough to show several of them open."""
    return len(schema.fields) <= MOST_OPEN_FIELDS and not any(
        widget_of(declared) == "rows" for declared in schema.fields.values()
    )


def _row(declared: Any, path: str, key: str, value: Any, errors: Errors, closed: bool) -> Row:
    name = f"{path}.{key}"
    wrong = any(error == name or error.startswith(f"{name}.") for error in errors)
    shown = wrong or not closed
    words, counted = caption(value), declared.metadata.get("counted")
    if counted and words and isinstance(value, Mapping):
        words = f"{words} × {value.get(counted)}"
    return Row(
        key=key,
        name=name,
        fields=build(declared.inner.schema, value, errors, f"{name}.") if shown else [],
        caption=words,
        packed=json.dumps(value, ensure_ascii=False, separators=(",", ":")),
        open=shown,
    )


def row(declared: Any, path: str, key: str, value: Any) -> Row:
    """Return one open row of the list field *declared*, for a page that opens a closed one."""
    return _row(declared, path, key, value, {}, closed=False)


def list_at(schema: ma.Schema, path: str) -> Any:
    """Return the list field at a dotted path such as ``questions.3.options``, or None when there is none."""
    field: Any = None
    inner: Any = schema
    for part in path.split("."):
        if field is not None and KEY.fullmatch(part):
            continue
        field = inner.fields.get(part) if inner is not None else None
        if field is None or widget_of(field) != "rows":
            return None
        inner = field.inner.schema
    return field


def widget_of(declared: Any) -> str:
    """Return how a field is drawn: what its metadata says, else what suits its type."""
    named = declared.metadata.get("widget")
    if named:
        return str(named)
    if isinstance(declared, ma.fields.List) and isinstance(declared.inner, ma.fields.Nested):
        return "rows"
    for kind, widget in PLAIN_WIDGETS:
        if isinstance(declared, kind):
            return widget
    raise TypeError(
        f"The form cannot draw the field {declared.name!r}: declare it with masterapp.sdk.fields."
    )


def bounds(declared: Any) -> tuple[int | None, int | None]:
    """Return the least and most of a field's range or length."""
    for check in declared.validators:
        if isinstance(check, ma.validate.Range | ma.validate.Length):
            return check.min, check.max
    return None, getattr(declared, "longest", None)


def default_of(declared: Any) -> Any:
    """Return the value a field begins with."""
    default = declared.load_default
    if default is ma.missing:
        return None
    return default() if callable(default) else default


def errors_at(path: str, errors: Errors) -> Iterator[str]:
    """Yield what is wrong with one field; a localised text reports its languages and their values."""
    wanted = {path, *(f"{path}.{locale}" for locale in LOCALES)}
    wanted |= {f"{inner}.{part}" for inner in tuple(wanted) for part in ("value", "key")}
    for error, sentences in errors.items():
        if error in wanted:
            yield from sentences


def caption(value: Any) -> str:
    """Return the words a closed row is known by: its first text."""
    for text in _texts(value):
        line = " ".join(text.split())
        if line:
            return line if len(line) <= 120 else line[:119] + "…"
    return ""


def _texts(value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        return
    for inner in value.values():
        if isinstance(inner, Mapping):
            own = language() if has_app_context() else LOCALES[0]
            order = sorted(LOCALES, key=lambda locale: locale != own)
            yield from (str(inner[locale]) for locale in order if inner.get(locale))
    for name, inner in value.items():
        if isinstance(inner, str) and name not in ("kind", "picture", "offer"):
            yield inner


def parse(schema: ma.Schema, form: MultiDict[str, str], prefix: str = "") -> dict[str, Any]:
    """Return a posted form as JSON, right or wrong: checking it is the schema's part."""
    parsed: dict[str, Any] = {}
    for name, declared in schema.fields.items():
        value = _read(declared, form, f"{prefix}{name}")
        if value is not ma.missing:
            parsed[name] = value
    return parsed


def _read(declared: Any, form: MultiDict[str, str], path: str) -> Any:
    widget = widget_of(declared)
    if widget == "switch":
        return path in form
    if widget == "localised":
        return _read_localised(form, path)
    if widget == "rows":
        return [
            _read_row(declared.inner.schema, form, f"{path}.{key}") for key in _keys(form, path)
        ]
    text = form.get(path, "").strip()
    if widget == "whole":
        return _read_whole(text)
    if text or widget in ("word", "link"):
        return text
    return None if declared.allow_none else ma.missing


def _keys(form: MultiDict[str, str], path: str) -> Iterable[str]:
    """Return the keys of a list's rows in the order of the page; the blank row's template is never posted."""
    return dict.fromkeys(key for key in form.getlist(path) if KEY.fullmatch(key))


def _read_row(schema: ma.Schema, form: MultiDict[str, str], name: str) -> Any:
    packed = form.get(name)
    return parse(schema, form, f"{name}.") if packed is None else unpacked(packed)


def unpacked(packed: str) -> dict[str, Any]:
    """Return a closed row's value; a row that somebody spoilt is an empty one, which the schema then explains."""
    try:
        value = json.loads(packed)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _read_localised(form: MultiDict[str, str], path: str) -> dict[str, str]:
    texts = {locale: form.get(f"{path}.{locale}", "").replace("\r\n", "\n") for locale in LOCALES}
    return {locale: text for locale, text in texts.items() if text.strip()}


def _read_whole(text: str) -> Any:
    """Return a whole number, however people space it; anything else stays as typed for the schema to refuse."""
    digits = re.sub(r"[\s\u00a0\u202f]", "", text)
    if WHOLE.fullmatch(digits) and digits.isascii():
        return int(digits)
    return text or ma.missing


def groups(nodes: Sequence[Node]) -> dict[str, list[Node]]:
    """Return the fields by group, in the order in which the groups first appear."""
    grouped: dict[str, list[Node]] = {}
    for node in nodes:
        grouped.setdefault(node.group, []).append(node)
    return grouped


def group_condition(name: str, nodes: Sequence[Node]) -> str:
    """Return the condition of a group named like the value of a choice: it is shown for that choice only."""
    for node in nodes:
        values = [value for value, _ in node.meta.get("options", ())]
        if node.widget == "choice" and name in values:
            return json.dumps({node.name: [name]})
    return ""


def labels(schema: ma.Schema, prefix: str = "") -> dict[str, str]:
    """Return the title of every field by its path, list rows as ``*``: what a list of changes is read with."""
    found: dict[str, str] = {}
    for name, declared in schema.fields.items():
        path = f"{prefix}{name}"
        found[path] = str(declared.metadata.get("title") or name)
        if widget_of(declared) == "rows":
            rows: Any = declared
            found.update(labels(rows.inner.schema, f"{path}.*."))
    return found
