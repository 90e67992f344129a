"""Reading CSV tables: any separator and headings, well-known layouts, and errors by line and column."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from masterapp.sdk import Imported
from modules.quiz.importing import import_questions
from modules.quiz.module import Quiz

QUIZ = Quiz()


def read(source: str, name: str = "questions.csv") -> Imported:
    """Import a table; every row must be one that the form accepts."""
    imported = import_questions(name, source.encode())
    if imported.rows:
        config = QUIZ.config_schema().load({"intro": "Go", "questions": list(imported.rows)})
        assert QUIZ.check_config(config) == {}
    return imported


def meaning(row: Any) -> Any:
    """What is right in a row, in French."""
    if "options" in row:
        return {option["text"]["fr"]: option["right"] for option in row["options"]}
    return row.get("truth", [answer["text"] for answer in row.get("answers", ())])


PARIS = {"Paris": True, "Lyon": False, "Nice": False}


@pytest.mark.parametrize(
    "source",
    [
        "question,correct,wrong1,wrong2\nCapital?,Paris,Lyon,Nice",
        "Question;Bonne réponse;Mauvaise réponse 1;Mauvaise réponse 2\nCapital?;Paris;Lyon;Nice",
        "QUESTION\tRÉPONSE JUSTE\tFAUX 1\tFAUX 2\nCapital?\tParis\tLyon\tNice",
        "sep=|\nQuestion|Vrai|Faux1|Faux2\nCapital?|Paris|Lyon|Nice",
        "Question,A,B,C,Answer\nCapital?,Paris,Lyon,Nice,A",
        "Énoncé;Réponse A;Réponse B;Réponse C;Bonne réponse\nCapital?;Paris;Lyon;Nice;a)",
        "question text,option_1,option_2,option_3,correct option\nCapital?,Paris,Lyon,Nice,1",
        "Question,Choice 1,Choice 2,Choice 3,Answer Key\nCapital?,Paris,Lyon,Nice,paris",
        "title_text,option1_text,option2_text,option3_text,correctAnswer_index\nCapital?,Paris,Lyon,Nice,0",
        "question,answer,option1,option2\nCapital?,Paris,Lyon,Nice",
        "Question,Incorrect Answers,Correct Answer,Incorrect Answers\nCapital?,Lyon,Paris,Nice",
        '"question" , "correct" , "wrong" , "wrong"\n"Capital?" , "Paris" , "Lyon" , "Nice"',
        "#,Question - max 120 characters,Answer 1 - max 75 characters,Answer 2 - max 75 characters,"
        "Answer 3 - max 75 characters,Time limit (sec),Correct answer(s) - choose at least one\n"
        "1,Capital?,Paris,Lyon,Nice,20,1",
        "Capital?,Paris,Lyon,Nice",
        "Capital?;Paris;Lyon;Nice;A",
    ],
)
def test_layouts(source: str) -> None:
    """Separators, languages and layouts differ; the question is the same."""
    imported = read(source)
    assert list(imported.problems) == []
    (row,) = imported.rows
    assert row["text"] == {"fr": "Capital?", "en": "Capital?"}
    assert sorted(meaning(row).items()) == sorted(PARIS.items())
    assert row["kind"] == "choose_one"


@pytest.mark.parametrize(
    ("line", "kind", "right"),
    [
        ("Q,vrai,", "true_false", True),
        ("Q,FALSE,", "true_false", False),
        ("Q,1998,", "number", ["1998"]),
        ("Q,1990..1999,", "number", ["1990..1999"]),
        ("Q,Zidane|Zizou,", "typed", ["Zidane", "Zizou"]),
        ("Q,Yes,No", "choose_one", {"Yes": True, "No": False}),
        ("Q,True,False", "true_false", True),
        ("Q,faux,vrai", "true_false", False),
    ],
)
def test_kinds(line: str, kind: str, right: Any) -> None:
    """Without a type column, the cells say which kind of question it is."""
    (row,) = read(f"question,correct,wrong\n{line}").rows
    assert (row["kind"], meaning(row)) == (kind, right)


def test_type_column() -> None:
    """A type column decides; a type that nobody can judge is told."""
    imported = read(
        "Question Text,Question Type,Option 1,Option 2,Option 3,Correct Answer,Time in seconds,Image Link,"
        "Answer explanation\n"
        "A?,Multiple Choice,3,4,5,2,30,,Because\n"
        'B?,Checkbox,a,b,c,"1,3",20,http://x/y.png,\n'
        "C?,Poll,a,b,,,20,,\n"
        "D?,Fill-in-the-Blank,word,mot,,,20,,\n"
        "E?,True/False,True,False,,2,,,\n"
    )
    assert [row["kind"] for row in imported.rows] == [
        "choose_one",
        "choose_many",
        "typed",
        "true_false",
    ]
    assert meaning(imported.rows[0]) == {"3": False, "4": True, "5": False}
    assert meaning(imported.rows[1]) == {"a": True, "b": False, "c": True}
    assert meaning(imported.rows[2]) == ["word", "mot"]
    assert imported.rows[0]["seconds"] == 30
    assert imported.rows[0]["explanation"]["en"] == "Because"
    assert [(line, "Poll" in words) for line, words in imported.problems] == [(4, True)]
    assert any("Image Link" in words for _, words in imported.notes)


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["1990", "1994", "1998", "1998"], "1998"),
        (["3", "4", "5", "4"], "4"),
        (["a", "b", "c", "Option 2"], "b"),
        (["a", "b", "c", "B"], "b"),
    ],
)
def test_words_or_places(cells: list[str], right: str) -> None:
    """A cell that says what is right is read by words, letter or number, whichever fits the table."""
    (row,) = read("question,A,B,C,correct\nQ," + ",".join(cells)).rows
    assert [words for words, is_right in meaning(row).items() if is_right] == [right]


def test_several_right_answers() -> None:
    """Several letters, numbers or words name several right answers."""
    source = (
        "question;A;B;C;correct\nQ;a;b;c;A, C\nQ;a;b;c;1;\nQ;a;b;c;AC\nQ;a;b;c;a|c\nQ;a;b;c;A et C"
    )
    kinds = [(row["kind"], meaning(row)) for row in read(source).rows]
    several = ("choose_many", {"a": True, "b": False, "c": True})
    assert kinds == [several, ("choose_one", {"a": True, "b": False, "c": False}), *[several] * 3]


def test_two_languages() -> None:
    """Columns may say their language, and a text in one language stays in it."""
    source = (
        "question_fr,question_en,bonne réponse (fr),bonne réponse (en),faux1_fr,faux1_en,explication fr\n"
        "Qui ?,Who?,Lui,Him,Elle,Her,Voilà\n"
    )
    (row,) = read(source).rows
    assert row["text"] == {"fr": "Qui ?", "en": "Who?"}
    assert [option["text"] for option in row["options"]] == [
        {"fr": "Lui", "en": "Him"},
        {"fr": "Elle", "en": "Her"},
    ]
    assert row["explanation"] == {"fr": "Voilà"}


def test_quotes_and_lines() -> None:
    """Quoted cells hold separators, quotes and line ends; the lines of later problems stay true."""
    imported = read(
        'question,correct,wrong\n"Who,\nreally ""who""?",a,b\n5" or 6" pipe?,a,b\n,a,b\n'
    )
    assert [row["text"]["en"] for row in imported.rows] == ['Who,\nreally "who"?', '5" or 6" pipe?']
    assert [line for line, _ in imported.problems] == [5]


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("question,correct,wrong\n,a,b", 2, "“question”"),
        ("question,correct,wrong\nQ,,b", 2, "“correct”"),
        ("question,A,B,correct\nQ,a,b,E\nR,a,b,A", 2, "“E”"),
        ("question,A,B,correct\nQ,a,b,", 2, "“correct”"),
        ("question,A,B,correct\nQ,a,,A", 2, "at least two"),
        ("question,correct,wrong\nQ,a,a", 2, "both"),
        ("question,type,correct\nQ,vrai/faux,peut-être", 2, "“peut-être”"),
        ("question,type,correct\nQ,number,many", 2, "“many”"),
        ('question,correct,wrong\n"Q,a,b\nR,a,b', 2, "column 1"),
        ("question,correct,wrong\n" + "x" * 4001 + ",a,b", 2, "4001"),
        ("only one column\nof words", 1, "table"),
        ("", 1, "no question"),
        ("question,correct,wrong\n", 1, "no question"),
    ],
)
def test_what_cannot_be_read(source: str, line: int, words: str) -> None:
    """A row that cannot become a question is told with its line, its column and the reason."""
    imported = read(source)
    assert [problem[0] for problem in imported.problems] == [line]
    assert words in imported.problems[0][1]


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("My quiz\n\nquestion,correct,wrong\nQ,a,b", 3, "before the headings"),
        ("question,correct,wrong,level\nQ,a,b,hard", 1, "level"),
        ("question,correct,wrong,points\nQ,a,b,lots", 2, "lots"),
        ("question,correct,wrong,wrong\nQ,a,b,b", 2, "twice"),
        ("Who?,Ann,Bob\nWhen?,1998,2000", 1, "No headings"),
        ("question,correct,option1,option2\nWho?,Ann,Bob,Cid", 1, "added"),
    ],
)
def test_notes(source: str, line: int, words: str) -> None:
    """What was left out or guessed is told, and the questions are there."""
    imported = read(source)
    assert imported.rows
    assert [(n, words in sentence) for n, sentence in imported.notes] == [(line, True)]


def test_points_and_seconds() -> None:
    """Whole numbers are read with or without their unit."""
    (row,) = read("question,correct,wrong,points,durée\nQ,a,b,25 pts,30 s").rows
    assert (row["points"], row["seconds"]) == (25, 30)


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=15
).map(lambda text: "w " + " ".join(text.split()))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(CELL, st.lists(CELL, min_size=3, max_size=3, unique=True)), min_size=1, max_size=6
    ),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_round_trip(written: list[tuple[str, list[str]]], separator: str) -> None:
    """What a spreadsheet writes is what is read, row by row."""
    table = io.StringIO()
    writer = csv.writer(table, delimiter=separator)
    writer.writerow(["question", "correct", "wrong 1", "wrong 2"])
    writer.writerows([question, *answers] for question, answers in written)
    imported = read(table.getvalue())
    assert list(imported.problems) == []
    expected = [
        (question.strip(), {answer.strip(): n == 0 for n, answer in enumerate(answers)})
        for question, answers in written
    ]
    assert [(row["text"]["fr"], meaning(row)) for row in imported.rows] == expected


CSV_LIKE = st.lists(
    st.sampled_from(
        [
            "question",
            "correct",
            "wrong",
            "A",
            "B",
            "réponse",
            "type",
            "points",
            ",",
            ";",
            "\t",
            "|",
            '"',
            '""',
            "\n",
            "\n\n",
            "1",
            "0",
            "a b",
            "vrai",
            "sep=;",
            "=",
            "é",
        ]
    ),
    max_size=60,
).map("".join)


@settings(deadline=None)
@given(
    st.one_of(
        CSV_LIKE, CSV_LIKE.map(lambda text: "question;correct;A;B\n" + text), st.text(max_size=200)
    )
)
@example("question,correct\n" + '"a,\n' * 2000)
@example("question,correct\n" + '"a' * 2000)
@example("a," * 5000)
def test_any_table(source: str) -> None:
    """No text breaks the reader, and every file is answered."""
    imported = read(source)
    assert imported.rows or imported.problems
