"""Coupon codes: what people type, misread or scan finds its code or is noticed as wrong."""

import string

from hypothesis import assume, given
from hypothesis import strategies as st

from masterapp.coupons import codes

BODIES = st.text(codes.ALPHABET, min_size=10, max_size=10)
PLACES = st.integers(0, codes.LENGTH - 1)


def full(body: str) -> str:
    """Return the folded code with this random part."""
    return body + codes.check_character(body)


@given(BODIES, PLACES, st.sampled_from(codes.ALPHABET))
def test_one_wrong_character_is_noticed(body: str, place: int, wrong: str) -> None:
    """A code with any one character replaced by another is never taken for a code."""
    code = full(body)
    assume(code[place] != wrong)
    assert not codes.is_well_formed(code[:place] + wrong + code[place + 1 :])


@given(BODIES, PLACES, PLACES)
def test_two_characters_swapped_are_noticed(body: str, left: int, right: int) -> None:
    """A code with two of its characters swapped, neighbours or not, is never taken for a code."""
    swapped = list(full(body))
    assume(swapped[left] != swapped[right])
    swapped[left], swapped[right] = swapped[right], swapped[left]
    assert not codes.is_well_formed("".join(swapped))


@given(BODIES, st.data())
def test_a_lost_or_doubled_character_is_noticed(body: str, data: st.DataObject) -> None:
    """A character left out or typed twice gives a code of the wrong length, which is noticed."""
    code = full(body)
    place = data.draw(PLACES)
    assert not codes.is_well_formed(code[:place] + code[place + 1 :])
    assert not codes.is_well_formed(code[:place] + code[place] + code[place:])


@given(BODIES, st.data())
def test_every_habit_of_typing_finds_the_code(body: str, data: st.DataObject) -> None:
    """Lower case, O for 0, I or L for 1, and separators anywhere fold to the same key."""
    typed = ""
    for character in full(body):
        habits = {"0": "0oO", "1": "1iIlL"}.get(character, character + character.lower())
        separators = data.draw(st.text(" -–_.\u00a0\t", max_size=2))
        typed += separators + data.draw(st.sampled_from(habits))
    assert codes.fold(typed) == full(body)


@given(st.text())
def test_folding_accepts_anything_and_is_stable(text: str) -> None:
    """Any text folds to upper-case ASCII letters and digits, and folding again changes nothing."""
    folded = codes.fold(text)
    assert set(folded) <= set(string.ascii_uppercase + string.digits)
    assert codes.fold(folded) == folded


def test_new_codes_are_well_formed_and_differ() -> None:
    """Thousands of fresh codes are well formed, shown in groups, and all different."""
    fresh = {codes.new_code() for _ in range(5_000)}
    assert len(fresh) == 5_000
    assert all(codes.is_well_formed(codes.fold(code)) for code in fresh)
    assert all([len(group) for group in code.split("-")] == [4, 4, 3] for code in fresh)


def test_a_scan_may_be_the_code_or_its_page() -> None:
    """The bare code and the coupon's page address are the same scan."""
    code = codes.new_code()
    key = codes.fold(code)
    for scan in (
        code,
        f" {key.lower()}\n",
        f"https://play.example.org/c/{code}",
        f"HTTPS://PLAY.EXAMPLE.ORG/C/{code}/?utm=x#y",
    ):
        assert codes.fold(codes.from_scan(scan)) == key
