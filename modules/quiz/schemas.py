"""What a marketer configures in a quiz, and what a browser may send."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, validate, validates_schema
from marshmallow import fields as plain

from masterapp.sdk import _l, fields

#: Longest texts, which the importers respect too.
LONGEST_QUESTION = 4000
LONGEST_OPTION = 1000
LONGEST_EXPLANATION = 5000
LONGEST_ANSWER = 200
MOST_QUESTIONS = 1000
MOST_OPTIONS = 20


class Option(Schema):
    """One answer to choose from."""

    text = fields.text(
        _l("Answer"), help=_l("May stay empty when there is a picture."), longest=LONGEST_OPTION
    )
    picture = fields.image(_l("Picture"), help=_l("Shown above the words of the answer."))
    right = fields.switch(_l("Right answer"), help=_l("Is this a right answer?"))
    remark = fields.text(
        _l("Remark"),
        help=_l("Shown to a fan who chose this answer, with the explanation."),
        longest=LONGEST_EXPLANATION,
    )


class Answer(Schema):
    """One way of writing the right answer to a question that is typed."""

    text = fields.word(
        _l("Accepted answer"),
        help=_l(
            "Accents, capitals and opening articles do not matter; * stands for any letters. "
            "A number: 1998, 1998:2 (give or take 2) or 1990..1999."
        ),
        longest=LONGEST_ANSWER,
        required=True,
    )


class Pair(Schema):
    """One pair to bring together."""

    left = fields.text(
        _l("Left side"),
        help=_l("What is given. Leave it empty for a right side that is only a trap."),
        longest=LONGEST_OPTION,
    )
    right = fields.text(
        _l("Right side"),
        help=_l("What the fan has to find for it."),
        longest=LONGEST_OPTION,
        required=True,
    )


class Question(Schema):
    """One question of the bank."""

    kind = fields.choice(
        _l("Kind of question"),
        [
            ("choose_one", _l("One answer to choose")),
            ("choose_many", _l("Several answers to choose")),
            ("true_false", _l("True or false")),
            ("typed", _l("An answer to type")),
            ("number", _l("A number to type")),
            ("match", _l("Pairs to bring together")),
        ],
        help=_l(
            "When one is to be chosen and several are marked right, each of them is accepted. "
            "When several are to be chosen, all the right ones are needed and no other."
        ),
    )
    text = fields.text(
        _l("Question"),
        help=_l("Short enough for a phone: about a hundred letters read best."),
        longest=LONGEST_QUESTION,
        lines=3,
        required=True,
    )
    picture = fields.image(_l("Picture"), help=_l("Shown above the question."))
    options = fields.only_when(
        fields.rows(
            _l("Answers to choose from"),
            Option,
            help=_l("For the kinds with answers to choose: two to twenty."),
            most=MOST_OPTIONS,
        ),
        kind=["choose_one", "choose_many"],
    )
    truth = fields.only_when(
        fields.switch(
            _l("The statement is true"), help=_l("Only for “True or false”."), default=False
        ),
        kind=["true_false"],
    )
    answers = fields.only_when(
        fields.rows(
            _l("Accepted answers"),
            Answer,
            help=_l("For an answer or a number to type: every way of writing it that counts."),
            most=50,
        ),
        kind=["typed", "number"],
    )
    pairs = fields.only_when(
        fields.rows(_l("Pairs"), Pair, help=_l("For pairs: two to twenty."), most=MOST_OPTIONS),
        kind=["match"],
    )
    explanation = fields.text(
        _l("Explanation"),
        help=_l("Shown once the fan has answered, right or wrong."),
        longest=LONGEST_EXPLANATION,
        lines=3,
    )
    points = fields.whole(
        _l("Points"), help=_l("What a right answer is worth."), most=10_000, default=10
    )
    seconds = fields.whole(
        _l("Seconds to answer"),
        help=_l("0 takes the time set for the whole quiz."),
        most=3600,
        unit=_l("seconds"),
    )


class QuizConfig(Schema):
    """The configuration of one quiz."""

    intro = fields.text(
        _l("Invitation"),
        help=_l("One or two sentences before the first question."),
        longest=300,
        lines=2,
        required=True,
    )
    picture = fields.image(_l("Picture"), help=_l("Shown on the first screen."))
    questions = fields.rows(
        _l("Questions"),
        Question,
        help=_l("Write them here, or import a CSV file or a Moodle GIFT file."),
        least=1,
        most=MOST_QUESTIONS,
        group="questions",
        importable="questions",
    )
    ask = fields.whole(
        _l("Questions in one attempt"),
        help=_l("Drawn at random from the questions above; 0 asks them all."),
        most=100,
        group="rules",
    )
    shuffle_questions = fields.switch(
        _l("Shuffle the questions"),
        help=_l("Each attempt gets its own order."),
        default=True,
        group="rules",
    )
    shuffle_options = fields.switch(
        _l("Shuffle the answers"),
        help=_l("Turn it off only when the order matters, such as years or sizes."),
        default=True,
        group="rules",
    )
    question_seconds = fields.whole(
        _l("Seconds for each question"),
        help=_l("Kept by the server; a late answer counts as wrong. 0 sets no limit."),
        most=3600,
        default=20,
        unit=_l("seconds"),
        group="rules",
    )
    quiz_seconds = fields.whole(
        _l("Seconds for all the questions"),
        help=_l("Only the time spent on questions counts, not on explanations. 0 sets no limit."),
        most=36_000,
        unit=_l("seconds"),
        group="rules",
    )
    feedback = fields.choice(
        _l("When the right answers are shown"),
        [
            ("each", _l("After each question")),
            ("end", _l("At the end")),
            ("never", _l("Never")),
        ],
        help=_l("“Never” suits a contest in which fans could pass the answers on."),
        group="rules",
    )
    typos = fields.whole(
        _l("Typing slips forgiven"),
        help=_l(
            "In answers to type: letters missing, added or swapped. Digits are never forgiven."
        ),
        most=3,
        default=1,
        group="rules",
    )
    credit = fields.switch(
        _l("Give the score as points"),
        help=_l("The score of the attempt is added to the fan's points."),
        default=True,
        group="rewards",
    )
    bonus = fields.whole(
        _l("Bonus for no mistake"),
        help=_l("Points added when every answer is right; they do not change the score."),
        most=100_000,
        unit=_l("points"),
        group="rewards",
    )
    win_percent = fields.whole(
        _l("Right answers to try for a prize"),
        help=_l("From this share of right answers on, the attempt may win a prize. 0 gives none."),
        most=100,
        unit="%",
        group="rewards",
    )
    won = fields.text(
        _l("Words for a good result"),
        help=_l("Shown when at least half of the answers are right."),
        longest=200,
        lines=2,
        group="rewards",
    )
    lost = fields.text(
        _l("Words for a poor result"),
        help=_l("Kind and short."),
        longest=200,
        lines=2,
        group="rewards",
    )


class QuizMove(Schema):
    """One step: start the attempt, answer the open question, or ask for the next one."""

    start = plain.Boolean(
        truthy={True},
        falsy=set(),
        metadata={
            "title": _l("Start the quiz"),
            "help": _l("Opens the attempt and shows question 1."),
        },
    )
    next = plain.Boolean(
        truthy={True},
        falsy=set(),
        metadata={
            "title": _l("Next question"),
            "help": _l("Shows the next question; its clock starts."),
        },
    )
    question = plain.Integer(
        strict=True,
        validate=validate.Range(min=1, max=MOST_QUESTIONS),
        metadata={"title": _l("Question"), "help": _l("Number of the question, from 1.")},
    )
    answers = plain.List(
        plain.String(validate=validate.Length(max=LONGEST_ANSWER)),
        validate=validate.Length(max=MOST_OPTIONS),
        metadata={
            "title": _l("Answers"),
            "help": _l(
                "Ids of the chosen answers; for an answer to type, its text; for pairs, one id for "
                "each left side in order. Empty when the time ran out."
            ),
        },
    )

    @validates_schema
    def _one_step(self, data: dict[str, Any], **_: Any) -> None:
        """A move is exactly one of the three steps."""
        steps = {frozenset({"start"}), frozenset({"next"}), frozenset({"question", "answers"})}
        if frozenset(data) not in steps:
            raise ValidationError(
                str(_l("Send start, or next, or question with answers.")), field_name="question"
            )
