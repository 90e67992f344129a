"""Households: fans who give the same postal address share one, known by a keyed hash and never by the address.

An address is asked only of those who have won something to be sent, so most fans have no household. Two flats of one
house are two households: the complement counts, and the town does not, since the postcode tells it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from uuid import UUID

from sqlalchemy import select, update

from masterapp.db import db
from masterapp.errors import Refused
from masterapp.fans.models import Fan
from masterapp.fans.registry import erases
from masterapp.keys import keyed_hash

#: Called with (brand, fan, household) in the same transaction when a fan's household has become another one.
changed: list[Callable[[UUID, UUID, str], None]] = []

#: Words of addresses that people write short, each in its one spelling.
_LONG_FORMS = {
    "apt": "appartement",
    "appt": "appartement",
    "app": "appartement",
    "av": "avenue",
    "ave": "avenue",
    "bat": "batiment",
    "bd": "boulevard",
    "bld": "boulevard",
    "blvd": "boulevard",
    "ch": "chemin",
    "che": "chemin",
    "esc": "escalier",
    "fbg": "faubourg",
    "imp": "impasse",
    "pl": "place",
    "rd": "road",
    "res": "residence",
    "rte": "route",
    "sq": "square",
    "st": "saint",
    "ste": "sainte",
    "str": "strasse",
}
#: What stands between the number and the name of a street, and says nothing.
_SILENT = {"de", "du", "des", "la", "le", "les", "l", "d", "no", "n"}


def normalise(address: Mapping[str, str]) -> str:
    """Return the one spelling of an address (``line``, ``more``, ``postcode``, ``country``), however it was written."""
    street = _words(f"{address.get('line', '')} {address.get('more', '')}")
    postcode = "".join(_words(address.get("postcode", "")))
    country = address.get("country", "").strip().upper()
    return "|".join((country, postcode, " ".join(street)))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold().replace("œ", "oe").replace("ß", "ss")
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    # "12bis" and "12 bis" are one number.
    plain = re.sub(r"(?<=\d)(?=[^\W\d])", " ", plain)
    words = re.findall(r"[^\W_]+", plain)
    return [_LONG_FORMS.get(word, word) for word in words if word not in _SILENT]


def household_of(brand_id: UUID, address: Mapping[str, str]) -> str:
    """Return the household that lives at an address; equal ones are comparable within the brand only."""
    return keyed_hash("household", brand_id.bytes, normalise(address)).hex()


def join(brand_id: UUID, fan_id: UUID, address: Mapping[str, str]) -> str:
    """Note that a fan lives at an address, and return the household. Saying it twice is once."""
    rows = select(Fan).where(Fan.brand_id == brand_id, Fan.id == fan_id)
    fan = db.session.scalars(
        rows.with_for_update().execution_options(populate_existing=True)
    ).first()
    if fan is None or fan.erased_at is not None:
        raise Refused("not_found")
    household = household_of(brand_id, address)
    if fan.household != household:
        fan.household = household
        db.session.flush()
        for follow in changed:
            follow(brand_id, fan_id, household)
    return household


@erases("household")
def _forget(brand_id: UUID, fan_id: UUID) -> str | None:
    db.session.execute(
        update(Fan).where(Fan.brand_id == brand_id, Fan.id == fan_id).values(household=None)
    )
    return None
