"""The published specification quotes the constants, vectors and lists that the code uses."""

import ast
import json
import re
from uuid import UUID

from masterapp.draws.protocol.receipt import Receipt
from masterapp.draws.protocol.vacancy import Reason
from masterapp.exact.drand import DST, QUICKNET
from masterapp.fairness import policy
from masterapp.prizes.traffic import DEFAULT_PROFILE
from tests.draws_kit import ROOT, VECTORS

DOCUMENT = (ROOT / "docs" / "fairness.md").read_text("utf-8")
ON_ONE_LINE = DOCUMENT.replace("\n", "")


def test_the_document_pins_the_same_beacon() -> None:
    """Chain, key, scheme, genesis and tag are those that the code verifies with."""
    for constant in (QUICKNET.hash, QUICKNET.public_key, QUICKNET.scheme, DST.decode()):
        assert constant in ON_ONE_LINE
    assert f"genesis {QUICKNET.genesis}" in DOCUMENT


def test_the_document_quotes_the_vectors() -> None:
    """Roots, fingerprints and seeds of the published cases are written out in full."""
    for case in json.loads((VECTORS / "mvd1-draws.json").read_text())["cases"]:
        for key in ("root", "commit_hash", "seed"):
            assert f"| {case['name']} | {key} | `{case['expect'][key]}` |" in DOCUMENT


def test_the_document_lists_every_reason() -> None:
    """The closed list of vacancies is closed in public."""
    for reason in Reason:
        assert f"`{reason.value}`" in DOCUMENT


def test_the_document_spells_the_profile_of_its_vector() -> None:
    """Days and hours multiply to the default profile."""
    words = DOCUMENT.split("the factor ")[1].split("; offset")[0]
    days, hours = (
        [int(word) for word in part.split() if word.isdigit()] for part in words.split("times")
    )
    assert tuple(day * hour for day in days for hour in hours) == DEFAULT_PROFILE


def test_every_tag_of_the_protocol_is_in_the_document() -> None:
    """No hash is computed with a prefix that the specification does not name."""
    sources = [
        *(ROOT / "masterapp" / "draws" / "protocol").glob("*.py"),
        *(ROOT / "masterapp" / "exact").glob("*.py"),
        ROOT / "masterapp" / "prizes" / "sealing.py",
    ]
    tags = {
        word.split('"')[0]
        for path in sources
        for word in path.read_text("utf-8").split('b"')[1:]
        if word.startswith(("MVD1/", "IWS1/"))
    }
    assert len(tags) >= 12
    for tag in tags:
        assert f'"{tag}"' in DOCUMENT, tag


def logged_types() -> set[str]:
    """The types of all records that the code puts on a brand's log."""
    found = set()
    for path in (ROOT / "masterapp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] not in (
                "put_on_record",
                "append",
            ):
                continue
            if ast.unparse(node.func) in ("log.append", "service.put_on_record", "put_on_record"):
                kind = node.args[1] if len(node.args) > 2 else None
                if isinstance(kind, ast.Constant):
                    found.add(str(kind.value))
    return found


def test_the_document_lists_what_is_logged() -> None:
    """Every type of record that the code writes has its line in the specification."""
    types = logged_types()
    assert {"draw_announced", "draw_committed", "draw_result"} <= types
    assert {kind for kind in types if f"`{kind}`" not in DOCUMENT} == set()


def test_the_document_describes_the_policy_and_receipts() -> None:
    """Fields that strangers read are the fields that the document names."""
    told = policy.document("https://x.example", {"club": bytes(32)}, QUICKNET)
    receipt = Receipt(UUID(int=1), 1, bytes(32), bytes(32), 1, 0, 1796122800, bytes(32)).document()
    for name in (*told, *told["beacon"], *receipt, told["v"], receipt["v"]):
        assert f"`{name}`" in DOCUMENT or f'`"{name}"`' in DOCUMENT, name


def test_the_document_numbers_its_sections() -> None:
    """References such as «section 9» lead somewhere, and the headings count without a gap."""
    numbers = [int(found) for found in re.findall(r"^## (\d+)\. ", DOCUMENT, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    named = {int(found) for found in re.findall(r"section (\d+)", DOCUMENT)}
    assert named <= set(numbers)
