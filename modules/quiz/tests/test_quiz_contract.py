"""The quiz keeps the contract of every module."""

from __future__ import annotations

from masterapp.testing.contract import ModuleContract
from modules.quiz.module import Quiz


class TestQuiz(ModuleContract):
    """A quiz of two questions, answered one after the other."""

    module = Quiz()
    config = {
        "intro": {"fr": "C’est parti", "en": "Here we go"},
        "bonus": 10,
        "win_percent": 1,
        "questions": [
            {
                "kind": "choose_one",
                "text": {"fr": "Oui ?", "en": "Yes?"},
                "options": [
                    {"text": {"en": "Yes"}, "right": True},
                    {"text": {"en": "No"}, "right": True},
                ],
            },
            {"kind": "typed", "text": {"en": "Who?"}, "answers": [{"text": "Zidane"}]},
        ],
    }
    moves = [
        {"start": True},
        {"question": 1, "answers": ["1"]},
        {"next": True},
        {"question": 2, "answers": []},
    ]
