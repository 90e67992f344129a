"""A value that only looks right is wrong: true is not 1, "1" is not 1, null is not an absent field."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from masterapp.draws.protocol.commitment import commit_hash, human_code
from masterapp.draws.protocol.drawing import Slot
from masterapp.draws.protocol.entries import Record
from masterapp.draws.protocol.entropy import check_revealed, seed_of
from masterapp.draws.protocol.vacancy import Reason, Vacancy
from masterapp.exact.faults import ProtocolError
from masterapp.exact.log import log_record, verify_log
from masterapp.exact.times import moment
from tests.draws_kit import (
    Entrant,
    MadeDraw,
    PageScript,
    faults,
    findings,
    load_verifier,
    people,
    places_in,
)

PRIZES = [{"id": "P1", "qty": 1, "alternates": 1}, {"id": "skip", "qty": 2}]
DICE = {"type": "dice", "spec": "40d10", "rolls": "0123456789" * 4}
# Without the beacon a check takes a moment only, so that every place can be tried.
TERMS: dict[str, Any] = {"entropy": [{"type": "dice", "spec": "40d10"}], "audit": {"sample": 1}}


def lookalikes(value: Any) -> Iterator[Any]:
    """Values that some language takes for this one."""
    if isinstance(value, int):
        yield from (str(value), value + 0.0, [value])
        if value in (0, 1):
            yield bool(value)
    elif isinstance(value, str) and value.isdecimal() and int(value) < 2**53:
        yield from (int(value), "0" + value, " " + value)
    yield from ([value], None, not value)


def certificate() -> dict[str, Any]:
    """A small certificate with something in every field, and a prize that has an awkward name."""
    made = MadeDraw(people(4, weight=2), PRIZES, TERMS, revealed=(DICE,))
    vacancy = Vacancy(
        Slot("P1", "winner", 1), Reason.DECLINED, "ab" * 32, ("a", "b"), "2026-12-20T10:00:00Z"
    )
    return made.certificate(vacancies=[vacancy])


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> str:
    """The document as text with one value exchanged."""
    changed = copy.deepcopy(document)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(changed)


def test_no_value_of_a_certificate_has_a_lookalike(page_script: PageScript) -> None:
    """Exchanging any one value for one that looks like it makes both verifiers refuse alike."""
    document = certificate()
    assert faults(findings(json.dumps(document))) == []
    tried = 0
    for path in places_in(document):
        value = document
        for step in path:
            value = value[step]
        if isinstance(value, dict | list):
            continue
        for other in lookalikes(value):
            text = replaced(document, path, other)
            ours, theirs = faults(findings(text)), faults(page_script(text))
            assert ours, (path, other)
            assert bool(ours) == bool(theirs), (path, other, ours, theirs)
            tried += 1
    assert tried > 300


def sealed(commitment: dict[str, Any]) -> dict[str, Any]:
    """A certificate of a list without tickets: nothing in it but its seed depends on the commitment."""
    fingerprint = commit_hash(commitment)
    made = MadeDraw([Entrant("left", 0, kind=1)], PRIZES, TERMS, revealed=(DICE,)).certificate()
    return made | {
        "commitment": commitment,
        "commit_hash": fingerprint.hex(),
        "code": human_code(fingerprint),
        "seed": seed_of(fingerprint, [DICE]).hex(),
    }


@pytest.mark.parametrize(
    "path",
    [
        ("entries", "n"),
        ("entries", "W"),
        ("entries", "root"),
        ("entries", "file_sha256"),
        ("entries", "classes", "1"),
        ("prizes", 0, "qty"),
        ("prizes", 0, "alternates"),
        ("prizes", 0, "id"),
        ("max_per_group",),
        ("audit", "sample"),
        ("draw_id",),
        ("exclude_winners_of",),
    ],
)
def test_no_term_of_a_commitment_has_a_lookalike(
    page_script: PageScript, path: tuple[Any, ...]
) -> None:
    """Even an operator who seals such a value with a right fingerprint is refused, by both."""
    made = MadeDraw(
        [Entrant("left", 0, kind=1)],
        PRIZES,
        TERMS | {"exclude_winners_of": []},
        revealed=(DICE,),
    )
    entries = made.entries_file()
    good = json.dumps(sealed(made.commitment))
    assert faults(findings(good, entries)) == faults(page_script(good, entries)) == []
    value: Any = made.commitment
    for step in path:
        value = value[step]
    for other in lookalikes(value):
        if isinstance(other, float):
            continue  # no canonical form, so no fingerprint
        text = json.dumps(sealed(json.loads(replaced(made.commitment, path, other))))
        ours, theirs = faults(findings(text, entries)), faults(page_script(text, entries))
        assert ours, other
        assert ours == theirs, (other, ours, theirs)


def test_a_ticket_names_people_in_words(page_script: PageScript) -> None:
    """An identity holds texts only, and a draw id is written in one way."""
    ticket = MadeDraw(people(3), PRIZES, TERMS, revealed=(DICE,)).ticket("fan1")
    assert faults(page_script(json.dumps(ticket))) == []
    for path, other in (
        (("identity", "member"), 7),
        (("identity", "member"), True),
        (("commitment", "draw_id"), [ticket["commitment"]["draw_id"]]),
        (("commitment", "draw_id"), ticket["commitment"]["draw_id"].replace("-", "")),
    ):
        text = replaced(ticket, path, other)
        assert faults(page_script(text)) == ["shape"], other
        verifier = load_verifier()
        with pytest.raises(verifier.Wrong):
            verifier.check_ticket(verifier.parse(text), None, verifier.Report(), {})


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01T12:00:60Z",
        "2026-12-01T12:60:00Z",
        "2026-12-01T24:00:00Z",
        "0000-01-01T00:00:00Z",
    ],
)
def test_a_time_that_is_on_no_clock_is_refused_by_all(page_script: PageScript, text: str) -> None:
    """Leap seconds, hour 24 and year 0 are read differently in different languages, so nowhere."""
    document = certificate()
    document["vacancies"][0]["ts"] = text
    with pytest.raises(ProtocolError):
        moment(text)
    assert faults(findings(json.dumps(document))) == ["shape"]
    assert faults(page_script(json.dumps(document))) == ["shape"]


def test_the_engine_does_not_take_true_for_one() -> None:
    """Sources, log records and classes are compared as JSON, where true is no number."""
    promise = {"type": "local", "witness": 1}
    check_revealed([promise], [promise | {"value": "00" * 32}])
    for fact in ({"witness": True}, {"witness": "1"}, {"witness": None}):
        with pytest.raises(ProtocolError):
            check_revealed([promise], [promise | fact])
    with pytest.raises(ProtocolError):
        check_revealed([{"type": "local", "witness": None}], [{"type": "local"}])
    record = log_record(0, "2026-12-01T12:00:00Z", "x", "system", b"{}", bytes(32))
    verify_log([record])
    with pytest.raises(ProtocolError):
        verify_log([record | {"seq": False}])
    with pytest.raises(ProtocolError):
        Record(bytes(32), bytes(16), 0, True).pack()
