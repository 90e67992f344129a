"""What is known of a fan, with where it came from: the newest value counts, the older ones stay as history."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.fans.models import Trait
from masterapp.texts import lazy_text as _l

OLDEST_BIRTH = date(1900, 1, 1)
LONGEST_VALUE = 200


@dataclass(frozen=True)
class Kind:
    """A trait that may be declared: the cure for a wrong value, and its check."""

    cure: Any
    read: Callable[[str, date], str | None]


def _birth_date(value: str, today: date) -> str | None:
    try:
        born = date.fromisoformat(value)
    except ValueError:
        return None
    return born.isoformat() if OLDEST_BIRTH <= born <= today else None


def _phone(value: str, _today: date) -> str | None:
    """Return the number as +33612345678; a French number may be written without its country."""
    digits = re.sub(r"[\s().-]", "", value)
    if re.fullmatch(r"0[1-9]\d{8}", digits):
        digits = "+33" + digits[1:]
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    return digits if re.fullmatch(r"\+[1-9]\d{7,14}", digits, re.ASCII) else None


def _postcode(value: str, _today: date) -> str | None:
    code = " ".join(value.upper().split())
    return code if re.fullmatch(r"[A-Z0-9][A-Z0-9 -]{2,9}", code) else None


def _words(value: str, _today: date) -> str | None:
    words = " ".join(value.split())
    return words if 0 < len(words) <= LONGEST_VALUE and words.isprintable() else None


_SHORT_TEXT = _l("Write up to 200 characters.")

KINDS: dict[str, Kind] = {
    "first_name": Kind(_SHORT_TEXT, _words),
    "last_name": Kind(_SHORT_TEXT, _words),
    "birth_date": Kind(_l("Write a date in the past as YYYY-MM-DD."), _birth_date),
    "phone": Kind(_l("Write a number like +33 6 12 34 56 78."), _phone),
    "postcode": Kind(_l("Write a postcode like 44000."), _postcode),
    "city": Kind(_SHORT_TEXT, _words),
    "favourite_player": Kind(_SHORT_TEXT, _words),
    "favourite_store": Kind(_SHORT_TEXT, _words),
}


def read_trait(name: str, value: str, today: date) -> str:
    """Return the value in its one spelling. Raises ``invalid`` with the cure."""
    kind = KINDS.get(name)
    if kind is None:
        raise Refused(
            "invalid",
            fields={
                "trait.name": [
                    str(_l("Choose one of: %(choices)s.")) % {"choices": ", ".join(KINDS)}
                ]
            },
        )
    read = kind.read(value.strip(), today)
    if read is None:
        raise Refused("invalid", fields={"trait.value": [str(kind.cure)]})
    return read


def declare(
    brand_id: UUID,
    fan_id: UUID,
    name: str,
    value: str,
    *,
    source: str,
    campaign_id: UUID | None = None,
    at: datetime | None = None,
) -> None:
    """Set the current value of a trait; the one before is kept as replaced. Saying the same again changes nothing."""
    at = at or now()
    # Two devices may set one trait at once: they take turns, so that exactly one value stays current.
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 1))"),
        {"key": f"{brand_id}{fan_id}{name}"},
    )
    current = db.session.scalars(
        select(Trait).where(
            Trait.brand_id == brand_id,
            Trait.fan_id == fan_id,
            Trait.name == name,
            Trait.replaced_at.is_(None),
        )
    ).first()
    if current is not None:
        if current.value == value:
            return
        current.replaced_at = at
        db.session.flush()
    db.session.add(
        Trait(
            brand_id=brand_id,
            fan_id=fan_id,
            name=name,
            value=value,
            source=source,
            campaign_id=campaign_id,
        )
    )
    db.session.flush()


def current_traits(brand_id: UUID, fan_id: UUID) -> dict[str, str]:
    """Return the current traits by name."""
    rows = db.session.execute(
        select(Trait.name, Trait.value)
        .where(Trait.brand_id == brand_id, Trait.fan_id == fan_id, Trait.replaced_at.is_(None))
        .order_by(Trait.name)
    )
    return {row.name: row.value for row in rows}
