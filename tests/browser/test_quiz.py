"""A quiz in a real browser: answered by keyboard and by finger, timed by the server, and there again after a reload."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, Response, expect

from masterapp.testing.factories import (
    Player,
    create_brand,
    create_fan,
    create_game,
    create_prize,
    rows,
)
from masterapp.testing.game_page import OpenGame

ONE = {
    "kind": "choose_one",
    "text": "How far is the penalty spot?",
    "options": [
        {"text": "9 m"},
        {"text": "11 m", "right": True},
        {"text": "16 m", "remark": "That is the area."},
    ],
    "explanation": "Twelve yards.",
}
MANY = {
    "kind": "choose_many",
    "text": "Which restart the game?",
    "options": [
        {"text": "Corner", "right": True},
        {"text": "Throw-in", "right": True},
        {"text": "Penalty"},
    ],
}
STATEMENT = {"kind": "true_false", "text": "A marathon is 42.195 km.", "truth": True}
TYPED = {"kind": "typed", "text": "Who won in 1998?", "answers": [{"text": "S3cretland"}]}
NUMBER = {"kind": "number", "text": "How many minutes?", "answers": [{"text": "90"}]}
MATCH = {
    "kind": "match",
    "text": "Give each sport its gear.",
    "pairs": [
        {"left": "Fencing", "right": "Foil"},
        {"left": "Tennis", "right": "Racket"},
        {"left": "", "right": "Paddle"},
    ],
}


@pytest.fixture
def club(full_app: Flask) -> UUID:
    """A brand."""
    return create_brand(full_app)


@pytest.fixture
def ada(full_app: Flask, club: UUID) -> Player:
    """A signed-in fan."""
    return create_fan(full_app, club)


def found(app: Flask, club: UUID, *questions: dict[str, Any], **more: Any) -> UUID:
    """A quiz that asks these questions in this order, and may be played once."""
    config = {
        "intro": "Ready?",
        "questions": list(questions),
        "shuffle_questions": False,
        "shuffle_options": False,
        "question_seconds": 0,
        **more,
    }
    return create_game(app, club, module="quiz", config=config, quota={"per_campaign": 1})


def begin(page: Page) -> None:
    """Press the button of the first screen with the keyboard."""
    page.get_by_role("button", name="Start the quiz").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".quiz-question, #quiz-field").and_(page.locator(":focus"))).to_have_count(
        1
    )


def accessible(page: Page) -> None:
    """Find nothing wrong with the page."""
    assert Axe().run(page).response["violations"] == []


def verdict(page: Page, words: str) -> None:
    """Wait for a verdict and go on."""
    expect(page.locator(".quiz-verdict")).to_contain_text(words)
    page.keyboard.press("Enter")


def asks(page: Page, question: dict[str, Any]) -> None:
    """Wait for a question."""
    expect(page.locator("h2.quiz-question")).to_have_text(question["text"])


def test_a_whole_quiz_by_keyboard(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """Every kind of question is answered without a pointer; the end, the review and a reload agree."""
    game = found(full_app, club, ONE, MANY, STATEMENT, TYPED, NUMBER, MATCH)
    page = open_game(game, ada)
    accessible(page)
    begin(page)

    asks(page, ONE)
    accessible(page)
    page.keyboard.press("3")
    expect(page.get_by_text("That is the area.")).to_be_visible()
    accessible(page)
    verdict(page, "Wrong answer")
    asks(page, MANY)
    accessible(page)
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    verdict(page, "Right!")
    asks(page, STATEMENT)
    accessible(page)
    page.keyboard.press("1")
    verdict(page, "+10 points")
    asks(page, TYPED)
    accessible(page)
    page.keyboard.type("the s3cretland")
    page.keyboard.press("Enter")
    verdict(page, "Right!")
    asks(page, NUMBER)
    page.keyboard.type("90 min")
    page.keyboard.press("Enter")
    verdict(page, "Right!")
    asks(page, MATCH)
    accessible(page)
    page.get_by_label("Fencing").select_option("Foil")
    page.get_by_label("Tennis").select_option("Racket")
    page.get_by_role("button", name="Confirm").click()
    verdict(page, "Right!")

    expect(page.locator(".end")).to_contain_text("5\u00a0right\u00a0out\u00a0of\u00a06")
    expect(page.locator(".end")).to_contain_text(re.compile(r"\+\s*50\s*points"))
    assert rows(full_app, "SELECT amount FROM balance") == [(50,)]
    page.get_by_role("button", name="See the answers").click()
    expect(page.locator(".quiz-card")).to_have_count(6)
    accessible(page)
    page.get_by_role("button", name="Back to my result").click()
    page.reload()
    expect(page.locator(".end")).to_contain_text("5\u00a0right\u00a0out\u00a0of\u00a06")


def test_answers_never_reach_the_browser_early(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """Nothing that the server sends before an answer holds the right one; after it, it does."""
    page = open_game(found(full_app, club, TYPED, ONE), ada)
    answers: list[str] = []

    def listen(response: Response) -> None:
        if "/api/" in response.url:
            answers.append(response.text())

    page.on("response", listen)
    assert "S3cretland" not in page.content()
    begin(page)
    asks(page, TYPED)
    page.wait_for_timeout(50)
    assert answers
    assert all("S3cretland" not in answer for answer in answers)
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    verdict(page, "Wrong answer")
    asks(page, ONE)
    assert any("S3cretland" in answer for answer in answers)
    views = [json.loads(answer)["view"] for answer in answers]
    for opened in (view["question"] for view in views if view["phase"] == "question"):
        assert all(set(option) == {"id", "text", "picture"} for option in opened["options"])
        assert not {"explanation", "right_ids", "right_text"} & set(opened)


def test_time_runs_out(full_app: Flask, club: UUID, ada: Player, open_game: OpenGame) -> None:
    """When nobody answers, the page says that the time is up, and so does the server."""
    page = open_game(found(full_app, club, ONE, question_seconds=2), ada)
    begin(page)
    expect(page.get_by_role("timer")).to_be_visible()
    verdict(page, "Time’s up")
    expect(page.locator(".end")).to_contain_text("0\u00a0right\u00a0out\u00a0of\u00a01")
    assert rows(full_app, "SELECT score FROM play") == [(0,)]


def test_reload_in_the_middle(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """A reload shows the same question with the time that is left, and the attempt goes on."""
    page = open_game(found(full_app, club, STATEMENT, ONE, question_seconds=60), ada)
    begin(page)
    page.get_by_role("button", name="True").click()
    verdict(page, "Right!")
    asks(page, ONE)
    page.wait_for_timeout(1200)
    page.reload()
    asks(page, ONE)
    assert int(page.locator(".quiz-clock-number").inner_text()) <= 59
    page.get_by_role("button", name="11 m").click()
    verdict(page, "Right!")
    expect(page.locator(".end")).to_contain_text("Flawless!")


def test_straight_on_and_a_prize(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """A quiz that tells at the end goes straight on, and a good result may win a prize."""
    game = found(full_app, club, ONE, STATEMENT, feedback="end", win_percent=50)
    create_prize(full_app, club, game)
    page = open_game(game, ada)
    begin(page)
    page.get_by_role("button", name="11 m").click()
    asks(page, STATEMENT)
    page.get_by_role("button", name="True").click()
    expect(page.locator(".end")).to_contain_text("Shirt")
    assert rows(full_app, "SELECT count(*) FROM prize_grant") == [(1,)]


@pytest.mark.parametrize("question", [ONE, MANY, STATEMENT, TYPED, MATCH], ids=lambda q: q["kind"])
def test_targets_for_fingers(
    question: dict[str, Any], full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """On a small phone every control is at least 44 pixels high, and nothing is wider than the screen."""
    page = open_game(found(full_app, club, question), ada, width=360, height=740)
    begin(page)
    asks(page, question)
    controls = page.locator(".quiz :is(button, input, select)")
    assert controls.count()
    for number in range(controls.count()):
        box = controls.nth(number).bounding_box()
        assert box
        assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_double_tap_answers_once(
    full_app: Flask, club: UUID, ada: Player, open_game: OpenGame
) -> None:
    """Two taps in a row are one answer: the next question is not answered by accident."""
    page = open_game(found(full_app, club, ONE, ONE, feedback="end"), ada)
    begin(page)
    page.get_by_role("button", name="11 m").dblclick()
    expect(page.get_by_text("Question 2 of 2")).to_be_visible()
    page.wait_for_timeout(300)
    assert rows(full_app, "SELECT count(*) FROM move") == [(2,)]
