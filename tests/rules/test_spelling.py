"""Rules of comparing what a fan typed with what is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterapp.sdk import plain_text, same_text


@pytest.mark.parametrize(
    ("given_text", "accepted"),
    [
        ("saint-étienne", "Saint Etienne"),
        ("L’Œuf", "oeuf"),
        ("the Wall", "wall"),
        ("  LE   stade ", "Stade"),
        ("coup-franc", "coupfranc"),
        ("1 998", "1998"),
        ("?", "?"),
    ],
)
def test_same_answers(given_text: str, accepted: str) -> None:
    """Accents, case, punctuation, spaces and opening articles do not make an answer wrong."""
    assert same_text(given_text, accepted)


@pytest.mark.parametrize(
    ("given_text", "accepted", "slips", "same"),
    [
        ("zinedin", "Zinedine", 1, True),
        ("zidnae", "Zidane", 1, True),
        ("zydanne", "Zidane", 1, False),
        ("zydanne", "Zidane", 2, False),
        ("zynedinne", "Zinedine", 2, True),
        ("oui", "non", 3, False),
        ("cat", "car", 2, False),
        ("1999", "1998", 3, False),
        ("euro 2001", "euro 2000", 3, False),
        ("", "Zidane", 3, False),
        ("", "", 3, False),
        ("!", "?", 3, False),
    ],
)
def test_slips(given_text: str, accepted: str, slips: int, same: bool) -> None:
    """A slip is forgiven in a word long enough, a digit never, and nothing is never an answer."""
    assert same_text(given_text, accepted, slips) is same


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 3))
def test_never_surprises(one: str, other: str, slips: int) -> None:
    """Whatever is typed the comparison ends, and an answer equals itself."""
    same_text(one, other, slips)
    assert same_text(one, one, slips) is bool(one.strip())
    assert plain_text(one) == plain_text(one.swapcase().swapcase()) or not one.isascii()
