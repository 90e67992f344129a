"""Cutting a table into cells: any usual separator, quoted cells over several lines, and quotes that never close."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SEPARATORS = (",", ";", "\t", "|")
MOST_LINES_IN_A_CELL = 60
MOST_LOST_QUOTES = 10
SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*$", re.I)


@dataclass(frozen=True)
class Record:
    """One row of the table and the line it starts on. *unclosed* is the column of a quote that never
    closes; the cells are then those of the first line alone."""

    line: int
    cells: list[str]
    unclosed: int = 0

    def cell(self, column: int) -> str:
        """The text in *column*, counted from 0; empty beyond the last one."""
        return self.cells[column] if 0 <= column < len(self.cells) else ""


def records(text: str, separator: str) -> Iterator[Record]:
    """The rows of a table, empty ones left out."""
    lines = text.split("\n")
    number = 1 if SEPARATOR_LINE.match(lines[0]) else 0
    unclosed = 0
    while number < len(lines):
        first = number
        cells, open_quote = _cells(lines[number], separator)
        # A file full of lost quotes is not searched to its end for each of them.
        last = len(lines) if unclosed < MOST_LOST_QUOTES else number
        last = min(last, number + MOST_LINES_IN_A_CELL)
        while open_quote and number + 1 < last:
            number += 1
            if '"' in lines[number]:
                cells, open_quote = _cells("\n".join(lines[first : number + 1]), separator)
        if open_quote:
            number = first
            unclosed += 1
            cells = [cell.strip().strip('"') for cell in lines[first].split(separator)]
        if any(cells):
            yield Record(first + 1, cells, open_quote)
        number += 1


def named_separator(text: str) -> str | None:
    """The separator that a spreadsheet wrote in the first line (``sep=;``)."""
    named = SEPARATOR_LINE.match(text.partition("\n")[0])
    return named.group(1) if named else None


def _cells(text: str, separator: str) -> tuple[list[str], int]:
    """The cells of a row, and the column whose quote is still open at its end (0 when none is)."""
    cells: list[str] = []
    place = 0
    while True:
        start = place
        while place < len(text) and text[place] in " \t" and text[place] != separator:
            place += 1
        if text[place : place + 1] == '"':
            content, place, closed = _quoted(text, place + 1, separator)
            if not closed:
                return cells, len(cells) + 1
        else:
            end = text.find(separator, start)
            place = len(text) if end < 0 else end
            content = text[start:place]
        cells.append(content.strip())
        if place >= len(text):
            return cells, 0
        place += 1


def _quoted(text: str, place: int, separator: str) -> tuple[str, int, bool]:
    """The content of a cell from after its opening quote, where it ends, and whether it was closed."""
    content = []
    while True:
        quote = text.find('"', place)
        if quote < 0:
            return "", len(text), False
        content.append(text[place:quote])
        after = quote + 1
        if text[after : after + 1] == '"':
            content.append('"')
            place = after + 1
            continue
        rest = after
        while rest < len(text) and text[rest] in " \t" and text[rest] != separator:
            rest += 1
        if rest >= len(text) or text[rest] == separator:
            return "".join(content), rest, True
        # A lone quote inside the cell, which careless programs write, is part of its text.
        content.append('"')
        place = after
