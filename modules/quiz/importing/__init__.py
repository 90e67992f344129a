"""Reading question files: CSV tables and Moodle GIFT texts become rows of the quiz's form, or are told line by line."""

from __future__ import annotations

import re

from masterapp.sdk import Imported, _l
from modules.quiz.importing import gift_rows, table_rows
from modules.quiz.importing.decoding import NotText, decode
from modules.quiz.importing.report import Report

#: A title, a category, or braces around something that answers begin with.
LOOKS_LIKE_GIFT = re.compile(
    r"^\s*(?:\[\w+\])?::|^\s*\$CATEGORY:|(?<!\\)\{\s*(?:[=~#]|T\b|F\b|TRUE\b|FALSE\b|\})", re.M
)
EMPTY = _l("There is no question in this file.")
#: What other question formats look like, and what to do with them.
OTHER_FORMATS = (
    (re.compile(r"\s*<\?xml|\s*<quiz"), _l("This is XML. Export the questions as GIFT or CSV.")),
    (re.compile(r"\s*[\[{]\s*[\"{]"), _l("This is JSON. Save the questions as GIFT or CSV.")),
    (re.compile(r"\s*<!doctype|\s*<html", re.I), _l("This is a web page. Save it as GIFT or CSV.")),
    (re.compile(r"\{\\rtf"), _l("This is a rich text document. Save it as plain text.")),
)


def import_questions(filename: str, data: bytes) -> Imported:
    """Read a CSV or GIFT file. Every question becomes a row or a problem with its line and reason."""
    report = Report()
    try:
        text = decode(data)
    except NotText as error:
        report.problem(1, error.sentence)
        return report.imported()
    if not text.strip():
        report.problem(1, EMPTY)
        return report.imported()
    kind = _kind(filename, text)
    if kind is None:
        return _unreadable(report, text)
    reader = gift_rows.read if kind == "gift" else table_rows.read
    reader(text, report)
    if not report.rows and not report.problems:
        report.problem(1, EMPTY)
    return report.imported()


def _kind(filename: str, text: str) -> str | None:
    """Say what the file is: its content decides, its name only when the content does not."""
    if any(pattern.match(text) for pattern, _ in OTHER_FORMATS):
        return None
    ending = filename.lower().rpartition(".")[2]
    looks_like_gift = LOOKS_LIKE_GIFT.search(text) is not None
    if looks_like_gift and ending == "gift":
        return "gift"
    if table_rows.has_headings(text):
        return "table"
    if looks_like_gift:
        return "gift"
    return "table" if ending in ("csv", "tsv", "tab") or table_rows.is_table(text) else "gift"


def _unreadable(report: Report, text: str) -> Imported:
    for pattern, sentence in OTHER_FORMATS:
        if pattern.match(text):
            report.problem(1, sentence)
    return report.imported()
