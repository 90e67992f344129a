"""The GIFT grammar: a text file becomes questions with their answers, each with the line it starts on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from masterapp.sdk import _l
from modules.quiz.importing.markup import TAG

#: Escaped signs become marks that Unicode keeps out of texts, and come back once the parts are cut.
ESCAPED = dict(zip("\\~=#{}:n", map(chr, range(0xFDD0, 0xFDD8)), strict=True))
SIGNS = {mark: "\n" if sign == "n" else sign for sign, mark in ESCAPED.items()}
ESCAPE = re.compile(r"\\([\\~=#{}:n])")
MARKS = re.compile("[\ufdd0-\ufdd7]")
FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.I)
WEIGHT = re.compile(r"\s*%\s*(-?\d{1,3}(?:[.,]\d*)?)\s*%")
CLOZE = re.compile(r"\s*\d*:(?:MC|MCH|MCV|MCS|MR|SA|SAC|MW|NM|MULTI\w*|SHORT\w*|NUMERICAL)[_A-Z]*:")
TRUTHS = {
    "t": True,
    "true": True,
    "vrai": True,
    "v": True,
    "f": False,
    "false": False,
    "faux": False,
}
ANSWER_LINE = re.compile(r"^\s*[=~]", re.M)
INNER_EQUALS = re.compile(r"(?<=[^\s=~%])=(?=[^\s=~%])")
ANSWERS_BEGIN = re.compile(r"\s*(?:[=~#]|%|(?:T|F|TRUE|FALSE|VRAI|FAUX)\s*(?:#|$)|$)", re.I)


@dataclass(frozen=True)
class Text:
    """A piece of text as written, with its markup."""

    source: str
    markup: str = "moodle"


@dataclass(frozen=True)
class Answer:
    """One answer: its words, its share of the points in percent (None when unsaid), its feedback."""

    text: Text
    sign: str
    weight: float | None
    feedback: Text
    match: Text | None = None


@dataclass(frozen=True)
class Question:
    """One question of the file. ``kind`` is one of GIFT's own."""

    line: int
    kind: str
    text: Text
    answers: tuple[Answer, ...] = ()
    truth: bool = False
    feedback: Text = field(default_factory=lambda: Text(""))
    wrong_feedback: Text = field(default_factory=lambda: Text(""))


@dataclass(frozen=True)
class Unreadable:
    """A place where the file cannot be read, and why."""

    line: int
    reason: Any


@dataclass(frozen=True)
class Block:
    """The lines of one question, escapes masked and comments blanked."""

    line: int
    source: str

    def line_at(self, place: int) -> int:
        """The line of the file on which character *place* of the block stands."""
        return self.line + self.source.count("\n", 0, place)


def masked(source: str) -> str:
    """Hide the escaped signs, so that the signs that remain cut the text."""
    return ESCAPE.sub(lambda escape: ESCAPED[escape.group(1)], source)


def written(source: str) -> str:
    """Bring the escaped signs back, without their backslashes."""
    return MARKS.sub(lambda mark: SIGNS[mark.group()], source)


def parse_question(block: Block, start: int, finish: int) -> Question | Unreadable:
    """Read one block whose answers stand between the braces at *start* and *finish*.

    A *start* of -1 says that there are no braces: the text is a description.
    """
    line = block.line_at(len(block.source) - len(block.source.lstrip()))
    if start < 0:
        return Question(line, "description", text_of(_untitled(block.source)))
    before, after = block.source[:start], block.source[finish + 1 :]
    answers = _without_formulas(_without_tags(block.source[start + 1 : finish])).strip()
    if CLOZE.match(answers):
        return Unreadable(line, _l("This is a Cloze question; its gaps cannot be asked here."))
    # Some files end each question with the quote and semicolon of the program that wrote them.
    after = "" if after.strip() in ('";', '"', ";", "',", '",', ",") else after
    stem = text_of(_untitled(before + ("_____" + after if after.strip() else "")))
    answers, _, general = _last_cut(answers, "####")
    question = Question(line, "", stem, feedback=text_of(general, stem.markup))
    return _judged(question, answers.strip(), block.line_at(start))


def text_of(source: str, markup: str = "moodle") -> Text:
    """A piece of text and its markup, said in brackets before it or taken from the question."""
    found = FORMAT.match(source)
    if found:
        return Text(written(source[found.end() :]).strip(), found.group(1).lower())
    return Text(written(source).strip(), markup)


def _untitled(source: str) -> str:
    """The text after the ``::title::``, which the game does not show."""
    text = source.lstrip()
    if text.startswith("::"):
        _, found, rest = text[2:].partition("::")
        return rest if found else text[2:]
    marked = FORMAT.match(text)
    if marked and text[marked.end() :].lstrip().startswith("::"):
        return marked.group() + _untitled(text[marked.end() :])
    return text


def _last_cut(source: str, sign: str) -> tuple[str, str, str]:
    """Cut at the last *sign*; all of it comes before when there is none."""
    before, found, after = source.rpartition(sign)
    return (before, found, after) if found else (source, "", "")


def _without_tags(answers: str) -> str:
    """Mask the signs inside HTML tags, which exporters escape and people forget to."""

    def hide(tag: re.Match[str]) -> str:
        return "".join(ESCAPED[c] if c in "=~#:" else c for c in tag.group())

    return TAG.sub(hide, answers)


def _without_formulas(answers: str) -> str:
    """Mask the “=” inside an answer such as ``2+2=4`` that nobody escaped.

    Written on one line, answers may follow each other without a space; where each has its own line, an “=” between
    two letters is part of one.
    """
    if len(ANSWER_LINE.findall(answers)) < 2:
        return answers
    return INNER_EQUALS.sub(ESCAPED["="], answers)


def _judged(question: Question, answers: str, line: int) -> Question | Unreadable:
    """Find the kind of question from its answers, in the order in which Moodle does."""
    said, _, feedback = answers.partition("#")
    truth = TRUTHS.get(said.strip().removeprefix("=").strip().lower())
    if not answers:
        return _with(question, "essay")
    if answers.startswith("#"):
        return _numerical(question, answers[1:], line)
    if "~" in answers:
        return _multiple_choice(question, answers)
    if "=" in answers and "->" in answers:
        return _matching(question, answers, line)
    if truth is not None:
        wrong, _, right = feedback.partition("#")
        markup = question.text.markup
        return _with(
            question,
            "true_false",
            truth=truth,
            feedback=question.feedback if question.feedback.source else text_of(right, markup),
            wrong_feedback=text_of(wrong, markup),
        )
    parts = [part for part in answers.split("=") if part.strip()]
    return _with(question, "short_answer", answers=_answers(question, parts, "="))


def _with(question: Question, kind: str, **more: Any) -> Question:
    return Question(**{**vars(question), "kind": kind, **more})


def _answers(question: Question, parts: list[str], sign: str) -> tuple[Answer, ...]:
    return tuple(_answer(question, part, sign) for part in parts)


def _answer(question: Question, part: str, sign: str) -> Answer:
    """One answer: ``%weight%words#feedback``."""
    weight = WEIGHT.match(part)
    words, _, feedback = part[weight.end() if weight else 0 :].partition("#")
    return Answer(
        text=text_of(words, question.text.markup),
        sign=sign,
        weight=float(weight.group(1).replace(",", ".")) if weight else None,
        feedback=text_of(feedback, question.text.markup),
    )


def _multiple_choice(question: Question, answers: str) -> Question:
    pieces = re.split(r"([~=])", answers)
    # Words before the first sign are a wrong answer, as in Moodle.
    signed = [("~", pieces[0])] if pieces[0].strip() else []
    signed += list(zip(pieces[1::2], pieces[2::2], strict=True))
    # A sign followed at once by another, as in "~=right", is one answer with the second sign.
    kept = [
        (sign, part)
        for number, (sign, part) in enumerate(signed)
        if part.strip() or number + 1 == len(signed) or signed[number + 1][0] != "="
    ]
    found = tuple(_answer(question, part, sign) for sign, part in kept)
    return _with(question, "multiple_choice", answers=found)


def _matching(question: Question, answers: str, line: int) -> Question | Unreadable:
    pairs = []
    for part in answers.split("="):
        if not part.strip():
            continue
        left, arrow, right = part.partition("->")
        if not arrow:
            return Unreadable(line, _l("A pair has no “->” between its two sides."))
        markup = question.text.markup
        right_side = text_of(right.partition("#")[0], markup)
        pairs.append(Answer(text_of(left, markup), "=", None, Text(""), match=right_side))
    return _with(question, "matching", answers=tuple(pairs))


def _numerical(question: Question, answers: str, line: int) -> Question | Unreadable:
    right, _, wrong = answers.partition("~")
    parts = [part for part in right.split("=") if part.strip()]
    if not parts:
        return Unreadable(line, _l("No number is given as the right answer."))
    return _with(
        question,
        "numerical",
        answers=_answers(question, parts, "="),
        wrong_feedback=text_of(wrong.partition("#")[2], question.text.markup),
    )


def groups(source: str) -> Iterator[tuple[int, int]]:
    """The outermost pairs of braces of a masked text; an unclosed one ends at -1."""
    depth = start = 0
    for place, sign in enumerate(source):
        if sign == "{":
            start = place if depth == 0 else start
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
            if depth == 0:
                yield start, place
    if depth:
        yield start, -1
