"""Judging one answer to one question: which choices, words, numbers or pairs are right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from masterapp.sdk import Refused, plain_text, same_text

JSON = Mapping[str, Any]

CHOICES = ("choose_one", "choose_many")
#: A number as people write it, once spaces are gone, with a short unit after it at most.
NUMBER = re.compile(r"([+-]?\d{1,30}(?:[.,]\d{1,30})*(?:e[+-]?\d{1,2})?)[^\d]{0,12}", re.IGNORECASE)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
DASHES = str.maketrans({"−": "-", "–": "-"})
STAR = "\0"


def is_right(question: JSON, order: Sequence[int], given: Sequence[str], slips: int) -> bool:
    """Say whether *given* answers the question whose options were shown in *order*."""
    kind = question["kind"]
    if kind in CHOICES:
        chosen = {order[position(given_id, len(order))] for given_id in given}
        right = {n for n, option in enumerate(question["options"]) if option["right"]}
        return chosen == right if kind == "choose_many" else len(chosen) == 1 and chosen <= right
    if kind == "true_false":
        return list(given) == ["true" if question["truth"] else "false"]
    if kind == "match":
        return list(given) == right_ids(question, order)
    text = given[0] if given else ""
    accepted = [answer["text"] for answer in question["answers"]]
    if kind == "number":
        return any(in_range(text, bounds) for bounds in map(number_range, accepted) if bounds)
    return any(means(text, answer, slips) for answer in accepted)


def check_given(question: JSON, order: Sequence[int], given: Sequence[str]) -> None:
    """Refuse an answer that the page could not have sent. An empty one is always possible."""
    kind = question["kind"]
    most = 1
    if kind == "choose_many":
        most = len(order)
    elif kind == "match":
        most = len(items(question))
        given = [given_id for given_id in given if given_id]
    if len(given) > most:
        raise Refused("invalid_move", field="answers")
    if kind == "true_false":
        known = set(given) <= {"true", "false"}
    elif kind in (*CHOICES, "match"):
        known = all(position(given_id, len(order)) >= 0 for given_id in given)
    else:
        known = True
    if not known or (kind == "choose_many" and len(set(given)) != len(given)):
        raise Refused("invalid_move", field="answers")


def option_id(position: int) -> str:
    """The id of the option shown at *position*: it says where it stands and nothing else."""
    return str(position + 1)


def position(given_id: str, shown: int) -> int:
    """The position an option id stands for, or -1 when no option has that id."""
    number = int(given_id) if given_id.isascii() and given_id.isdigit() and len(given_id) < 4 else 0
    return number - 1 if 1 <= number <= shown and option_id(number - 1) == given_id else -1


def right_ids(question: JSON, order: Sequence[int]) -> list[str]:
    """The ids of the right options as shown; for pairs, one for each left side in turn."""
    if question["kind"] == "true_false":
        return ["true" if question["truth"] else "false"]
    if question["kind"] == "match":
        sides = right_sides(question)
        return [
            option_id(list(order).index(sides.index(pair["right"]))) for pair in items(question)
        ]
    return [
        option_id(place)
        for place, number in enumerate(order)
        if question["kind"] in CHOICES and question["options"][number]["right"]
    ]


def items(question: JSON) -> list[JSON]:
    """The pairs that have a left side; the others are traps."""
    return [pair for pair in question["pairs"] if any(pair["left"].values())]


def right_sides(question: JSON) -> list[JSON]:
    """The right sides to choose from, each once."""
    sides: list[JSON] = []
    for pair in question["pairs"]:
        if pair["right"] not in sides:
            sides.append(pair["right"])
    return sides


def shown_answer(question: JSON) -> str:
    """The right answer to a question that is typed, as it is shown to the fan afterwards."""
    first = str(question["answers"][0]["text"])
    if question["kind"] != "number":
        return first.replace("\\*", STAR).replace("*", " ").replace(STAR, "*").strip()
    return first.split(":")[0].replace("..", "–").strip()


def means(given: str, accepted: str, slips: int) -> bool:
    """Say whether *given* is *accepted*, in which ``*`` stands for any letters (``\\*`` for itself)."""
    parts = accepted.replace("\\*", STAR).split("*")
    if len(parts) == 1:
        return same_text(given, accepted.replace("\\*", "*"), slips)
    rest = plain_text(given)
    first, *middle, last = (plain_text(part.replace(STAR, " ")) for part in parts)
    if not rest.startswith(first) or not rest.endswith(last) or len(rest) < len(first) + len(last):
        return False
    rest = rest[len(first) : len(rest) - len(last)]
    for part in middle:
        _, found, rest = rest.partition(part) if part else ("", "found", rest)
        if not found:
            return False
    return bool(given.strip())


def numbers(text: str) -> list[Decimal]:
    """What *text* may mean as a number: 1,998 is both one thousand and one point nine."""
    match = NUMBER.fullmatch("".join(text.translate(DASHES).split()))
    if match is None:
        return []
    written = match.group(1)
    readings = []
    if len(re.findall("[.,]", written)) <= 1:
        readings.append(Decimal(written.replace(",", ".")))
    if THOUSANDS.fullmatch(written):
        readings.append(Decimal(written.replace(",", "").replace(".", "")))
    return readings


def number_range(accepted: str) -> tuple[Decimal, Decimal] | None:
    """The bounds an accepted number stands for: ``12``, ``12:0.5`` or ``10..14``; None if none."""
    for mark in ("..", ":", "±"):
        left, found, right = accepted.partition(mark)
        if found:
            first, second = numbers(left)[:1], numbers(right)[:1]
            if not first or not second:
                return None
            low, high = first[0], second[0]
            if mark == "..":
                return min(low, high), max(low, high)
            return low - abs(high), low + abs(high)
    exact = numbers(accepted)[:1]
    return (exact[0], exact[0]) if exact else None


def in_range(given: str, bounds: tuple[Decimal, Decimal]) -> bool:
    """Say whether a typed number lies within the bounds, under any of its readings."""
    return any(bounds[0] <= number <= bounds[1] for number in numbers(given))
