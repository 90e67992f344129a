"""The reveal keeps the contract of every module."""

from __future__ import annotations

from masterapp.testing.contract import ModuleContract
from modules.reveal.module import Reveal


class TestReveal(ModuleContract):
    """A wrong guess, then the right one."""

    module = Reveal()
    config = {
        "question": {"fr": "Qui est-ce ?", "en": "Who is it?"},
        "picture": "00000000-0000-4000-8000-000000000001",
        "answers": [{"text": {"fr": "Le phare", "en": "The lighthouse"}}],
        "levels": [
            {"blocks": 8, "points": 50, "prize": True},
            {"blocks": 20, "crowd": 10, "points": 20, "reward": 5},
        ],
        "own": [{"plays": 3}],
        "guesses": 3,
    }
    moves = [{"guess": "a tower"}, {"guess": "phare"}]
    facts = {"totals": {"plays": 4}}
