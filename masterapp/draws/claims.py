"""What a winner tells when they claim: who they are, where the prize goes if it is sent, and how they are published.

The address is asked only then, and only for prizes that are sent. Pure: reads and judges, writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from babel import Locale

from masterapp.errors import Refused
from masterapp.texts import lazy_text as _l

STYLES = ("none", "first", "full")
LONGEST_NAME, LONGEST_LINE = 60, 120
#: Codes of territories that are no countries of the post.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
COUNTRIES = frozenset(
    code
    for code in map(str, Locale.parse("en").territories)
    if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
)
_PLACE = ("line", "postcode", "city")

_MISSING = {
    "first_name": _l("Write your first name as on your identity card."),
    "last_name": _l("Write your last name as on your identity card."),
    "line": _l("Write the number and the street."),
    "postcode": _l("Write the postcode."),
    "city": _l("Write the town."),
    "country": _l("Choose the country."),
    "true": _l("Confirm that this is you, so that we can give you the prize."),
    "style": _l("Choose how your name appears."),
}
_TOO_LONG = _l("Too long: at most %(most)s characters.")
_FRENCH_POSTCODE = _l("A French postcode has five digits, like 69003.")
_STRANGE = _l("Use letters, figures and common signs only.")


@dataclass(frozen=True)
class Claim:
    """A claim that is complete: what is kept of it, and the label that is published."""

    person: Mapping[str, str]
    address: Mapping[str, str] | None
    label: str

    @property
    def kept(self) -> dict[str, str]:
        """What the desk needs until the prize is delivered."""
        return {**self.person, **(self.address or {})}


def read(form: Mapping[str, str], *, sent: bool) -> Claim:
    """Return the claim of a posted form. Raises ``invalid`` with the cure for every field that needs one."""
    errors: dict[str, list[str]] = {}
    person = {name: _line(form, name, LONGEST_NAME, errors) for name in ("first_name", "last_name")}
    address = _address(form, errors) if sent else None
    style = form.get("style", "none")
    if style not in STYLES:
        errors["style"] = [str(_MISSING["style"])]
    if form.get("true") != "1":
        errors["true"] = [str(_MISSING["true"])]
    if errors:
        raise Refused("invalid", fields=errors)
    return Claim(person, address, label_of(style, person, address))


def _address(form: Mapping[str, str], errors: dict[str, list[str]]) -> dict[str, str]:
    address = {name: _line(form, name, LONGEST_LINE, errors) for name in _PLACE}
    address["more"] = _line(form, "more", LONGEST_LINE, errors, needed=False)
    address["country"] = form.get("country", "").strip().upper()
    if address["country"] not in COUNTRIES:
        errors["country"] = [str(_MISSING["country"])]
    if address["country"] in ("FR", "MC") and "postcode" not in errors:
        address["postcode"] = address["postcode"].replace(" ", "")
        if not re.fullmatch(r"\d{5}", address["postcode"], re.ASCII):
            errors["postcode"] = [str(_FRENCH_POSTCODE)]
    return address


def _line(
    form: Mapping[str, str],
    name: str,
    longest: int,
    errors: dict[str, list[str]],
    *,
    needed: bool = True,
) -> str:
    text = " ".join(form.get(name, "").split())
    if not text and needed:
        errors[name] = [str(_MISSING[name])]
    elif len(text) > longest:
        errors[name] = [str(_TOO_LONG) % {"most": longest}]
    elif not text.isprintable() or re.search(r"[<>{}\\]|://", text):
        errors[name] = [str(_STRANGE)]
    return text


def label_of(style: str, person: Mapping[str, str], address: Mapping[str, str] | None) -> str:
    """Return what is published of a winner: "Camille D., 69", "Camille", or nothing."""
    if style == "none":
        return ""
    if style == "first":
        return person["first_name"]
    name = f"{person['first_name']} {person['last_name'][:1].upper()}."
    where = department(address) if address else ""
    return f"{name}, {where}" if where else name


def department(address: Mapping[str, str]) -> str:
    """Return the French department of an address; nothing for an address elsewhere."""
    if address["country"] != "FR":
        return ""
    postcode = address["postcode"]
    return postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]
