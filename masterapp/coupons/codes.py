"""Coupon codes: made from chance with a check character, shown in groups, and recognised however people type them.

A generated code is ten random characters of Crockford's base 32 (no I, L, O or U) and one check character. The check
is a weighted sum in the field of 32 elements, so every wrong character and every swap of two characters is noticed.
"""

from __future__ import annotations

import secrets
import string
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_CHARACTERS = 10
LENGTH = RANDOM_CHARACTERS + 1
GROUPS = (4, 4, 3)
#: A code from a list: what its characters may be, and how many of them count.
LISTED_CHARACTERS = frozenset(string.ascii_letters + string.digits + "-_./+ ")
SHORTEST_LISTED, LONGEST_LISTED = 4, 40

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans("OIL", "011")


def new_code() -> str:
    """Return a fresh code in its shown form; 50 bits of chance make a guess hopeless."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return shown(body + check_character(body))


def fold(typed: str) -> str:
    """Return what two spellings of one code have in common; this is what is stored, unique and looked up.

    Lower case, O for 0, I or L for 1, spaces, dashes and other separators make no difference.
    """
    plain = unicodedata.normalize("NFKC", typed).upper().translate(_LOOKALIKES)
    return "".join(character for character in plain if character.isascii() and character.isalnum())


def shown(code: str) -> str:
    """Write a generated code in groups that are easy to read out: ``7K3M-9QTR-X2C``."""
    parts, start = [], 0
    for size in GROUPS:
        parts.append(code[start : start + size])
        start += size
    return "-".join(parts)


def check_character(body: str) -> str:
    """Return the check character of the random part of a code."""
    total, weight = 0, 1
    for character in body:
        weight = _double(weight)
        total ^= _multiply(_VALUE[character], weight)
    return ALPHABET[total]


def is_well_formed(key: str) -> bool:
    """Whether a folded code is one that we could have generated: right length, characters and check."""
    return (
        len(key) == LENGTH
        and all(character in _VALUE for character in key)
        and check_character(key[:-1]) == key[-1]
    )


def from_scan(text: str) -> str:
    """Return the code in what a scanner read: the bare code, or the last part of a coupon's page address."""
    text = text.strip()
    if "://" in text:
        text = text.split("?", 1)[0].split("#", 1)[0].rstrip("/").rsplit("/", 1)[-1]
    return text


def _double(value: int) -> int:
    """Multiply by x in the field of 32 elements (modulo x⁵ + x² + 1)."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def _multiply(left: int, right: int) -> int:
    """Multiply two elements of the field."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left = _double(left)
        right >>= 1
    return product
