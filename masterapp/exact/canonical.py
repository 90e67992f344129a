"""Canonical JSON: one value, one sequence of bytes (the strict subset of RFC 8785 of MVD1).

Keys are ASCII, strings are NFC, numbers are integers below 2^53 in size; everything else is
refused rather than repaired, because a repaired document would no longer be what was signed.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from masterapp.exact.faults import ProtocolError

LARGEST_INTEGER = 2**53 - 1
DEEPEST = 32
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,19})\Z")


def encode(value: object) -> bytes:
    """The canonical bytes of a JSON value; refuses whatever has no single canonical form."""
    _check(value, "$")
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def decode(data: bytes | str) -> Any:
    """Parse a JSON text strictly: no float, no repeated key, nothing that `encode` refuses."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = json.loads(
            text,
            object_pairs_hook=_object_without_repeats,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except ProtocolError:
        raise
    except (ValueError, RecursionError) as fault:
        raise ProtocolError("not_json", "the text is not well-formed JSON") from fault
    _check(value, "$")
    return value


def decimal(value: object) -> int:
    """Read an unsigned 64-bit integer written as a decimal string without leading zeros."""
    if not isinstance(value, str) or not _DECIMAL.match(value) or int(value) >= 2**64:
        raise ProtocolError("not_decimal", f"not an unsigned 64-bit decimal string: {value!r}")
    return int(value)


def unhex(value: object, size: int) -> bytes:
    """Read exactly `size` bytes written in lowercase hexadecimal."""
    if not isinstance(value, str) or not re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", value):
        raise ProtocolError("not_hex", f"not {size} bytes of lowercase hexadecimal: {value!r}")
    return bytes.fromhex(value)


def _check(value: object, where: str, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise ProtocolError("too_deep", f"more than {DEEPEST} levels of nesting")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise ProtocolError("integer_too_large", f"{where}: integer of 2^53 or more")
    elif isinstance(value, str):
        _check_text(value, where)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise ProtocolError("key_not_ascii", f"{where}: key {key!r} is not ASCII text")
            _check(item, f"{where}.{key}", depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for place, item in enumerate(value):
            _check(item, f"{where}[{place}]", depth + 1)
    else:
        raise ProtocolError("not_canonical", f"{where}: {type(value).__name__} has no place here")


def _check_text(text: str, where: str) -> None:
    if not unicodedata.is_normalized("NFC", text):
        raise ProtocolError("not_nfc", f"{where}: text is not in Unicode form NFC")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ProtocolError("not_unicode", f"{where}: text holds half of a surrogate pair")


def _object_without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ProtocolError("repeated_key", "an object names the same key twice")
    return found


def _refuse_number(text: str) -> object:
    raise ProtocolError("not_integer", f"only integers are allowed, not {text}")
