"""Forms drawn from schemas: what is drawn and posted again is what it was, and every error sits at its field."""

from __future__ import annotations

import json
import string
from html.parser import HTMLParser
from typing import Any

import marshmallow as ma
import pytest
from flask import Flask, render_template_string
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from masterapp import texts
from masterapp.sdk import fields
from masterapp.web import forms, ui


class Answer(ma.Schema):
    """A row inside a row."""

    text = fields.text("Answer", longest=50)
    right = fields.switch("Right")


class Question(ma.Schema):
    """A row with everything."""

    kind = fields.choice("Kind", [("one", "One"), ("many", "Many")])
    text = fields.text("Question", longest=200, lines=3, required=True)
    answers = fields.only_when(fields.rows("Answers", Answer, most=20), kind=["many"])
    points = fields.whole("Points", most=1000, default=10)


class Everything(ma.Schema):
    """Every widget there is."""

    title = fields.text("Title", longest=60, required=True)
    code = fields.word("Code", longest=20)
    look = fields.choice(
        "Look", [("a", "A"), ("b", "B"), ("c", "C"), ("d", "D"), ("e", "E")], group="look"
    )
    limit = fields.whole("Limit", least=-5, most=100)
    loud = fields.switch("Loud", default=True)
    picture = fields.image("Picture")
    offer = fields.offer("Offer", required=False)
    site = fields.link("Site")
    questions = fields.rows("Questions", Question, most=200, importable="questions")


class Kit:
    """What the macros choose from."""

    locales = ("fr", "en")
    new_offer = "/offers"
    offers_source = "/offers.json"

    def __init__(self, offers: list[tuple[str, str]]) -> None:
        self.offers = offers
        self.pictures: dict[str, str] = {}


@pytest.fixture(scope="session")
def drawing() -> Flask:
    """An application that knows nothing but the templates."""
    from masterapp import web
    from masterapp.settings import Settings

    app = Flask("masterapp.web.admin", template_folder="templates", static_folder=None)
    app.config.update(
        SECRET_KEY="x" * 32,
        SETTINGS=Settings.from_environ(
            {}, database_url="postgresql://nowhere", secret_key="x" * 32
        ),
    )
    texts.init_app(app)
    web.init_app(app)
    assert ui.language
    return app


class Controls(HTMLParser):
    """Collects what a browser would post: successful controls in order, templates left out."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.depth = 0
        self.area: tuple[str, list[str]] | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a control."""
        given = {name: value or "" for name, value in attrs}
        if tag == "template":
            self.depth += 1
        if self.depth or "disabled" in given:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                return
            self.pairs.append((name, given.get("value", "on")))
        elif tag == "textarea":
            self.area = (name, [])
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.pairs.append((self.select, given["value"]))

    def handle_endtag(self, tag: str) -> None:
        """Leave a template, finish a text area."""
        if tag == "template":
            self.depth -= 1
        elif tag == "textarea" and self.area:
            text = "".join(self.area[1])
            # The parser of a browser drops the first line break, and sends the others as two characters.
            self.pairs.append((self.area[0], text.removeprefix("\n").replace("\n", "\r\n")))
            self.area = None

    def handle_data(self, data: str) -> None:
        """Collect the text of a text area."""
        if self.area and not self.depth:
            self.area[1].append(data)


def draw(app: Flask, value: Any, errors: Any = None) -> str:
    """Draw the form of a value as HTML."""
    nodes = forms.build(Everything(), value, errors)
    offers = [("7f9c24e8-3b12-4fef-91e0-37d2f3c0a111", "Offer")]
    with app.test_request_context():
        return render_template_string(
            '{% from "admin/form.html" import form_field %}'
            "{% for node in nodes %}{{ form_field(node, kit) }}{% endfor %}",
            nodes=nodes,
            kit=Kit(offers),
        )


def posted(html: str) -> MultiDict[str, str]:
    """Return what a browser would post of this HTML."""
    controls = Controls()
    controls.feed(html)
    return MultiDict(controls.pairs)


LETTERS = st.text(
    st.sampled_from(string.ascii_letters + string.digits + " éœ’<>&\"'%{}[]=+-#\n.,;"), max_size=40
)
WORDS = LETTERS.map(lambda text: " ".join(text.split()))


def localised(longest: int) -> st.SearchStrategy[dict[str, str]]:
    """A text in none, one or both languages, as it is once stored."""
    text = LETTERS.map(lambda text: text.strip()[:longest].strip()).filter(bool)
    return st.fixed_dictionaries({}, optional={"fr": text, "en": text})


ANSWERS = st.fixed_dictionaries({"text": localised(50), "right": st.booleans()})
QUESTIONS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["one", "many"]),
        "text": localised(200).filter(bool),
        "answers": st.lists(ANSWERS, max_size=3),
        "points": st.integers(0, 1000),
    }
)
ANYTHING = st.fixed_dictionaries(
    {
        "title": localised(60).filter(bool),
        "code": WORDS.map(lambda text: text[:20].strip()),
        "look": st.sampled_from("abcde"),
        "limit": st.integers(-5, 100),
        "loud": st.booleans(),
        "picture": st.none() | st.uuids().map(str),
        "offer": st.sampled_from([None, "7f9c24e8-3b12-4fef-91e0-37d2f3c0a111"]),
        "site": st.sampled_from(["", "https://example.com/a?b=c&d=é"]),
        "questions": st.lists(QUESTIONS, max_size=4),
    }
)


def one_line(value: Any, path: str = "") -> Any:
    """Return a value as one-line controls keep it: only text areas hold line breaks."""
    if isinstance(value, dict):
        return {name: one_line(inner, f"{path}.{name}") for name, inner in value.items()}
    if isinstance(value, list):
        return [one_line(inner, path) for inner in value]
    keeps_lines = path.endswith((".questions.text.fr", ".questions.text.en"))
    return " ".join(value.split("\n")) if isinstance(value, str) and not keeps_lines else value


@settings(max_examples=60, deadline=None)
@given(value=ANYTHING)
def test_what_is_drawn_and_posted_again_is_what_it_was(drawing: Flask, value: Any) -> None:
    """Any configuration that the schema accepts survives its form, whatever its texts hold."""
    value = one_line(value)
    stored = Everything().load(value)
    again = Everything().load(forms.parse(Everything(), posted(draw(drawing, stored))))
    assert again == stored


def test_long_lists_are_closed_and_come_back_whole(drawing: Flask) -> None:
    """A list of complex rows is drawn closed, one hidden value a row, and nothing of it is lost."""
    rows = [
        {"kind": "one", "text": {"fr": f"Question {n}"}, "answers": [], "points": n}
        for n in range(30)
    ]
    stored = Everything().load({"title": {"fr": "T"}, "questions": rows})
    form = posted(draw(drawing, stored))
    assert json.loads(form["questions.29"])["text"] == {"fr": "Question 29"}
    assert Everything().load(forms.parse(Everything(), form)) == stored


def test_rows_follow_the_order_of_the_page() -> None:
    """The order of the keys in the form is the order of the rows, whatever their names."""
    form = MultiDict(
        [
            ("title.fr", "T"),
            ("questions", "7"),
            ("questions", "2"),
            ("questions.2.text.fr", "second"),
            ("questions.7.text.fr", "first"),
        ]
    )
    parsed = forms.parse(Everything(), form)
    assert [row["text"]["fr"] for row in parsed["questions"]] == ["first", "second"]


def test_wrong_input_is_kept_and_explained_at_its_field(drawing: Flask) -> None:
    """A number that is none stays as typed, beside an error that names its field."""
    form = MultiDict([("title.fr", "T"), ("limit", "many"), ("site", "javascript:alert(1)")])
    raw = forms.parse(Everything(), form)
    with pytest.raises(ma.ValidationError) as caught:
        Everything().load(raw)
    assert set(caught.value.messages) == {"limit", "site"}
    html = draw(drawing, raw, {"limit": ["A number, please."], "title.en.value": ["Shorter."]})
    assert 'value="many"' in html
    assert "A number, please." in html
    assert "Shorter." in html


@pytest.mark.parametrize(
    ("typed", "meant"), [("1 000", 1000), ("12 500", 12500), (" 7 ", 7), ("-3", -3)]
)
def test_whole_numbers_however_they_are_spaced(typed: str, meant: int) -> None:
    """Spaces that people put into numbers do not matter."""
    assert forms.parse(Everything(), MultiDict([("limit", typed)]))["limit"] == meant


@pytest.mark.parametrize("packed", ["", "nonsense", "[1]", "null", '"text"', "{"])
def test_a_spoilt_row_is_an_empty_one(packed: str) -> None:
    """A closed row that somebody spoilt becomes an empty row, which the schema then explains."""
    form = MultiDict([("questions", "0"), ("questions.0", packed)])
    assert forms.parse(Everything(), form)["questions"] == [{}]


def test_html_in_texts_is_only_text(drawing: Flask) -> None:
    """A text that holds markup is shown as written."""
    html = draw(drawing, {"title": {"fr": '"><script>alert(1)</script>'}})
    assert "<script>alert" not in html


def test_the_caption_of_a_closed_row_is_its_first_text() -> None:
    """A closed row is known by its words, not by its kind."""
    assert (
        forms.caption({"kind": "one", "text": {"en": "Who  won\nin 1998?"}}) == "Who won in 1998?"
    )
