"""Reading code lists: every way a till or a spreadsheet writes them, and a reason for each line that is no code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterapp.coupons import lists


def codes_of(text: str) -> list[str]:
    """Return the usable codes of a list."""
    return [line.code for line in lists.read_lines(text.splitlines()) if not line.problem]


@pytest.mark.parametrize(
    "text",
    [
        "ABCD-1\nABCD-2\n",
        "ABCD-1\r\nABCD-2\r\n",
        "code\nABCD-1\nABCD-2",
        "Codes;Montant\nABCD-1;10\nABCD-2;10",
        '"Code promo","Amount"\n"ABCD-1","10,00"\n"ABCD-2","10,00"\n',
        "\n  ABCD-1\t10\n\n  ABCD-2\t10\n\n",
    ],
)
def test_common_spellings_of_a_list(text: str) -> None:
    """Line ends, heading, quotes, columns and empty lines make no difference."""
    assert codes_of(text) == ["ABCD-1", "ABCD-2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_spreadsheets(encoding: str) -> None:
    """A list is read in any character set a spreadsheet saves, and a line with an accent is named."""
    text = lists.decode("ABCD-1\nDÉJÀ-2\n".encode(encoding))
    assert text is not None
    found = [(line.number, line.problem) for line in lists.read_lines(text.splitlines())]
    assert found == [(1, ""), (2, "characters")]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("A1-2", "too_short"),
        ("A" * 41, "too_long"),
        ("ABCD\u200b1", "characters"),
        ("=CMD()", "characters"),
        ("<b>ABCD</b>", "characters"),
        ("A.B/C+D 1", ""),
    ],
)
def test_lines_that_are_no_codes(code: str, problem: str) -> None:
    """Strange characters, too short and too long are told apart."""
    assert lists.problem_of(code) == problem


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    """Whatever bytes are uploaded, each line is a code, has a problem, or the file is not text."""
    text = lists.decode(content)
    if text is not None:
        for line in lists.read_lines(text.splitlines()):
            assert line.problem in ("", "characters", "too_short", "too_long")


def test_pictures_and_spreadsheets_are_not_lists() -> None:
    """A file with NUL bytes is not taken for a list."""
    assert lists.decode(b"PK\x03\x04\0\0") is None
