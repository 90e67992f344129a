"""Cutting a GIFT file into questions: blank lines end them, except where people put blank lines inside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from masterapp.sdk import _l
from modules.quiz.importing.gift import (
    ANSWERS_BEGIN,
    Block,
    Question,
    Unreadable,
    groups,
    masked,
    parse_question,
)

CATEGORY = re.compile(r"\s*\$CATEGORY\s*:", re.I)
NEW_TITLE = re.compile(r"\s*(?:\[\w+\]\s*)?::(?=.*::)")
#: The marks that some programs put around a whole file to show it as code.
FENCE = re.compile(r"\A(?:\s*\n)*[ \t]*```\w*(?=\n)|(?<=\n)[ \t]*```\s*\Z")
#: After a brace that closes: nothing more on the line, or the end of a sentence.
ENDS_THE_LINE = re.compile(r"(?:[^\n{}]*[.!?;:\"”»])?[ \t]*\n")

NEVER_CLOSED = _l("A “{” is never closed. Write \\{ for a brace that belongs to the text.")
NEVER_OPENED = _l("A “}” closes nothing. Write \\} for a brace that belongs to the text.")
SEVERAL_SECTIONS = _l("There are several answer sections in one question; only one can be asked.")
COMMENTED_OUT = _l("Lines %(first)s to %(last)s stand between /* and */ and were left out.")


@dataclass(frozen=True)
class Skipped:
    """Lines that the file's author took out between ``/*`` and ``*/``."""

    line: int
    last: int


def parse(text: str) -> Iterator[Question | Unreadable | Skipped]:
    """Read a whole file; nothing but comments, categories and blank lines goes without a word."""
    lines = FENCE.sub("", text).split("\n")
    skipped = list(_long_comments(lines))
    for comment in skipped:
        lines[comment.line - 1 : comment.last] = [""] * (comment.last - comment.line + 1)
    yield from skipped
    for block in _blocks(lines):
        yield from _questions(block)


def _long_comments(lines: list[str]) -> Iterator[Skipped]:
    number = 0
    while number < len(lines):
        if lines[number].strip().startswith("/*"):
            closing = (n for n in range(number, len(lines)) if "*/" in lines[n])
            last = next(closing, None)
            if last is not None:
                yield Skipped(number + 1, last + 1)
                number = last
        number += 1


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Gather the lines of each question, comments and categories blanked."""
    sources = ["" if line.strip().startswith("//") else masked(line) for line in lines]
    signals = _signals(sources)
    first, depth, has_braces = 0, 0, False
    kept: list[str] = []
    for number, source in enumerate(sources):
        category = CATEGORY.match(source) is not None
        ends = category or NEW_TITLE.match(source) is not None
        if not lines[number].strip():
            coming = signals[number + 1]
            goes_on = coming.closes if depth else coming.opens_first and not has_braces
            ends = not goes_on
        if ends:
            yield from _gathered(first, kept)
            first, kept, depth, has_braces = number, [], 0, False
        kept.append("" if category else source)
        if not category:
            depth = max(0, depth + source.count("{") - source.count("}"))
            has_braces = has_braces or "{" in source
    yield from _gathered(first, kept)


def _gathered(first: int, kept: list[str]) -> Iterator[Block]:
    source = "\n".join(kept)
    if source.strip():
        yield Block(first + 1, source)


@dataclass(frozen=True)
class _Signal:
    """What comes from a line on: is the next brace a closing one, does the next text open one?"""

    closes: bool
    opens_first: bool


def _signals(sources: list[str]) -> list[_Signal]:
    """For each line, and for the end of the file, what is coming. A new title ends the question."""
    signals = [_Signal(False, False)]
    for source in reversed(sources):
        coming = signals[-1]
        brace = re.search(r"[{}]", source)
        if CATEGORY.match(source) or NEW_TITLE.match(source):
            coming = _Signal(False, False)
        elif brace:
            coming = _Signal(brace.group() == "}", source.lstrip().startswith("{"))
        elif source.strip():
            coming = _Signal(coming.closes, False)
        signals.append(coming)
    return signals[::-1]


def _questions(block: Block) -> Iterator[Question | Unreadable]:
    """Read a block, which holds several questions when the blank lines between them are missing."""
    braces = list(groups(block.source))
    if not braces:
        stray = block.source.find("}")
        if stray >= 0:
            yield Unreadable(block.line_at(stray), NEVER_OPENED)
        else:
            yield parse_question(block, -1, -1)
        return
    sections = [
        (start, finish)
        for start, finish in braces
        if finish < 0 or ANSWERS_BEGIN.match(block.source[start + 1 : finish])
    ] or braces[-1:]
    begin = 0
    for number, (start, finish) in enumerate(sections):
        rest = block.source[finish + 1 :] if finish >= 0 else ""
        last = number + 1 == len(sections)
        if finish < 0:
            yield Unreadable(block.line_at(start), NEVER_CLOSED)
        elif not last and not ENDS_THE_LINE.match(rest):
            yield Unreadable(block.line_at(start), SEVERAL_SECTIONS)
            return
        else:
            end = len(block.source) if last else finish + 1 + rest.index("\n")
            yield _one(block, begin, start, finish, end)
            begin = end


def _one(block: Block, begin: int, start: int, finish: int, end: int) -> Question | Unreadable:
    part = Block(block.line_at(begin), block.source[begin:end])
    stray = part.source.find("}", max(close for _, close in groups(part.source)) + 1)
    if stray >= 0:
        return Unreadable(part.line_at(stray), NEVER_OPENED)
    return parse_question(part, start - begin, finish - begin)
