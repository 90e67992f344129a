"""Rules of the quiz: what an attempt goes through, what the clock decides, and what never leaves the server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masterapp.sdk import Chance, Context, Count, Outcome, Points, Refused, Totals, TryToWin
from modules.quiz import judging, rules
from modules.quiz.module import Quiz

QUIZ = Quiz()
BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
EASY = {
    "kind": "choose_one",
    "text": "Easy?",
    "options": [
        {"text": "yes", "right": True, "remark": "Indeed"},
        {"text": "no"},
        {"text": "maybe"},
    ],
    "explanation": "Because.",
}


def config(*questions: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A loaded configuration."""
    loaded = QUIZ.config_schema().load({"intro": "Go", "questions": list(questions), **more})
    assert QUIZ.check_config(loaded) == {}
    return dict(loaded)


class Attempt:
    """One attempt, move by move, on a clock that the test turns."""

    def __init__(self, quiz: Mapping[str, Any], seed: bytes = b"seed") -> None:
        self.config = quiz
        self.state: Mapping[str, Any] = {}
        self.now = BEGIN
        self.seed = seed
        self.number = 1

    def context(self) -> Context:
        return Context(now=self.now, chance=Chance(self.seed), play_number=self.number)

    def move(self, after: float = 0, **move: Any) -> Outcome:
        self.now += timedelta(seconds=after)
        loaded = QUIZ.move_schema().load(move)
        outcome = QUIZ.play(self.config, self.state, loaded, self.context())
        self.state = json.loads(json.dumps(outcome.state))
        assert json.loads(json.dumps(self.view())) == json.loads(json.dumps(outcome.view))
        return outcome

    def view(self) -> Mapping[str, Any]:
        return QUIZ.view(self.config, self.state, self.context())

    def right(self) -> list[str]:
        """The right answers to the open question."""
        number, order = self.state["sheet"][self.state["step"]]
        question = self.config["questions"][number]
        typed = [answer["text"] for answer in question["answers"]][:1]
        return judging.right_ids(question, order) or typed

    def wrong(self) -> list[str]:
        """A wrong option of the open question."""
        options = self.view()["question"]["options"]
        return [next(o["id"] for o in options if o["id"] not in self.right())]


def test_whole_attempt() -> None:
    """An attempt asks each question once, adds up its points, keeps the time and ends with its rewards."""
    attempt = Attempt(config(EASY, {**EASY, "points": 25}, bonus=100, win_percent=50))
    attempt.move(start=True)
    first = attempt.move(after=2, question=1, answers=attempt.right())
    assert (first.finished, first.view["phase"]) == (False, "feedback")
    attempt.move(after=60, next=True)
    last = attempt.move(after=1.5, question=2, answers=attempt.right())
    assert last.finished
    assert (last.score, last.duration_ms) == (35, 3500)
    assert last.effects == (Points(135), TryToWin(), Count("right", 2))
    assert [question["mark"] for question in last.view["review"]] == ["right", "right"]


def test_mistakes_cost_points() -> None:
    """A wrong answer earns nothing, loses the bonus, and below the share that wins there is no try."""
    attempt = Attempt(config(EASY, EASY, bonus=100, win_percent=60))
    attempt.move(start=True)
    attempt.move(question=1, answers=attempt.wrong())
    attempt.move(next=True)
    last = attempt.move(question=2, answers=attempt.right())
    assert last.score == 10
    assert last.effects == (Points(10), Count("right", 1), Count("wrong", 1))


def test_score_without_credit() -> None:
    """When the marketer gives no points for the score, the score still ranks."""
    attempt = Attempt(config(EASY, credit=False))
    attempt.move(start=True)
    last = attempt.move(question=1, answers=attempt.right())
    assert (last.score, last.effects) == (10, (Count("right", 1),))


@pytest.mark.parametrize(
    ("after", "mark"), [(10, "right"), (11.5, "right"), (11.501, "late"), (3600, "late")]
)
def test_late_answers(after: float, mark: str) -> None:
    """The server's clock decides: a right answer after the time and the network's grace counts as late."""
    attempt = Attempt(config(EASY, question_seconds=10))
    attempt.move(start=True)
    last = attempt.move(after=after, question=1, answers=attempt.right())
    assert last.view["marks"] == [mark]
    assert last.duration_ms == 10_000


def test_own_seconds_of_a_question() -> None:
    """A question's own time takes the place of the quiz's."""
    attempt = Attempt(config({**EASY, "seconds": 60}, question_seconds=10))
    attempt.move(start=True)
    assert attempt.view()["limit_ms"] == 60_000


def test_reload_shows_what_is_left() -> None:
    """A page that is loaded again shows the same question with the time that is left, never more."""
    attempt = Attempt(config(EASY, question_seconds=10))
    shown = attempt.move(start=True).view
    attempt.now += timedelta(seconds=4)
    assert attempt.view() == {**shown, "left_ms": 6000}
    attempt.now += timedelta(seconds=400)
    assert attempt.view()["left_ms"] == 0


def test_time_of_the_whole_quiz() -> None:
    """Only questions cost time; when all of it is spent the questions not asked are late and the attempt ends."""
    attempt = Attempt(config(EASY, EASY, EASY, quiz_seconds=10, question_seconds=0))
    attempt.move(start=True)
    attempt.move(after=6, question=1, answers=attempt.right())
    attempt.move(after=500, next=True)
    assert attempt.view()["left_ms"] == 4000
    last = attempt.move(after=9, question=2, answers=attempt.right())
    assert last.finished
    assert last.view["marks"] == ["right", "late", "late"]
    assert (last.score, last.duration_ms) == (10, 10_000)


def test_no_answer() -> None:
    """An empty answer is a possible one: the page sends it when the time runs out."""
    attempt = Attempt(config(EASY))
    attempt.move(start=True)
    assert attempt.move(question=1, answers=[]).view["marks"] == ["none"]


@pytest.mark.parametrize(
    ("moves", "refused"),
    [
        ([{"question": 1, "answers": []}], "start"),
        ([{"next": True}], "start"),
        ([{"start": True}, {"start": True}], "start"),
        ([{"start": True}, {"next": True}], "next"),
        ([{"start": True}, {"question": 2, "answers": []}], "question"),
        (
            [{"start": True}, {"question": 1, "answers": []}, {"question": 2, "answers": []}],
            "question",
        ),
        (
            [{"start": True}, {"question": 1, "answers": []}, {"question": 1, "answers": []}],
            "question",
        ),
        ([{"start": True}, {"question": 1, "answers": ["9"]}], "answers"),
        ([{"start": True}, {"question": 1, "answers": ["1", "2"]}], "answers"),
        ([{"start": True}, {"question": 1, "answers": ["²"]}], "answers"),
        ([{"start": True}, {"question": 1, "answers": ["01"]}], "answers"),
    ],
)
def test_impossible_moves(moves: list[dict[str, Any]], refused: str) -> None:
    """A step out of turn or an answer that was not offered is refused and changes nothing."""
    attempt = Attempt(config(EASY, EASY))
    for move in moves[:-1]:
        attempt.move(**move)
    before = dict(attempt.state)
    with pytest.raises(Refused) as refusal:
        attempt.move(**moves[-1])
    assert (refusal.value.code, refusal.value.facts["field"]) == ("invalid_move", refused)
    assert dict(attempt.state) == before


def test_a_new_attempt_starts_afresh() -> None:
    """After an attempt, or in the middle of a lost one, the next attempt begins with a clean sheet."""
    attempt = Attempt(config(EASY))
    attempt.move(start=True)
    attempt.move(question=1, answers=attempt.right())
    attempt.number = 2
    assert attempt.move(start=True).view["marks"] == []
    attempt.number = 3
    assert attempt.move(start=True).view["phase"] == "question"


def test_other_configuration() -> None:
    """A sheet that another configuration drew is shown as the first screen and not played on."""
    attempt = Attempt(config(EASY, EASY, shuffle_questions=False))
    attempt.move(start=True)
    attempt.config = config({**EASY, "kind": "true_false"})
    assert attempt.view()["phase"] == "start"
    with pytest.raises(Refused) as refusal:
        attempt.move(question=1, answers=[])
    assert refusal.value.code == "stale_version"


def test_questions_drawn_from_the_bank() -> None:
    """A quiz that asks some of its questions draws them at random, each once, in order if so configured."""
    bank = [{**EASY, "text": f"Question {n}"} for n in range(20)]
    drawn = Attempt(config(*bank, ask=5))
    ordered = Attempt(config(*bank, ask=5, shuffle_questions=False), seed=b"other")
    drawn.move(start=True)
    ordered.move(start=True)
    numbers = [number for number, _ in drawn.state["sheet"]]
    in_order = [number for number, _ in ordered.state["sheet"]]
    assert len(set(numbers)) == 5
    assert in_order == sorted(set(in_order))
    assert numbers != in_order


@pytest.mark.parametrize("feedback", ["end", "never"])
def test_no_word_before_the_end(feedback: str) -> None:
    """Unless the quiz tells after each question, an answer leads to the next question without a verdict."""
    attempt = Attempt(config(EASY, EASY, feedback=feedback))
    attempt.move(start=True)
    view = attempt.move(question=1, answers=attempt.right()).view
    assert (view["phase"], view["marks"], view["question"]["number"]) == ("question", ["given"], 2)
    last = attempt.move(question=2, answers=attempt.right()).view
    assert (last["right"], len(last["review"])) == (2, 2 if feedback == "end" else 0)
    assert last["marks"] == (["right"] * 2 if feedback == "end" else ["given"] * 2)


SECRETS = ("right", "remark", "explanation", "truth", "answers", "mark", "given")


@settings(deadline=None)
@given(seed=st.binary(min_size=1, max_size=8))
def test_nothing_given_away(seed: bytes) -> None:
    """Before an answer no view holds what is right, whatever the kind, and ids only say where options stand."""
    secret = "s3cr3t"
    questions = [
        EASY,
        {**EASY, "kind": "choose_many"},
        {"kind": "true_false", "text": "?", "truth": True, "explanation": secret},
        {"kind": "typed", "text": "?", "answers": [{"text": secret}]},
        {"kind": "number", "text": "?", "answers": [{"text": "4242"}]},
        {
            "kind": "match",
            "text": "?",
            "pairs": [{"left": "a", "right": "1"}, {"left": "b", "right": "2"}, {"right": "3"}],
        },
    ]
    attempt = Attempt(config(*questions, feedback="end"), seed)
    view = attempt.move(start=True).view
    for number in range(1, len(questions) + 1):
        question = view["question"]
        assert not set(question) & set(SECRETS)
        assert all(set(option) <= {"id", "text", "picture"} for option in question["options"])
        if question["kind"] != "true_false":
            shown = [option["id"] for option in question["options"]]
            assert shown == [str(place + 1) for place in range(len(shown))]
        assert secret not in json.dumps(view)
        assert "4242" not in json.dumps(view)
        view = attempt.move(question=number, answers=attempt.right()).view
    assert view["right"] == len(questions)


def test_right_answers_stand_anywhere() -> None:
    """Shuffled, the right answer stands in each place about as often; unshuffled, where it was written."""
    places = []
    for seed in range(300):
        attempt = Attempt(config(EASY), seed=str(seed).encode())
        attempt.move(start=True)
        places += attempt.right()
    assert all(70 < places.count(place) < 130 for place in ("1", "2", "3"))
    plain = Attempt(config(EASY, shuffle_options=False))
    plain.move(start=True)
    assert plain.right() == ["1"]


def test_replay_is_the_same() -> None:
    """The same moves with the same seeds and times give the same outcomes, so that a play can be judged again."""
    outcomes = []
    for _ in range(2):
        attempt = Attempt(config(EASY, EASY), seed=b"again")
        outcomes.append(
            [attempt.move(start=True), attempt.move(after=1, question=1, answers=["2"])]
        )
    assert outcomes[0] == outcomes[1]


def test_summary() -> None:
    """The dashboard's line: how many finish, the mean score, and how much was right; nothing divides by zero."""
    totals = Totals(
        plays=10, finished=5, scores={10: 3, 50: 2}, counters={"right": 30, "wrong": 10}
    )
    assert [metric.value for metric in QUIZ.summarise({}, totals)] == [10, 50.0, 26.0, 75.0]
    assert [metric.value for metric in QUIZ.summarise({}, Totals())] == [0, 0, 0, 0]


def test_pictures_are_kept() -> None:
    """Every picture of a configuration is named, so that the core keeps it."""
    ids = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(3)]
    question = {
        **EASY,
        "picture": ids[1],
        "options": [{"picture": ids[2], "right": True}, {"text": "x"}],
    }
    assert QUIZ.assets(config(question, picture=ids[0])) == ids


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"kind": "choose_one", "options": [{"text": "a", "right": True}]}, "options"),
        ({"kind": "choose_many", "options": [{"text": "a"}, {"text": "b"}]}, "options"),
        ({"kind": "choose_one", "options": [{"text": "a", "right": True}, {}]}, "options.1.text"),
        ({"kind": "typed"}, "answers"),
        ({"kind": "typed", "answers": [{"text": "**"}]}, "answers.0.text"),
        ({"kind": "number"}, "answers"),
        ({"kind": "number", "answers": [{"text": "many"}]}, "answers.0.text"),
        ({"kind": "match", "pairs": [{"left": "a", "right": "b"}]}, "pairs"),
    ],
)
def test_questions_that_cannot_be_played(question: dict[str, Any], field: str) -> None:
    """A question without what its kind needs is named by its place in the form."""
    loaded = QUIZ.config_schema().load({"intro": "Go", "questions": [{"text": "?", **question}]})
    assert set(QUIZ.check_config(loaded)) == {f"questions.0.{field}"}


@settings(deadline=None)
@given(
    moves=st.lists(
        st.one_of(
            st.just({"start": True}),
            st.just({"next": True}),
            st.fixed_dictionaries(
                {
                    "question": st.integers(1, 4),
                    "answers": st.lists(
                        st.sampled_from(["1", "2", "true", "", "x", "٣"]), max_size=3
                    ),
                }
            ),
        ),
        max_size=12,
    ),
    seconds=st.integers(0, 30),
)
def test_any_moves(moves: list[dict[str, Any]], seconds: int) -> None:
    """Whatever a browser sends, a move is carried out or refused, and an attempt scores at most its points."""
    attempt = Attempt(
        config(
            EASY,
            {**EASY, "kind": "choose_many"},
            {"kind": "typed", "text": "?", "answers": [{"text": "x"}]},
        )
    )
    for move in moves:
        with suppress(Refused):
            outcome = attempt.move(after=seconds, **move)
            assert not outcome.finished or 0 <= (outcome.score or 0) <= 30
            attempt.number += outcome.finished


def test_grace_is_small() -> None:
    """What the network is given is shorter than a look at another screen."""
    assert timedelta() < rules.NETWORK_GRACE <= timedelta(seconds=2)
