"""Reading a CSV table: every row becomes a question or is told with its line and column."""

from __future__ import annotations

from collections.abc import Sequence

from masterapp.sdk import _l
from modules.quiz.importing import right_cells, table_layout
from modules.quiz.importing.headings import Column
from modules.quiz.importing.report import Report
from modules.quiz.importing.table_cells import Record
from modules.quiz.importing.table_layout import Table
from modules.quiz.importing.table_questions import Reader, Unfit

UNCLOSED = _l("The quotation mark opened in column %(column)s is never closed.")
BEFORE_HEADINGS = _l("What stands before the headings on line %(number)s was left out.")
UNUSED = _l("These columns were not used: %(columns)s.")
PICTURES = _l("Pictures are not read from column “%(column)s”: add them in the form.")
NO_HEADINGS = _l("No headings: the columns were taken for %(layout)s. Check the questions.")
RIGHT_APART = _l("No right answer is among the other answers: it was added to them.")
NOT_A_TABLE = _l(
    "This is no table of questions. Name the columns in the first row, for instance: "
    "question, right answer, wrong answer 1, wrong answer 2, explanation."
)
#: Headings that tell that the right answers are named by place even where every answer is a number.
PLACES_SAID = ("index", "number", "numéro", "letter", "lettre", "time limit", "time in seconds")
ASKING = ("question", "right", "wrong", "option")


def has_headings(text: str) -> bool:
    """Say whether the first rows hold the headings of a table of questions."""
    return table_layout.named(text) is not None


def is_table(text: str) -> bool:
    """Say whether the text looks like a table, although no headings name its columns."""
    return table_layout.guessed(text) is not None


def read(text: str, report: Report) -> None:
    """Turn a whole table into rows, problems and notes."""
    table = table_layout.named(text) or table_layout.guessed(text)
    if table is None:
        report.problem(1, NOT_A_TABLE)
        return
    rows = []
    for record in table.rows(text):
        if record.unclosed:
            report.problem(record.line, UNCLOSED, column=record.unclosed)
        elif any(record.cell(c.number) for c in table.columns if c.role in ASKING):
            # A row with neither question nor answer, such as a numbered empty line, says nothing.
            rows.append(record)
    _note_columns(table, text, rows, report)
    reader = Reader(table.columns)
    options = [reader.options(record) for record in rows]
    choices = [
        right_cells.Choices([words for _, words in shown], reader.right(record))
        for record, shown in zip(rows, options, strict=True)
    ]
    said = " ".join(column.heading.lower() for column in table.columns)
    places = right_cells.read_all(choices, any(hint in said for hint in PLACES_SAID))
    if places is None and any(row.options for row in choices) and any(row.right for row in choices):
        report.note(table.headings_line or 1, RIGHT_APART)
    for number, record in enumerate(rows):
        _add(reader, record, None if places is None else places[number] or set(), report)


def _add(reader: Reader, record: Record, places: set[int] | None, report: Report) -> None:
    try:
        row, notes = reader.question(record, places)
    except Unfit as unfit:
        report.problem(record.line, unfit.sentence, **unfit.facts)
        return
    before = len(report.rows)
    report.add(record.line, row)
    if len(report.rows) > before:
        for sentence, facts in notes:
            report.note(record.line, sentence, **facts)


def _note_columns(table: Table, text: str, rows: Sequence[Record], report: Report) -> None:
    if table.guessed is not None:
        report.note(1, NO_HEADINGS, layout=table.guessed)
        return
    if any(line.strip() for line in text.split("\n")[: table.headings_line - 1]):
        line = table.headings_line
        report.note(line, BEFORE_HEADINGS, number=line)
    unused = _headings(table.columns, "other", rows)
    if unused:
        report.note(table.headings_line, UNUSED, columns=", ".join(unused))
    for heading in _headings(table.columns, "picture", rows):
        report.note(table.headings_line, PICTURES, column=heading)


def _headings(known: Sequence[Column], role: str, rows: Sequence[Record]) -> list[str]:
    """The headings of the columns of a role in which something is written."""
    return [
        column.heading
        for column in known
        if column.role == role and any(record.cell(column.number) for record in rows)
    ]
