"""What the desk's forms post, read the same way everywhere: ids, localised texts, wall-clock times, money."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import request
from sqlalchemy import func, select

from masterapp.campaigns.calendar import NoSuchTime, from_local
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.texts import LOCALES
from masterapp.texts import translate as _
from masterapp.web.admin.shell import desk

Errors = dict[str, list[str]]
Made = TypeVar("Made")
LARGEST_FORM = 8 * 1024 * 1024
MONEY = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?")


def allow_large_form() -> None:
    """Let this request carry a long form, such as a quiz of a thousand questions."""
    request.max_content_length = LARGEST_FORM
    request.max_form_memory_size = LARGEST_FORM
    request.max_form_parts = 100_000


def identifier(text: str | None) -> UUID | None:
    """Return an id, or None for an empty text. Raises ``not_found`` for anything else."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Refused("not_found") from None


def once(kind: type[Made]) -> tuple[UUID, Made | None]:
    """Return the id for what this form makes, and the thing itself when an earlier tap of the same form has made it.

    The form was drawn with the id; taps that come at the same moment take turns.
    """
    text = request.form.get("once", "")
    key = identifier(text) or new_id()
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"form {key}", 0))))
    return key, db.session.get(kind, (desk().brand.id, key))


def localised(name: str, form: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a localised text as posted."""
    form = request.form if form is None else form
    return {locale: form.get(f"{name}.{locale}", "") for locale in LOCALES}


def seen() -> int:
    """Return the revision the form was made from."""
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def local_time(name: str, errors: Errors, *, later: bool = False) -> datetime | None:
    """Return an instant from a date field in the brand's zone; what is wrong with it goes into *errors*."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return from_local(text, desk().zone, later=later)
    except NoSuchTime:
        errors[name] = [_("Clocks go forward that night and skip this time. Choose another hour.")]
    except (ValueError, OverflowError):
        errors[name] = [_("Write a day and an hour, such as 24/12/2026 18:00.")]
    return None


def cents(text: str) -> int | None:
    """Return an amount of money in cents, however it is written; None when it is no amount."""
    plain = re.sub(r"[\s\u00a0\u202f€$£]", "", text)
    if not plain:
        return 0
    found = MONEY.fullmatch(plain)
    if not found:
        return None
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def whole(text: str) -> int:
    """Return a whole number; -1 for anything else, which every range refuses."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else -1


def attempt(work: Callable[[], Any]) -> tuple[Errors, Refused | None]:
    """Do the work of a form. What it refuses comes back, with the database as if nothing had been done."""
    try:
        with db.session.begin_nested():
            work()
    except Refused as refusal:
        if refusal.code not in ("invalid", "conflict"):
            raise
        db.session.expire_all()
        return refusal.fields, refusal
    return {}, None
