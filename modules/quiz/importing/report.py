"""Collects what a question file becomes: rows for the form, problems and notes with their line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from masterapp.sdk import Imported, _l
from modules.quiz.schemas import (
    LONGEST_ANSWER,
    LONGEST_EXPLANATION,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    MOST_OPTIONS,
    MOST_QUESTIONS,
)

Localised = Mapping[str, str]


CUT = _l("The explanation was cut after %(longest)s letters.")


class Report:
    """The result of reading one file, while it is being read."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.problems: list[tuple[int, str]] = []
        self.notes: list[tuple[int, str]] = []

    def problem(self, line: int, sentence: Any, **facts: Any) -> None:
        """Say why the question on *line* was not imported."""
        self.problems.append((line, _filled(sentence, facts)))

    def note(self, line: int, sentence: Any, **facts: Any) -> None:
        """Say what changed in the question on *line*, which was imported."""
        self.notes.append((line, _filled(sentence, facts)))

    def add(self, line: int, row: dict[str, Any]) -> None:
        """Keep a row, unless it is more than the form accepts; a long explanation is cut."""
        reason = _too_much(row)
        if reason is None and len(self.rows) >= MOST_QUESTIONS:
            reason = _l("A quiz holds at most %(most)s questions."), {"most": MOST_QUESTIONS}
        if reason is None:
            cut = [_shorten(row, "explanation")]
            cut += [_shorten(option, "remark") for option in row.get("options", ())]
            if any(cut):
                self.note(line, CUT, longest=LONGEST_EXPLANATION)
            self.rows.append(row)
        else:
            self.problem(line, reason[0], **reason[1])

    def imported(self) -> Imported:
        """What became of the file, in the order of its lines."""
        return Imported(
            rows=self.rows,
            problems=sorted(self.problems, key=lambda problem: problem[0]),
            notes=sorted(self.notes, key=lambda note: note[0]),
        )


def _filled(sentence: Any, facts: Mapping[str, Any]) -> str:
    return str(sentence) % {name: str(fact) for name, fact in facts.items()}


def _shorten(row: dict[str, Any], name: str) -> bool:
    """Cut the texts of a field to what the form accepts; say whether there was something to cut."""
    texts: Localised = row.get(name, {})
    row[name] = {language: text[:LONGEST_EXPLANATION] for language, text in texts.items()}
    return any(len(text) > LONGEST_EXPLANATION for text in texts.values())


def _too_much(row: Mapping[str, Any]) -> tuple[Any, dict[str, Any]] | None:
    """What in *row* is longer than the form accepts, with its facts."""
    texts = [(LONGEST_QUESTION, row["text"])]
    texts += [(LONGEST_OPTION, option["text"]) for option in row.get("options", ())]
    for pair in row.get("pairs", ()):
        texts += [(LONGEST_OPTION, pair["left"]), (LONGEST_OPTION, pair["right"])]
    texts += [(LONGEST_ANSWER, {"": answer["text"]}) for answer in row.get("answers", ())]
    for longest, localised in texts:
        for text in localised.values():
            if len(text) > longest:
                facts = {"start": text[:30], "length": len(text), "longest": longest}
                return _l("“%(start)s…” has %(length)s letters; %(longest)s is the most."), facts
    for choices in (row.get("options", ()), row.get("pairs", ())):
        if len(choices) > MOST_OPTIONS:
            facts = {"count": len(choices), "most": MOST_OPTIONS}
            return _l("There are %(count)s answers; %(most)s is the most."), facts
    return None
