"""Checking the engine byte for byte against a file of vectors shaped like mvd1-draws.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from masterapp.draws.protocol.builder import BLOCK_LEAVES, build
from masterapp.draws.protocol.certificate import step_document
from masterapp.draws.protocol.commitment import (
    commit_hash,
    max_per_group_of,
    prizes_of,
)
from masterapp.draws.protocol.drawing import draw
from masterapp.draws.protocol.entries import Record, blocks_of, entry_tag, group_of
from masterapp.draws.protocol.entropy import seed_of
from masterapp.draws.protocol.tree import Node, leaf, levels, path_of
from masterapp.exact import canonical
from masterapp.exact.canonical import decimal, unhex
from masterapp.exact.faults import ProtocolError

Case = Mapping[str, Any]


@dataclass
class CaseReport:
    """What was found of one case: how many values agreed, and where they did not."""

    name: str
    agreed: int = 0
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """The findings over a whole file; an empty file proves nothing and does not pass."""

    cases: tuple[CaseReport, ...]

    @property
    def passed(self) -> bool:
        """Whether every expected value of every case was reached."""
        return bool(self.cases) and not any(case.differences for case in self.cases)


def check(path: Path) -> Report:
    """Run every case of a file through the engine and compare all that is expected."""
    document = canonical.decode(path.read_bytes())
    if not isinstance(document, dict) or not isinstance(document.get("cases"), list):
        raise ProtocolError("vectors", "the file has no list of cases")
    return Report(tuple(check_case(case) for case in document["cases"]))


def check_case(case: Case) -> CaseReport:
    """Run one case; a refusal or a missing field is a difference, never an exception."""
    report = CaseReport(str(case.get("name", "?")) if isinstance(case, Mapping) else "?")
    try:
        expected = dict(case["expect"])
        found = compute(case)
    except (ProtocolError, KeyError, TypeError, ValueError, AttributeError) as fault:
        report.differences.append(f"the case cannot be run: {type(fault).__name__}: {fault}")
        return report
    _compare(report, "commitment.entries", case["commitment"]["entries"], found["entries"])
    for key, value in expected.items():
        _compare(report, key, value, found.get(key))
    return report


def compute(case: Case) -> dict[str, Any]:
    """Every value that a case can expect, computed from its inputs alone."""
    draw_id, group_key = UUID(case["draw_id"]), bytes.fromhex(case["group_key"])
    members: dict[bytes, str] = {}
    packed = []
    for entry in case["entries"]:
        tag = entry_tag(draw_id, unhex(entry["salt"], 32), entry["identity"])
        group = group_of(group_key, entry["unit"])
        packed.append(Record(tag, group, decimal(entry["weight"]), entry["class"]).pack())
        members[tag] = entry["identity"].get("member", "")
    packed.sort()
    tree = build(draw_id, len(packed), blocks_of(packed, BLOCK_LEAVES))
    prior = {group_of(group_key, unit) for unit in case.get("prior_winner_units", ())}
    fingerprint = commit_hash(case["commitment"])
    # Vectors need not have a beacon's promise or a time, hence no `read_commitment` here.
    prizes, most = prizes_of(case["commitment"]), max_per_group_of(case["commitment"])
    seed = seed_of(fingerprint, case["entropy"])
    drawing = draw(seed, prizes, most, tree.starts, packed.__getitem__, prior)
    rows: list[list[Node]] = levels([leaf(record) for record in packed])
    steps = [
        step_document(step, path_of(rows, step.leaf)) | {"member": members[step.record[:32]]}
        for step in drawing.steps
    ]
    return {
        "entries": {
            "n": tree.count,
            "W": str(tree.total),
            "root": tree.root.hex(),
            "classes": tree.classes,
            "file_sha256": tree.file_sha256,
        },
        "root": tree.root.hex(),
        "commit_hash": fingerprint.hex(),
        "seed": seed.hex(),
        "unfilled": [list(slot) for slot in drawing.unfilled],
        "draws": steps,
    }


def _compare(report: CaseReport, where: str, expected: object, found: object) -> None:
    """Compare two JSON values leaf by leaf; what is expected may leave fields out of objects."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key, value in expected.items():
            _compare(report, f"{where}.{key}", value, found.get(key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, value in enumerate(expected):
            _compare(report, f"{where}[{place}]", value, found[place])
    elif type(expected) is type(found) and expected == found:
        report.agreed += 1
    else:
        report.differences.append(f"{where}: expected {expected!r:.200}, found {found!r:.200}")
