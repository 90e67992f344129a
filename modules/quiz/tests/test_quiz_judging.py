"""Rules of judging one answer: choices, typed words, numbers and pairs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.quiz import judging

A, B, C, D = ({"fr": letter, "en": letter} for letter in ("a", "b", "c", "d"))


def choices(kind: str, *right: bool) -> dict[str, Any]:
    """A question whose options are right as said."""
    return {"kind": kind, "options": [{"right": one} for one in right]}


@pytest.mark.parametrize(
    ("question", "given_ids", "right"),
    [
        (choices("choose_one", True, False, True), ["1"], True),
        (choices("choose_one", True, False, True), ["3"], True),
        (choices("choose_one", True, False, True), ["2"], False),
        (choices("choose_one", True, False, True), [], False),
        (choices("choose_many", True, False, True), ["3", "1"], True),
        (choices("choose_many", True, False, True), ["1"], False),
        (choices("choose_many", True, False, True), ["1", "2", "3"], False),
        ({"kind": "true_false", "truth": True}, ["true"], True),
        ({"kind": "true_false", "truth": False}, ["true"], False),
        ({"kind": "true_false", "truth": False}, [], False),
    ],
)
def test_choices(question: dict[str, Any], given_ids: list[str], right: bool) -> None:
    """One of the right ones where one is to be chosen; all of them and no other where several are."""
    order = list(range(len(question.get("options", ()))))
    judging.check_given(question, order, given_ids)
    assert judging.is_right(question, order, given_ids, 0) is right


def test_shown_order() -> None:
    """An id stands for the option shown in that place, not for the one written there."""
    question = choices("choose_one", True, False, False)
    assert judging.right_ids(question, [2, 0, 1]) == ["2"]
    assert judging.is_right(question, [2, 0, 1], ["2"], 0)


def test_pairs() -> None:
    """Each left side needs its own right side; two may share one, and a trap fits none."""
    question = {
        "kind": "match",
        "pairs": [
            {"left": A, "right": C},
            {"left": B, "right": C},
            {"left": {}, "right": D},
        ],
    }
    assert judging.right_sides(question) == [C, D]
    assert judging.right_ids(question, [1, 0]) == ["2", "2"]
    assert judging.is_right(question, [1, 0], ["2", "2"], 0)
    assert not judging.is_right(question, [1, 0], ["2"], 0)
    assert not judging.is_right(question, [1, 0], ["1", "2"], 0)


@pytest.mark.parametrize(
    ("typed", "accepted", "slips", "right"),
    [
        ("zidane", "Zidane", 0, True),
        ("Zidanne", "Zidane", 0, False),
        ("Zidanne", "Zidane", 1, True),
        ("Zinedine Zidane", "*Zidane", 0, True),
        ("Zidane, Zinedine", "*Zidane", 0, False),
        ("le grand Zidane de 1998", "*zidane*1998", 0, True),
        ("Zi dane", "Zi*dane", 0, True),
        ("zida", "zida*dane", 0, False),
        ("", "*", 0, False),
        ("5*", "5\\*", 0, True),
        ("5 étoiles", "5\\*", 0, False),
        ("a star*", "*\\*", 0, True),
    ],
)
def test_typed(typed: str, accepted: str, slips: int, right: bool) -> None:
    """Case, accents and small slips do not matter, and a star stands for any letters."""
    assert judging.means(typed, accepted, slips) is right


@pytest.mark.parametrize(
    ("typed", "accepted", "right"),
    [
        ("1998", "1998", True),
        (" 1 998 ", "1998", True),
        ("1,998", "1998", True),
        ("1.998", "1998", True),
        ("3,14", "3.14", True),
        ("3.14", "3.141:0.01", True),
        ("3", "3.141:0.01", False),
        ("−5", "-5", True),
        ("12", "10..14", True),
        ("14", "14..10", True),
        ("15", "10..14", False),
        ("90 min", "90", True),
        ("1e3", "1000", True),
        ("ninety", "90", False),
        ("", "90", False),
        ("90 and 91", "90", False),
        ("nan", "90", False),
        ("9" * 200, "90", False),
        ("7", "5±2", True),
    ],
)
def test_numbers(typed: str, accepted: str, right: bool) -> None:
    """A number is read as people write it in French and in English, with or without a unit."""
    question = {"kind": "number", "answers": [{"text": accepted}]}
    assert judging.is_right(question, [], [typed], 0) is right


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=30), st.integers(0, 3))
def test_anything_typed(typed: str, accepted: str, slips: int) -> None:
    """Whatever is typed or configured, judging ends and says yes or no."""
    judging.means(typed, accepted, slips)
    judging.number_range(accepted)
    judging.is_right({"kind": "number", "answers": [{"text": "3:1"}]}, [], [typed], slips)
    judging.position(typed, 5)


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ({"kind": "typed", "answers": [{"text": "*Zidane"}]}, "Zidane"),
        ({"kind": "typed", "answers": [{"text": "5\\*"}]}, "5*"),
        ({"kind": "number", "answers": [{"text": "1998:2"}]}, "1998"),
        ({"kind": "number", "answers": [{"text": "10..14"}]}, "10–14"),
    ],
)
def test_shown_answer(question: dict[str, Any], shown: str) -> None:
    """The right answer is told in the words a person would use."""
    assert judging.shown_answer(question) == shown
