"""What a marketer configures in a reveal, and what a browser may send."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, validate, validates_schema
from marshmallow import fields as plain

from masterapp.sdk import _l, fields

LONGEST_GUESS = 120


class Level(Schema):
    """One degree of sharpness."""

    blocks = fields.whole(
        _l("Squares along the longer side"),
        help=_l("The fewer, the harder to recognise; 0 shows the whole picture."),
        most=400,
        default=12,
        unit=_l("squares"),
    )
    crowd = fields.whole(
        _l("Plays of all fans"),
        help=_l("From how many plays in all the picture is this sharp. 0 for the first level."),
        most=100_000_000,
        unit=_l("plays"),
    )
    points = fields.whole(
        _l("Points for finding it now"),
        help=_l("What the right answer earns while the picture is this sharp."),
        most=100_000,
        unit=_l("points"),
    )
    prize = fields.switch(
        _l("May win a prize"),
        help=_l("The right answer at this level tries to win a prize of the pool below."),
    )
    pool = fields.word(
        _l("Prize pool"),
        help=_l("Prizes belong to the pool “main” unless you say otherwise."),
        longest=40,
        default="main",
    )
    reward = fields.whole(
        _l("Points when the crowd gets here"),
        help=_l(
            "Given once to each fan, at their first play after the crowd has reached this level."
        ),
        most=100_000,
        unit=_l("points"),
    )
    hint = fields.text(
        _l("Hint in words"),
        help=_l("Shown from this level on. Fans who do not see the picture play with the hints."),
        longest=200,
        lines=2,
    )


class OwnLevel(Schema):
    """One bonus level of the fan's own."""

    plays = fields.whole(
        _l("Plays of the fan"),
        help=_l(
            "From this many plays of their own on, the fan sees the picture one level sharper."
        ),
        least=1,
        most=10_000,
        default=3,
        unit=_l("plays"),
    )


class AcceptedAnswer(Schema):
    """One way of naming what the picture shows."""

    text = fields.text(
        _l("Accepted answer"),
        help=_l("Accents, capitals, punctuation and opening articles do not matter."),
        longest=LONGEST_GUESS,
        required=True,
    )


class RevealConfig(Schema):
    """The configuration of one reveal."""

    question = fields.text(
        _l("Question"), help=_l("What is to be found: “Who is it?”"), longest=160, required=True
    )
    intro = fields.text(
        _l("Invitation"), help=_l("One sentence below the question."), longest=200, lines=2
    )
    picture = fields.image(
        _l("Picture to find"),
        help=_l("It is reduced to blocks on the server: nobody can fetch it early."),
        required=True,
    )
    answers = fields.rows(
        _l("Accepted answers"),
        AcceptedAnswer,
        help=_l("The first one is shown once found; add every other way of saying it."),
        least=1,
        most=50,
    )
    found = fields.text(
        _l("Words for who found it"),
        help=_l("Shown with the whole picture: a date, a story, a thank-you."),
        longest=400,
        lines=3,
    )
    levels = fields.rows(
        _l("Levels"),
        Level,
        help=_l("From coarse to sharp; each one needs more plays of all fans than the one before."),
        least=2,
        most=20,
        group="levels",
    )
    own = fields.rows(
        _l("The fan's own levels"),
        OwnLevel,
        help=_l("Each line is one level more for the fan alone, on top of the crowd's."),
        most=10,
        group="levels",
    )
    guesses = fields.whole(
        _l("Guesses in one attempt"),
        help=_l("How often a fan may try before the attempt ends."),
        least=1,
        most=10,
        default=1,
        unit=_l("guesses"),
        group="rules",
    )
    typos = fields.whole(
        _l("Typing slips forgiven"),
        help=_l("Letters missing, added or swapped. Digits are never forgiven."),
        most=3,
        default=1,
        group="rules",
    )


class RevealMove(Schema):
    """One step: guess, or only look and help the crowd."""

    look = plain.Boolean(
        truthy={True},
        falsy=set(),
        metadata={
            "title": _l("Only look"),
            "help": _l("Counts for the crowd without a guess, and ends the attempt."),
        },
    )
    guess = plain.String(
        validate=validate.Length(min=1, max=LONGEST_GUESS),
        metadata={
            "title": _l("The fan's guess"),
            "help": _l("What the fan believes the picture shows."),
        },
    )

    @validates_schema
    def _one_step(self, data: dict[str, Any], **_: Any) -> None:
        """A move is exactly one of the two steps."""
        if len(data) != 1:
            raise ValidationError(str(_l("Send either look or guess.")), field_name="guess")
