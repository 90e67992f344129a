"""From the bytes of an uploaded file to its text, whatever program wrote it."""

from __future__ import annotations

import codecs
import re
from typing import Any

from masterapp.sdk import _l

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: How files start that are not text, and what to do with them.
NOT_TEXT = (
    (b"PK\x03\x04", _l("This is an Excel, Word or zip file. Save the sheet as CSV (UTF-8).")),
    (b"\xd0\xcf\x11\xe0", _l("This is an old Excel or Word file. Save the sheet as CSV (UTF-8).")),
    (b"%PDF", _l("This is a PDF. Questions can be read from CSV and GIFT files.")),
    (b"\x89PNG", _l("This is a picture. Questions can be read from CSV and GIFT files.")),
    (b"\xff\xd8\xff", _l("This is a picture. Questions can be read from CSV and GIFT files.")),
    (b"\x1f\x8b", _l("This file is compressed. Unpack it first.")),
)
#: Invisible characters that no question needs; tabs and line ends stay. The last range is for
#: code points that Unicode keeps out of texts, which the GIFT reader uses as its own marks.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\u200b\u2028\u2029\ufdd0-\ufdef\ud800-\udfff]"
)


class NotText(Exception):
    """The file is not a text; *sentence* says what it is and what to do."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def decode(data: bytes) -> str:
    """Return the text of a file with ``\\n`` line ends and no invisible characters."""
    for start, sentence in NOT_TEXT:
        if data.startswith(start):
            raise NotText(sentence)
    text = _text(data).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return INVISIBLE.sub("", text.replace("\u2028", "\n").replace("\x85", "\n"))


def _text(data: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    wide = _wide_encoding(data)
    if wide:
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _one_byte_text(data)


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of western text is then zero."""
    sample = data[:2000]
    if len(sample) < 4 or sample.count(0) < len(sample) // 4:
        return None
    return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"


def _one_byte_text(data: bytes) -> str:
    """Old Mac programs end lines with CR alone and have letters of their own; the rest is Windows."""
    if b"\r" in data and b"\n" not in data:
        return data.decode("mac_roman")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
