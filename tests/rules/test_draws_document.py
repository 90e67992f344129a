"""The published specification quotes the constants, vectors and lists that the code uses."""

import json

from masterapp.draws.protocol.vacancy import Reason
from masterapp.exact.drand import DST, QUICKNET
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
