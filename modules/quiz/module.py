"""The quiz as the core sees it: the declarations, and each verb handed to the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from masterapp.sdk import Context, Metric, Module, Outcome, Totals, _l
from modules.quiz import checks, rules
from modules.quiz.importing import import_questions
from modules.quiz.schemas import QuizConfig, QuizMove
from modules.quiz.starters import STARTERS
from modules.quiz.wording import TEXTS

JSON = Mapping[str, Any]


class Quiz(Module):
    """Questions, a clock that the server keeps, explanations and a score."""

    config_schema = QuizConfig
    move_schema = QuizMove
    starters = STARTERS
    texts = TEXTS
    importers = {"questions": import_questions}

    def view(self, config: JSON, state: JSON, context: Context) -> JSON:
        """The open question with the time that is left, or the screen before, between or after questions."""
        return rules.view(config, state, context.now)

    def play(self, config: JSON, state: JSON, move: JSON, context: Context) -> Outcome:
        """Start, answer, or go on to the next question."""
        return rules.play(config, state, move, context)

    def summarise(self, config: JSON, totals: Totals) -> Sequence[Metric]:
        """How many finish, how well they do, and how much of it is right."""
        finished = sum(totals.scores.values())
        points = sum(score * plays for score, plays in totals.scores.items())
        right, wrong = totals.counters.get("right", 0), totals.counters.get("wrong", 0)
        return (
            Metric(_l("Attempts"), totals.plays),
            Metric(_l("Attempts finished"), _percent(totals.finished, totals.plays), "%"),
            Metric(_l("Mean score"), round(points / finished, 1) if finished else 0),
            Metric(_l("Right answers"), _percent(right, right + wrong), "%"),
        )

    def check_config(self, config: JSON) -> Mapping[str, Sequence[str]]:
        """Every question needs what its kind is made of."""
        return checks.problems(config)

    def pools(self, config: JSON) -> Mapping[str, Any]:
        """Prizes are drawn for only when a share of right answers opens the door to them."""
        return {"main": _l("Good result")} if config["win_percent"] else {}

    def assets(self, config: JSON) -> Sequence[str]:
        """The pictures of the first screen, the questions and their answers."""
        found = [config["picture"]]
        for question in config["questions"]:
            found += [question["picture"], *(option["picture"] for option in question["options"])]
        return [asset for asset in found if asset]


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0
