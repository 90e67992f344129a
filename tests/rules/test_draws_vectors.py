"""The engine, verify_draw.py and verify.html all reach the published vectors, byte for byte."""

import copy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from masterapp.cli.draws import command
from masterapp.draws.protocol.commitment import commit_hash, human_code
from masterapp.draws.protocol.vectors import check, check_case, compute
from masterapp.exact.drand import QUICKNET, message_of, randomness_of
from masterapp.exact.faults import ProtocolError
from tests.draws_kit import ROUNDS, VECTORS, load_verifier

FILE = VECTORS / "mvd1-draws.json"
CASES = json.loads(FILE.read_text())["cases"]


def test_the_engine_reproduces_every_published_case() -> None:
    """Roots, fingerprints, seeds, numbers, proofs and places are those of the specification."""
    report = check(FILE)
    assert report.passed
    assert [case.name for case in report.cases] == ["T1-single", "T2-weights", "T3-household"]
    assert sum(case.agreed for case in report.cases) > 130


@pytest.mark.parametrize("key", ["root", "commit_hash", "seed", "unfilled", "draws"])
def test_any_altered_expectation_is_reported(key: str) -> None:
    """A vector that expects something else never passes silently."""
    case = copy.deepcopy(CASES[1])
    case["expect"][key] = [] if key in ("unfilled", "draws") else "00" * 32
    assert check_case(case).differences


def test_an_expectation_the_engine_does_not_know_is_reported() -> None:
    """A value nobody computes is a difference, not an omission."""
    case = copy.deepcopy(CASES[0])
    case["expect"]["weather"] = "fine"
    assert check_case(case).differences == ["weather: expected 'fine', found None"]


@pytest.mark.parametrize("broken", [{}, {"expect": {}}, [], None, {"expect": {}, "draw_id": 3}])
def test_a_case_that_cannot_be_run_is_a_difference(broken: object) -> None:
    """A malformed case is told, never thrown."""
    assert check_case(broken).differences  # type: ignore[arg-type]


def test_earlier_winners_of_a_case_are_passed_over() -> None:
    """Units listed as prior winners are drawn, skipped, and leave their place to the next."""
    case = copy.deepcopy(CASES[1])
    case["prior_winner_units"] = ["david"]
    statuses = [step["status"] for step in compute(case)["draws"]]
    assert statuses[:2] == [["skip", "prior_winner"], ["P1", "winner", 1]]


def test_the_command_says_which_cases_agree(tmp_path: Path) -> None:
    """`flask draws vectors FILE` exits 0 on the published file and 1 on an altered one."""
    runner = CliRunner()
    good = runner.invoke(command, ["vectors", str(FILE)])
    assert good.exit_code == 0, good.output
    assert "3 cases reproduced byte for byte" in good.output
    altered = tmp_path / "altered.json"
    altered.write_text(FILE.read_text().replace('"23fdd3c8', '"23fdd3c9'))
    bad = runner.invoke(command, ["vectors", str(altered)])
    assert bad.exit_code == 1
    assert "seed: expected" in bad.output
    altered.write_text("[1.5]")
    assert runner.invoke(command, ["vectors", str(altered)]).exit_code == 1


def test_an_empty_file_proves_nothing(tmp_path: Path) -> None:
    """No case at all is not a success."""
    empty = tmp_path / "empty.json"
    empty.write_text('{"cases":[]}')
    assert not check(empty).passed
    empty.write_text("{}")
    with pytest.raises(ProtocolError):
        check(empty)


def test_the_round_of_a_moment_is_the_published_one() -> None:
    """Noon UTC of 1 December 2026 falls on round 34441012, and rounds never go back in time."""
    assert QUICKNET.first_round_at(1796126400) == 34441012
    assert QUICKNET.time_of(34441012) == 1796126400
    assert QUICKNET.first_round_at(1796126401) == 34441013
    assert QUICKNET.first_round_at(0) == 1


def test_the_published_rounds_have_the_published_values() -> None:
    """The value of a round is the hash of its signature."""
    for known in ROUNDS:
        assert randomness_of(bytes.fromhex(known["signature"])).hex() == known["randomness"]
    assert len(message_of(1)) == 32


def test_the_code_for_people_is_the_beginning_of_the_fingerprint() -> None:
    """Twenty Crockford characters, most significant bits first, in groups of four."""
    assert human_code(commit_hash(CASES[0]["commitment"])) == "F5MK-5MS8-0PF3-8RAG-6CHK"
    assert human_code(bytes(32)) == "0000-0000-0000-0000-0000"
    assert human_code(b"\xff" * 32) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert load_verifier().human_code(bytes(range(32))) == human_code(bytes(range(32)))
