"""E-mail addresses: checked without asking the network, and brought to one spelling for comparison."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email

from masterapp.errors import Refused
from masterapp.texts import translate as _


class Address(NamedTuple):
    """An e-mail address: as we write to it, as we compare it, and its domain."""

    email: str
    key: str
    domain: str


def read_address(text: str) -> Address:
    """Return the address typed as *text*. Raises ``invalid`` with a cure for the field ``email``."""
    wanted = unicodedata.normalize("NFKC", text).strip()
    try:
        valid = validate_email(wanted, check_deliverability=False)
    except EmailNotValidError:
        raise Refused(
            "invalid", fields={"email": [_("Write a full address, like name@example.org.")]}
        ) from None
    return Address(valid.normalized, valid.normalized.lower(), valid.domain.lower())
