"""From one row of a table to one question, of the kind that its type column or its cells say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from masterapp.sdk import _l, plain_text
from modules.quiz.importing.headings import Column
from modules.quiz.importing.table_cells import Record
from modules.quiz.judging import number_range

Row = dict[str, Any]
Texts = dict[str, str]
Note = tuple[Any, dict[str, Any]]

KINDS = {
    "choose_one": (
        "multiple choice",
        "mcq",
        "qcm",
        "qcu",
        "single",
        "single choice",
        "single answer",
        "choix unique",
        "choix multiple",
        "quiz",
        "radio",
        "choose one",
        "multichoice",
    ),
    "choose_many": (
        "checkbox",
        "checkboxes",
        "multi select",
        "multiselect",
        "multiple select",
        "choose many",
        "multiple answer",
        "multiple answers",
        "choix multiples",
        "multiple",
        "cases a cocher",
        "multiple response",
        "reponses multiples",
    ),
    "true_false": (
        "true false",
        "vrai faux",
        "tf",
        "t f",
        "v f",
        "boolean",
        "true or false",
        "vrai ou faux",
        "truefalse",
    ),
    "typed": (
        "fill in the blank",
        "fill in blank",
        "fill in the blanks",
        "short answer",
        "text",
        "texte",
        "reponse courte",
        "typed",
        "type answer",
        "fib",
        "shortanswer",
        "texte libre",
        "enum",
        "texte a trous",
    ),
    "number": ("numeric", "number", "numerique", "nombre", "numerical"),
    "unplayable": (
        "poll",
        "sondage",
        "open ended",
        "essay",
        "survey",
        "slide",
        "draw",
        "redaction",
        "word cloud",
        "nuage de mots",
        "reponse libre",
        "opinion",
        "match",
        "matching",
        "association",
        "reorder",
        "ordering",
        "puzzle",
    ),
}
KIND_NAMES = {name: kind for kind, names in KINDS.items() for name in names}
TRUTHS = {
    **dict.fromkeys(("true", "vrai", "t", "v"), True),
    **dict.fromkeys(("false", "faux", "f"), False),
}
ALTERNATIVES = re.compile(r"\s*[|;\n]\s*")

NO_QUESTION = _l("The question is missing (column “%(column)s”).")
NO_RIGHT = _l("The right answer is missing (column “%(column)s”).")
NOT_AN_OPTION = _l("Column “%(column)s”: “%(cell)s” is none of the answers.")
NOT_A_TRUTH = _l("Column “%(column)s”: “%(cell)s” is neither true nor false.")
NOT_A_NUMBER = _l("Column “%(column)s”: “%(cell)s” is not a number.")
UNPLAYABLE = _l("Column “%(column)s”: a question of the type “%(cell)s” cannot be judged here.")
TOO_FEW = _l("A question with answers to choose needs at least two of them.")
BOTH_WAYS = _l("“%(answer)s” stands both among the right and the wrong answers.")
TWICE = _l("The answer “%(answer)s” stands twice and is shown once.")
BAD_WHOLE = _l("Column “%(column)s”: “%(cell)s” is not a whole number up to %(most)s; left out.")


class Unfit(Exception):
    """The row cannot become a question; the sentence says why."""

    def __init__(self, sentence: Any, **facts: Any) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.facts = facts


class Reader:
    """Reads the rows of one table, whose columns are known."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.places = list(dict.fromkeys(c.place or c.number for c in self._ordered("option")))

    def options(self, record: Record) -> list[tuple[Texts, list[str]]]:
        """The answers to choose from, one for each column place, empty ones kept."""
        shown = []
        for place in self.places:
            cells = [c for c in self._ordered("option") if (c.place or c.number) == place]
            texts = self._texts(record, cells)
            shown.append((texts, sorted(set(texts.values()))))
        return shown

    def right(self, record: Record) -> str:
        """The cells that say what is right, in the first language that is filled."""
        return "|".join(
            dict.fromkeys(filter(None, (record.cell(c.number) for c in self._of("right"))))
        )

    def question(self, record: Record, places: set[int] | None) -> tuple[Row, list[Note]]:
        """One row. *places* are those of the right options; None when they stand apart."""
        text = self._texts(record, self._of("question"))
        if not text:
            raise Unfit(NO_QUESTION, column=self._heading("question"))
        notes: list[Note] = []
        row: Row = {
            "text": text,
            "explanation": self._texts(record, self._of("explanation")),
            **self._whole(record, "points", 10_000, notes),
            **self._whole(record, "seconds", 3600, notes),
        }
        kind = self._kind(record)
        options = [
            (number, texts) for number, (texts, _) in enumerate(self.options(record)) if texts
        ]
        wrong = self._groups(record, "wrong")
        if not kind or kind.startswith("choose"):
            kind = kind if kind == "choose_many" else ""
            if not options and not wrong:
                kind = self._bare_kind(record)
            elif self._is_truth([texts for _, texts in options] + wrong, self.right(record)):
                kind = "true_false"
        if kind == "true_false":
            return {**row, **self._true_false(record, options, places)}, notes
        if kind in ("typed", "number"):
            return {**row, **self._typed(record, kind)}, notes
        shown = [(texts, bool(places) and number in (places or ())) for number, texts in options]
        if places is None or (not options and wrong):
            shown = [(texts, True) for texts in self._groups(record, "right")] + shown
        shown += [(texts, False) for texts in wrong]
        return {**row, **self._choices(record, kind, shown, notes)}, notes

    def _choices(
        self, record: Record, kind: str, shown: list[tuple[Texts, bool]], notes: list[Note]
    ) -> Row:
        """The answers to choose from, each once, with which of them are right."""
        if not any(is_right for _, is_right in shown):
            cell, column = self.right(record), self._heading("right")
            raise (
                Unfit(NOT_AN_OPTION, column=column, cell=cell)
                if cell
                else Unfit(NO_RIGHT, column=column)
            )
        kept: list[tuple[Texts, bool]] = []
        for texts, is_right in shown:
            if (texts, not is_right) in kept:
                raise Unfit(BOTH_WAYS, answer=_first(texts))
            if (texts, is_right) in kept:
                notes.append((TWICE, {"answer": _first(texts)}))
            else:
                kept.append((texts, is_right))
        if len(kept) < 2:
            raise Unfit(TOO_FEW)
        many = kind == "choose_many" or sum(is_right for _, is_right in kept) > 1
        return {
            "kind": "choose_many" if many else "choose_one",
            "options": [{"text": texts, "right": is_right} for texts, is_right in kept],
        }

    def _true_false(
        self, record: Record, options: list[tuple[int, Texts]], places: set[int] | None
    ) -> Row:
        chosen = [texts for number, texts in options if places and number in places]
        cell = _first(chosen[0]) if len(chosen) == 1 else self.right(record)
        truths = {TRUTHS.get(plain_text(part)) for part in ALTERNATIVES.split(cell)}
        if truths not in ({True}, {False}):
            raise Unfit(NOT_A_TRUTH, column=self._heading("right"), cell=cell)
        return {"kind": "true_false", "truth": True in truths}

    def _typed(self, record: Record, kind: str) -> Row:
        cells = [record.cell(column.number) for column in self._of("right")]
        if not any(cells):
            cells = [record.cell(column.number) for column in self._ordered("option")]
        answers = [part for cell in cells for part in ALTERNATIVES.split(cell) if part]
        if not answers:
            raise Unfit(NO_RIGHT, column=self._heading("right"))
        if kind == "number":
            for answer in answers:
                if number_range(answer) is None:
                    raise Unfit(NOT_A_NUMBER, column=self._heading("right"), cell=answer)
        return {"kind": kind, "answers": [{"text": answer} for answer in dict.fromkeys(answers)]}

    def _kind(self, record: Record) -> str:
        """The kind that the type column says, or nothing when it says nothing known."""
        for column in self._of("kind"):
            said = record.cell(column.number)
            kind = KIND_NAMES.get(plain_text(said), "")
            if kind == "unplayable":
                raise Unfit(UNPLAYABLE, column=column.heading, cell=said)
            return kind
        return ""

    def _bare_kind(self, record: Record) -> str:
        """The kind of a question without answers to choose from: its right answer tells."""
        cell = self.right(record)
        parts = [part for part in ALTERNATIVES.split(cell) if part]
        if parts and all(plain_text(part) in TRUTHS for part in parts):
            return "true_false"
        return "number" if parts and all(map(number_range, parts)) else "typed"

    def _is_truth(self, options: list[Texts], right: str) -> bool:
        """Say whether the answers are just “true” and “false”."""
        words = {plain_text(text) for texts in options for text in texts.values()}
        words |= {plain_text(right)} if len(options) == 1 else set()
        return {TRUTHS.get(word) for word in words} == {True, False}

    def _whole(self, record: Record, role: str, most: int, notes: list[Note]) -> Row:
        for column in self._of(role):
            cell = record.cell(column.number)
            digits = re.fullmatch(
                r"(\d{1,6})(?:[.,]0+)?\s*(?:s|sec|secondes|seconds|pts?|points?)?", cell
            )
            if digits and int(digits.group(1)) <= most:
                return {role: int(digits.group(1))}
            if cell:
                notes.append(
                    (BAD_WHOLE, {"column": column.heading, "cell": cell[:40], "most": most})
                )
        return {}

    def _of(self, role: str) -> list[Column]:
        return [column for column in self.columns if column.role == role]

    def _ordered(self, role: str) -> list[Column]:
        return sorted(self._of(role), key=lambda column: (column.place, column.number))

    def _heading(self, role: str) -> str:
        return next((column.heading for column in self._of(role)), role)

    def _groups(self, record: Record, role: str) -> list[Texts]:
        """The filled cells of a role, those of one place in two languages together."""
        found = self._ordered(role)
        keys = dict.fromkeys((c.place, None if c.language else c.number) for c in found)
        groups = [
            self._texts(
                record, [c for c in found if (c.place, None if c.language else c.number) == key]
            )
            for key in keys
        ]
        return [texts for texts in groups if texts]

    def _texts(self, record: Record, columns: Sequence[Column]) -> Texts:
        """A localised text: a column without a language speaks for both."""
        texts: Texts = {}
        for column in columns:
            cell = record.cell(column.number)
            if cell:
                for language in [column.language] if column.language else ["fr", "en"]:
                    texts.setdefault(language, cell)
        return texts


def _first(texts: Texts) -> str:
    return next(iter(texts.values()))
