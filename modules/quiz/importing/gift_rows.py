"""From the questions of a GIFT file to rows of the quiz's form, saying what a row cannot hold."""

from __future__ import annotations

from typing import Any

from masterapp.sdk import _l
from modules.quiz.importing import gift, gift_blocks, markup
from modules.quiz.importing.report import Report
from modules.quiz.judging import number_range

Row = dict[str, Any]

LOST_PICTURE = _l("Its pictures are not in a GIFT file: add them in the form.")
FORMULA = _l("Its formula is shown as it is typed: put a picture of it in the form.")
PARTIAL_CREDIT = _l("Answers worth only a part of the points count as wrong.")
ESSAY = _l("This is a free text (essay), which a quiz cannot judge.")
DESCRIPTION = _l("“%(start)s…” has no answers between braces: it is a text, not a question.")
NO_WORDS = _l("The question has no words of its own.")
NO_RIGHT_ANSWER = _l("No answer is marked as right (with “=” or a positive percentage).")
TOO_FEW = _l("A question with answers to choose needs at least two of them.")
EMPTY_ANSWER = _l("One of its answers is empty.")
NOT_A_NUMBER = _l("“%(answer)s” is not a number.")
TOO_FEW_PAIRS = _l("A matching question needs at least two pairs.")


class _Unfit(Exception):
    """The question cannot become a row; the sentence says why."""

    def __init__(self, sentence: Any, **facts: Any) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.facts = facts


def read(text: str, report: Report) -> None:
    """Turn a whole GIFT file into rows, problems and notes."""
    for found in gift_blocks.parse(text):
        if isinstance(found, gift.Unreadable):
            report.problem(found.line, found.reason)
        elif isinstance(found, gift_blocks.Skipped):
            report.note(found.line, gift_blocks.COMMENTED_OUT, first=found.line, last=found.last)
        else:
            _read_question(found, report)


def _read_question(question: gift.Question, report: Report) -> None:
    try:
        row = _row(question)
    except _Unfit as unfit:
        report.problem(question.line, unfit.sentence, **unfit.facts)
        return
    before = len(report.rows)
    report.add(question.line, row)
    if len(report.rows) > before:
        for note in _notes(question):
            report.note(question.line, note)


def _row(question: gift.Question) -> Row:
    words = _plain(question.text)
    if question.kind == "description":
        raise _Unfit(DESCRIPTION, start=words[:40])
    if question.kind == "essay":
        raise _Unfit(ESSAY)
    if not words.strip("_ \n"):
        raise _Unfit(NO_WORDS)
    return {
        "text": _both(words),
        "explanation": _both(_plain(question.feedback)),
        **BUILDERS[question.kind](question),
    }


def _multiple_choice(question: gift.Question) -> Row:
    # Several answers make up the points together when none is worth them all.
    whole = any(a.sign == "=" and a.weight in (None, 100) for a in question.answers)
    options = []
    for answer in question.answers:
        weight = answer.weight if answer.weight is not None else 100 * (answer.sign == "=")
        words = _plain(answer.text)
        if not words:
            raise _Unfit(EMPTY_ANSWER)
        right = weight >= 100 if whole else weight > 0
        remark = _both(_plain(answer.feedback))
        options.append({"text": _both(words), "right": right, "remark": remark})
    if len(options) < 2:
        raise _Unfit(TOO_FEW)
    if not any(option["right"] for option in options):
        raise _Unfit(NO_RIGHT_ANSWER)
    return {"kind": "choose_one" if whole else "choose_many", "options": options}


def _true_false(question: gift.Question) -> Row:
    feedback = [_plain(question.feedback), _plain(question.wrong_feedback)]
    explanation = "\n".join(dict.fromkeys(words for words in feedback if words))
    return {"kind": "true_false", "truth": question.truth, "explanation": _both(explanation)}


def _short_answer(question: gift.Question) -> Row:
    answers = [_plain(answer.text) for answer in _worth_all(question)]
    answers = [answer for answer in answers if answer.strip("* ")]
    if not answers:
        raise _Unfit(NO_RIGHT_ANSWER)
    return {"kind": "typed", **_typed(question, answers)}


def _numerical(question: gift.Question) -> Row:
    answers = []
    for answer in _worth_all(question):
        words = "".join(_plain(answer.text).split())
        if number_range(words) is None:
            raise _Unfit(NOT_A_NUMBER, answer=_plain(answer.text)[:40])
        answers.append(words)
    if not answers:
        raise _Unfit(NO_RIGHT_ANSWER)
    return {"kind": "number", **_typed(question, answers)}


def _typed(question: gift.Question, answers: list[str]) -> Row:
    """Accepted answers, each once; the explanation is the file's best word on the right one."""
    row: Row = {"answers": [{"text": answer} for answer in dict.fromkeys(answers)]}
    feedback = [_plain(answer.feedback) for answer in _worth_all(question)]
    if not question.feedback.source and any(feedback):
        row["explanation"] = _both(next(words for words in feedback if words))
    return row


def _matching(question: gift.Question) -> Row:
    pairs = []
    for answer in question.answers:
        right = _plain(answer.match) if answer.match else ""
        if not right:
            raise _Unfit(EMPTY_ANSWER)
        pairs.append({"left": _both(_plain(answer.text)), "right": _both(right)})
    if len(pairs) < 2 or not any(pair["left"]["en"] for pair in pairs):
        raise _Unfit(TOO_FEW_PAIRS)
    return {"kind": "match", "pairs": pairs}


BUILDERS = {
    "multiple_choice": _multiple_choice,
    "true_false": _true_false,
    "short_answer": _short_answer,
    "numerical": _numerical,
    "matching": _matching,
}


def _worth_all(question: gift.Question) -> list[gift.Answer]:
    return [answer for answer in question.answers if answer.weight is None or answer.weight >= 100]


def _notes(question: gift.Question) -> list[Any]:
    """What the row lost of the question."""
    texts = [question.text, question.feedback]
    for answer in question.answers:
        texts += [answer.text, answer.feedback, *([answer.match] if answer.match else [])]
    notes = []
    if any(markup.has_media(text.source, text.markup) for text in texts):
        notes.append(LOST_PICTURE)
    if any(markup.has_formula(text.source) for text in texts):
        notes.append(FORMULA)
    whole = any(a.sign == "=" and a.weight in (None, 100) for a in question.answers)
    if whole and any(0 < (answer.weight or 0) < 100 for answer in question.answers):
        notes.append(PARTIAL_CREDIT)
    return notes


def _plain(text: gift.Text) -> str:
    return markup.plain(text.source, text.markup)


def _both(words: str) -> dict[str, str]:
    """A GIFT file has one language, and the marketer may translate it in the form."""
    return {"fr": words, "en": words}
