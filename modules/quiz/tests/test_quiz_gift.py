"""Reading GIFT files: the documented syntax, what is found in the wild, and a round trip through a writer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from masterapp.sdk import Imported
from modules.quiz.importing import import_questions
from modules.quiz.module import Quiz

QUIZ = Quiz()


def read(source: str | bytes, name: str = "questions.gift") -> Imported:
    """Import a file; every row must be one that the form accepts."""
    imported = import_questions(name, source if isinstance(source, bytes) else source.encode())
    if imported.rows:
        config = QUIZ.config_schema().load({"intro": "Go", "questions": list(imported.rows)})
        assert QUIZ.check_config(config) == {}
    return imported


def one(source: str) -> dict[str, Any]:
    """The only question of a file, in English, without what stands twice."""
    imported = read(source)
    assert (len(imported.rows), list(imported.problems)) == (1, [])
    return dict(imported.rows[0])


def options(row: dict[str, Any]) -> dict[str, bool]:
    """The options of a row and whether they are right."""
    return {option["text"]["en"]: option["right"] for option in row["options"]}


@pytest.mark.parametrize(
    ("source", "kind", "text", "right"),
    [
        ("Who?{~Ann ~Bob =Cid}", "choose_one", "Who?", {"Ann": False, "Bob": False, "Cid": True}),
        (
            "He is {~in =out ~on} now.",
            "choose_one",
            "He is _____ now.",
            {"in": False, "out": True, "on": False},
        ),
        (
            "Two? {~%50%a ~%50%b ~%-100%c}",
            "choose_many",
            "Two?",
            {"a": True, "b": True, "c": False},
        ),
        (
            "Two? {~ %50% a\n~ %-50%b ~%50,5%c}",
            "choose_many",
            "Two?",
            {"a": True, "b": False, "c": True},
        ),
        ("One? {~%100%a ~b}", "choose_many", "One?", {"a": True, "b": False}),
        ("One? {=%100%a ~%50%b ~c}", "choose_one", "One?", {"a": True, "b": False, "c": False}),
        ("Any? {=a =b ~c}", "choose_one", "Any?", {"a": True, "b": True, "c": False}),
        ("Half? {=%50%a =%50%b ~c}", "choose_many", "Half?", {"a": True, "b": True, "c": False}),
        ("Signs? {~= a ~b}", "choose_one", "Signs?", {"a": True, "b": False}),
    ],
)
def test_choices(source: str, kind: str, text: str, right: dict[str, bool]) -> None:
    """Signs and percentages say which answers are right, and how many are to be chosen."""
    row = one(source)
    assert (row["kind"], row["text"]["en"], options(row)) == (kind, text, right)


@pytest.mark.parametrize(
    ("answers", "truth"),
    [
        ("T", True),
        ("TRUE", True),
        ("F", False),
        ("FALSE", False),
        ("true", True),
        (" f ", False),
        ("=TRUE", True),
        ("VRAI", True),
        ("faux", False),
        ("T#no#yes", True),
    ],
)
def test_true_or_false(answers: str, truth: bool) -> None:
    """A statement is true or false, in capitals or not, in English or French."""
    row = one(f"It is.{{{answers}}}")
    assert (row["kind"], row["truth"]) == ("true_false", truth)


@pytest.mark.parametrize(
    ("answers", "kind", "accepted"),
    [
        ("=Ann =Bob", "typed", ["Ann", "Bob"]),
        ("Ann", "typed", ["Ann"]),
        ("=Ann#well done =%50%An#nearly", "typed", ["Ann"]),
        ("=*Ann* =%0%*#no", "typed", ["*Ann*"]),
        ("#1822:5", "number", ["1822:5"]),
        ("#3.141..3.142", "number", ["3.141..3.142"]),
        ("# 1 822 ", "number", ["1822"]),
        ("#=3:0.5#yes =%50%4", "number", ["3:0.5"]),
        ("#\n=1822:0\n=%50%1822:2", "number", ["1822:0"]),
        ("#3:2~#Completely wrong", "number", ["3:2"]),
        ("#-1,5", "number", ["-1,5"]),
    ],
)
def test_typed_answers(answers: str, kind: str, accepted: list[str]) -> None:
    """Words and numbers to type keep every answer that is worth all the points."""
    row = one(f"What?{{{answers}}}")
    assert (row["kind"], [answer["text"] for answer in row["answers"]]) == (kind, accepted)


def test_pairs() -> None:
    """Matching questions keep their pairs and their traps."""
    row = one("Match.{\n=Canada -> Ottawa\n=<b>Italy</b>->Rome#why\n= -> Lima\n####Capitals}")
    pairs = [(pair["left"]["en"], pair["right"]["en"]) for pair in row["pairs"]]
    assert pairs == [("Canada", "Ottawa"), ("Italy", "Rome"), ("", "Lima")]
    assert row["explanation"]["en"] == "Capitals"


def test_feedback() -> None:
    """Feedback on an answer becomes its remark, general feedback the explanation."""
    row = one("Q{=a#yes, a ~b#[html]no, <i>b</i>\n####In\ngeneral}")
    assert [option["remark"]["en"] for option in row["options"]] == ["yes, a", "no, b"]
    assert row["explanation"]["en"] == "In\ngeneral"
    assert one("Q{T#wrong#right####all}")["explanation"]["en"] == "all\nwrong"
    assert one("Q{T#wrong#right}")["explanation"]["en"] == "right\nwrong"
    assert one("Q{=a#very good}")["explanation"]["en"] == "very good"


def test_escapes() -> None:
    """An escaped sign is a letter of the text, and an escaped n a new line."""
    row = one(r"::a\:\:b::Is \{x\} \~ \#1 \= \\ here\: a\nb?{=\=1 ~\~2\}#re\#mark ~ c \\ d}")
    assert row["text"]["en"] == "Is {x} ~ #1 = \\ here: a\nb?"
    assert list(options(row)) == ["=1", "~2}", "c \\ d"]
    assert row["options"][1]["remark"]["en"] == "re#mark"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("::Title::Question{T}", "Question"),
        ("::Title::\n[html]<p>A&nbsp;<b>bold</b> &lt;tag&gt;</p><p>B</p>{T}", "A bold <tag>\n\nB"),
        ("[html]::Title::Q<br>R{T}", "Q\nR"),
        ("[markdown]**A** _b_ `c` [d](http://e) ![f](g.png){T}", "A b c d f"),
        ("[plain]a <b>b</b> &amp;{T}", "a <b>b</b> &amp;"),
        ("[moodle]a <b>b</b> &amp;{T}", "a b &"),
        ("[unknown]a{T}", "[unknown]a"),
        ("5 < 6 and 7 > 3{T}", "5 < 6 and 7 > 3"),
        ('Ends here.{T}";', "Ends here."),
        ("Ratio a::b stays{T}", "Ratio a::b stays"),
        ("::no end of title{T}", "no end of title"),
    ],
)
def test_words(source: str, text: str) -> None:
    """Titles go, markup becomes plain text, and what only looks like markup stays."""
    assert one(source)["text"]["en"] == text


def test_html_signs() -> None:
    """Signs inside an HTML tag do not cut an answer, although the author forgot to escape them."""
    row = one('Q{=<a href="x?y=1#z">A</a> ~<span style="c: d">B</span>}')
    assert options(row) == {"A": True, "B": False}


def test_unescaped_equals() -> None:
    """Where each answer has its own line, an “=” inside one is part of it; on one line it begins another."""
    row = one("Q{\n=2+2=4#since 1+1=2\n~2+2=5\n~%-50%x=3\n}")
    assert options(row) == {"2+2=4": True, "2+2=5": False, "x=3": False}
    assert row["options"][0]["remark"]["en"] == "since 1+1=2"
    assert options(one("Q{~a=b~c}")) == {"a": False, "b": True, "c": False}


def test_fences() -> None:
    """The marks around a file that was shown as code are no questions, and the lines stay true."""
    imported = read("```gift\nA{T}\n\nno braces\n\nB{F}\n```\n")
    assert [row["text"]["en"] for row in imported.rows] == ["A", "B"]
    assert [line for line, _ in imported.problems] == [4]


def test_comments_and_categories() -> None:
    """Comments, categories, ids and tags are no questions and stop none."""
    imported = read(
        "// [id:1] [tag:x]\n$CATEGORY: $course$/top\n::1::A{T}\n\n  // inside {\nB{\n// ~no\n=b\n~c\n}\n"
        "$CATEGORY: tom/dick\n\nC{F}\n/*\nD{T}\n*/\n"
    )
    assert [row["text"]["en"] for row in imported.rows] == ["A", "B", "C"]
    assert options(dict(imported.rows[1])) == {"b": True, "c": False}
    assert not imported.problems
    assert imported.notes[0][0] == 14


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_encodings(ends: str, encoding: str) -> None:
    """Whatever program wrote the file, its letters and lines are read."""
    source = "// début\n\nÉtait-ce l’été ?{\n=oui, à Noël\n~non\n}\n\nBœuf ?{T}\n".replace(
        "\n", ends
    )
    imported = read(source.encode(encoding))
    assert [row["text"]["en"] for row in imported.rows] == ["Était-ce l’été ?", "Bœuf ?"]


@pytest.mark.parametrize(("encoding", "ends"), [("cp1252", "\r\n"), ("mac_roman", "\r")])
def test_old_encodings(encoding: str, ends: str) -> None:
    """Files from before Unicode are read by the signs of their time."""
    source = "Était-ce l’été ?{T}\n\nÀ suivre{F}".replace("\n", ends)
    imported = read(source.encode(encoding))
    assert [row["text"]["en"] for row in imported.rows] == ["Était-ce l’été ?", "À suivre"]


def test_blank_lines_within() -> None:
    """Blank lines between the answers, or before the braces, do not break a question."""
    imported = read("A\n\n{\n\n=a\n\n~b\n\n}\n\nB{T}")
    assert [row["text"]["en"] for row in imported.rows] == ["A", "B"]


def test_missing_blank_lines() -> None:
    """Questions that follow each other without a blank line are told apart."""
    imported = read("::1::A{T}\n::2::B{F}\nC {=c ~d}\nD is {#4}.\nE{T}")
    assert [row["text"]["en"] for row in imported.rows] == ["A", "B", "C", "D is _____.", "E"]


def test_braces_in_formulas() -> None:
    """Braces of a formula are not taken for the answers, and the formula is pointed out."""
    imported = read(r"Half of $\frac{1}{2}$?{=one quarter ~$\sqrt{2}$}")
    assert options(dict(imported.rows[0])) == {"one quarter": True, r"$\sqrt{2}$": False}
    assert len(imported.notes) == 1


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("Fine{T}\n\nEssay {}", 3, "essay"),
        ("Essay\n{####only feedback}", 1, "essay"),
        ("Just a text", 1, "no answers"),
        ("\n\nOpen {=a ~b\n\nNext{T}", 3, "never closed"),
        ("::A::Open {=a\n::B::Next{T}", 1, "never closed"),
        ("Shut } here", 1, "closes nothing"),
        ("A{=a ~b} c } d", 1, "closes nothing"),
        ("Two {=a} and {=b} here", 1, "several"),
        ("Survey{~a ~b}", 1, "right"),
        ("Alone{~%100%a}", 1, "at least two"),
        ("Empty{=a ~}", 1, "empty"),
        ("Pair{=a->b =c}", 1, "->"),
        ("Pair{=a->b}", 1, "two pairs"),
        ("Pair{=a-> =b->c}", 1, "empty"),
        ("Number{#}", 1, "number"),
        ("Number{#many}", 1, "not a number"),
        ("Number{#=%50%1}", 1, "right"),
        ("{=a ~b}", 1, "no words"),
        ('[html]<img src="a.png">{=a ~b}', 1, "no words"),
        ("Cloze {1:MC:=a~b}", 1, "Cloze"),
        ("Q{=" + "x" * 201 + "}", 1, "201"),
        ("Q{=a" + "~b" * 20 + "}", 1, "21"),
    ],
)
def test_what_cannot_be_read(source: str, line: int, words: str) -> None:
    """A question that cannot be asked is told with its line and the reason, and its neighbours are read."""
    imported = read(source)
    assert [problem[0] for problem in imported.problems] == [line]
    assert words in imported.problems[0][1]
    assert len(imported.rows) == (1 if "{T}" in source else 0)


def test_notes() -> None:
    """A question that loses something on the way says so."""
    imported = read('A{=a ~<img src="b.png"/>b}\n\nB{=a ~%50%b ~c}')
    assert [line for line, _ in imported.notes] == [1, 3]


def test_long_explanations() -> None:
    """An explanation longer than the form accepts is cut and noted; the question is kept."""
    imported = read("Q{T####" + "x" * 6000 + "}")
    assert len(imported.rows[0]["explanation"]["en"]) == 5000
    assert [line for line, _ in imported.notes] == [1]


def test_too_many_questions() -> None:
    """A file larger than a quiz is read to the limit, and each question beyond it is named."""
    imported = read("\n\n".join(f"Q{n}{{T}}" for n in range(1003)))
    assert (len(imported.rows), [line for line, _ in imported.problems]) == (
        1000,
        [2001, 2003, 2005],
    )


PLAIN = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="<>&[]%_*-$/"),
    min_size=1,
    max_size=12,
)
WORDS = st.lists(PLAIN, min_size=1, max_size=4).map(lambda words: "Q " + " ".join(words))


def escape(text: str) -> str:
    """Write a text as GIFT does."""
    for sign in "\\~=#{}:":
        text = text.replace(sign, "\\" + sign)
    return text


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, str, str, Any]:
    """A question: its GIFT, its kind, its text and what is right."""
    text = draw(WORDS)
    title = draw(st.sampled_from(["", "::" + escape(draw(WORDS)) + "::"]))
    kind = draw(
        st.sampled_from(["choose_one", "choose_many", "true_false", "typed", "number", "match"])
    )
    gap = draw(st.sampled_from([" ", "\n", "\n\t", "\n\n"]))
    if kind == "true_false":
        truth = draw(st.booleans())
        return f"{title}{escape(text)}{{{'T' if truth else 'FALSE'}}}", kind, text, truth
    if kind == "number":
        number = draw(st.integers(-10_000, 10_000))
        return f"{title}{escape(text)}{{#{number}:1}}", kind, text, [f"{number}:1"]
    words = draw(st.lists(WORDS, min_size=2, max_size=6, unique=True))
    if kind == "typed":
        body = gap.join(f"={escape(word)}" for word in words)
        return f"{title}{escape(text)}{{{body}}}", kind, text, words
    if kind == "match":
        body = gap.join(f"={escape(word)} -> {n}" for n, word in enumerate(words))
        return f"{title}{escape(text)}{{{body}}}", kind, text, words
    right = draw(
        st.sets(st.sampled_from(words), min_size=1, max_size=1 if kind == "choose_one" else 6)
    )
    sign = {"choose_one": "=", "choose_many": f"~%{100 / len(right):.3f}%"}[kind]
    body = gap.join((sign if word in right else "~") + escape(word) for word in words)
    return f"{title}{escape(text)}{{{gap}{body}}}", kind, text, {w: w in right for w in words}


def meant(row: Any) -> Any:
    """What is right in a row."""
    if row["kind"] == "true_false":
        return row["truth"]
    if row["kind"] == "match":
        return [pair["left"]["en"] for pair in row["pairs"]]
    if row["kind"] in ("typed", "number"):
        return [answer["text"] for answer in row["answers"]]
    return options(row)


@settings(deadline=None)
@given(
    st.lists(questions(), min_size=1, max_size=5),
    st.sampled_from(["\n\n", "\r\n\r\n", "\n// x\n\n"]),
)
def test_round_trip(written: list[tuple[str, str, str, Any]], between: str) -> None:
    """What a writer of GIFT writes is what is read, question by question."""
    imported = read(between.join(source for source, *_ in written))
    assert list(imported.problems) == []
    assert [(r["kind"], r["text"]["en"], meant(r)) for r in imported.rows] == [
        q[1:] for q in written
    ]


GIFT_LIKE = st.lists(
    st.sampled_from(
        [
            "{",
            "}",
            "=",
            "~",
            "#",
            "####",
            "%50%",
            "%-",
            "->",
            "::",
            "\\",
            "\n",
            "\n\n",
            "//",
            "/*",
            "*/",
            "T",
            "[html]",
            "<b>",
            "<img src=x",
            "$CATEGORY: a",
            "..",
            ":",
            "1",
            "é",
            "word ",
            "1:MC:",
            "**",
            "_",
            "\t",
        ]
    ),
    max_size=60,
).map("".join)


@settings(deadline=None)
@given(st.one_of(GIFT_LIKE, st.text(max_size=200)))
@example("{" * 3000)
@example("a{=" + "->" * 2000 + "}")
@example("{\n\n" + "a\n\n" * 3000)
@example("[markdown]" + "*a" * 5000 + "{T}")
@example("[html]" + "<a " * 5000 + "{T}")
def test_any_text(source: str) -> None:
    """No text breaks the reader, and a text with words in it is never swallowed without a word."""
    imported = read(source, "x.gift")
    assert imported.rows or imported.problems


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.gift", "a.txt", "a.csv", ""]))
@example(b"PK\x03\x04....", "questions.csv")
@example(b"%PDF-1.7", "questions.gift")
@example(b"<?xml version='1.0'?><quiz/>", "questions.xml")
@example(b"", "questions.gift")
@example(b"\xff\xfe", "questions.gift")
def test_any_bytes(data: bytes, name: str) -> None:
    """No file breaks the reader, and every file is answered."""
    imported = read(data, name)
    assert imported.rows or imported.problems
    assert all(line >= 1 and sentence for line, sentence in [*imported.problems, *imported.notes])
