"""What is written as JSON reads back as it was, the rare values included."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask

from masterapp import jsontext
from masterapp.validation import read_json

DEEP: list[object] = []
for _ in range(300):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "value",
    [{"é": "\u2019\x00"}, [1.5, 1e300, -0.0], 2**53 + 1, 10**30, {"a": [10**40, None, True]}, DEEP],
    ids=["text", "numbers", "exact", "long", "long inside", "deep"],
)
def test_what_is_written_reads_back(value: object) -> None:
    """Texts, whole numbers of any length and deep nesting come back as they were."""
    assert json.loads(jsontext.write(value)) == value


def test_moments_and_ids_are_texts() -> None:
    """A moment is written in ISO 8601 and an id as its text, beside a long number too."""
    values = {"at": datetime(2026, 5, 1, 12, tzinfo=UTC), "id": UUID(int=1)}
    texts = {"at": "2026-05-01T12:00:00+00:00", "id": str(UUID(int=1))}
    assert json.loads(jsontext.write(values)) == texts
    assert json.loads(jsontext.write({**values, "n": 10**30})) == {**texts, "n": 10**30}


def test_what_has_no_json_is_an_error() -> None:
    """A value that JSON cannot hold is refused instead of being written as something else."""
    with pytest.raises(TypeError):
        jsontext.write({"values": {1, 2}})


def test_answers_use_it(app: Flask) -> None:
    """An answer of the API is compact, and its moments are written in ISO 8601."""
    with app.app_context():
        answer = app.json.response({"at": datetime(2026, 5, 1, tzinfo=UTC)})
    assert answer.get_data() == b'{"at":"2026-05-01T00:00:00+00:00"}\n'
    assert answer.mimetype == "application/json"


@pytest.mark.parametrize(
    "text", [b"NaN", b'{"a": -Infinity}', b"\xef\xbb\xbf1", b'"\\ud800"', b"\xff"]
)
def test_reading_is_strict(text: bytes) -> None:
    """What Python reads but JSON in UTF-8 does not know is refused."""
    with pytest.raises(ValueError, match=r"."):
        read_json(text)
