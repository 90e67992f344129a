"""Draws in words for those who run them: states, what holds a draw up and its cure, levels, records of the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from masterapp.texts import lazy_text as _l

#: State → (words, tone, icon) of its badge.
STATES: dict[str, tuple[Any, str, str]] = {
    "draft": (_l("Draft"), "", "edit"),
    "open": (_l("Open"), "good", "point"),
    "review": (_l("In review"), "accent", "list-check"),
    "committing": (_l("List being fixed"), "accent", "lock-open"),
    "committed": (_l("List fixed"), "accent", "lock"),
    "drawn": (_l("Draw held"), "good", "trophy"),
    "settled": (_l("Settled"), "good", "checks"),
    "cancelled": (_l("Called off"), "warn", "ban"),
    "lapsed": (_l("Not unlocked"), "", "lock"),
}


@dataclass(frozen=True)
class Trouble:
    """What holds a draw up: one sentence, what cures it, and the part of the draw's page where that is done."""

    sentence: Any
    cure: Any
    where: str = ""


TROUBLES: dict[str, Trouble] = {
    "clock": Trouble(
        _l("The server’s clock is late: the beacon has already emitted the round of this draw."),
        _l(
            "Have the clock set right (NTP). The list is then fixed within ten minutes; the draw moves if needed."
        ),
    ),
    "weights": Trouble(
        _l("The list cannot be fixed: its tickets add up to more than a draw can hold."),
        _l(
            "Ask your technical contact to look for an entry with an absurd number of tickets; nothing is lost."
        ),
        "numbers",
    ),
    "beacon": Trouble(
        _l("No relay of the public beacon answers."),
        _l(
            "We keep asking. You can paste the signature of the round: it counts only if it is the right one."
        ),
        "beacon",
    ),
    "dice_missing": Trouble(
        _l("The dice of this draw are not recorded yet."),
        _l("Type the 40 digits that the witness saw: the draw is then held at once."),
        "dice",
    ),
    "earlier_draw": Trouble(
        _l("An earlier draw of this campaign has to be held first: its winners cannot win here."),
        _l("See what holds the earlier draw up; this one follows by itself."),
    ),
}

#: Level of assurance → what it means, in plain words.
LEVELS: dict[str, Any] = {
    "A+": _l(
        "Dice before witnesses, then the public beacon: nobody can know or choose the numbers, even if one fails."
    ),
    "A": _l(
        "The public beacon drand: nobody, you included, can know or choose the numbers when the list is fixed."
    ),
    "B": _l("Dice before a bailiff: whoever checks the draw has to trust the witness."),
    "C": _l("A secret of the organiser: whoever checks the draw has to trust that it was used."),
    "D": _l("A demonstration: the numbers prove nothing to strangers."),
}

#: Class of an entry → its name (docs/fairness.md, section 2).
CLASSES: dict[int, Any] = {
    0: _l("In the draw"),
    1: _l("Left the draw"),
    2: _l("Ruled out by the conditions"),
    3: _l("Excluded after review"),
    4: _l("In, to be verified if it wins"),
}

#: Kind of a log record → its words.
RECORDS: dict[str, Any] = {
    "draw_announced": _l("Announced"),
    "draw_postponed": _l("Put off"),
    "draw_cancelled": _l("Called off"),
    "draw_lapsed": _l("Not unlocked"),
    "draw_class_changed": _l("An entry’s class was changed"),
    "draw_committed": _l("List fixed and committed to"),
    "draw_dated": _l("Commitment dated by a third party"),
    "draw_dice": _l("Dice recorded"),
    "draw_beacon": _l("Beacon’s round kept"),
    "draw_result": _l("Draw held"),
    "draw_vacancy": _l("A place fell vacant"),
    "draw_settled": _l("Settled"),
    "audit_opened": _l("Sample opened to an auditor"),
}

#: Why an entry is excluded after review: published as a code, never with the sentence.
REASONS: dict[str, Any] = {
    "several_accounts": _l("Several accounts of one person"),
    "automation": _l("Played by a program"),
    "fraud": _l("Fraud"),
    "staff": _l("Staff, partners or their household"),
    "age": _l("Age outside the rules"),
    "country": _l("Country outside the rules"),
    "other": _l("Another reason of the rules"),
}


def state_of(draw: Any, at: Any) -> str:
    """Return the state that people see: an announced draw whose entries are closed is in review."""
    if draw.state == "open" and draw.closes_at and draw.closes_at <= at:
        return "review"
    return str(draw.state)
