"""Draws made for tests: a few entrants, a real beacon round, and all that follows from them."""

import functools
import hashlib
import importlib.util
import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from masterapp.draws.protocol.builder import BLOCK_LEAVES, BuiltTree, build
from masterapp.draws.protocol.certificate import assemble, run, ticket_document
from masterapp.draws.protocol.drawing import Drawing
from masterapp.draws.protocol.entries import (
    Record,
    blocks_of,
    entry_tag,
    group_of,
    write_entries,
)
from masterapp.draws.protocol.tree import Node, leaf, levels, path_of
from masterapp.exact.drand import QUICKNET

ROOT = Path(__file__).parents[1]
VECTORS = ROOT / "tests" / "vectors"
_VERIFIER = ROOT / "static" / "verify" / "verify_draw.py"
ROUNDS = json.loads((VECTORS / "drand-quicknet.json").read_text())["rounds"]
ROUND, SIGNATURE = ROUNDS[1]["round"], ROUNDS[1]["signature"]
DRAW_ID = UUID("00000000-0000-4000-8000-000000000002")
GROUP_KEY = bytes(range(32))
Line = list[Any]
PageScript = Callable[..., list[Line]]
PROMISE: dict[str, Any] = {"type": "drand", "chain": QUICKNET.hash, "round": ROUND}


@dataclass(frozen=True)
class Entrant:
    """Somebody in a draw."""

    name: str
    weight: int = 1
    unit: str = ""
    kind: int = 0

    @property
    def salt(self) -> bytes:
        """A salt that follows from the name, so that tests repeat."""
        return hashlib.sha256(b"salt" + self.name.encode()).digest()

    @property
    def identity(self) -> dict[str, str]:
        """What the tag hides."""
        return {"member": self.name, "email": f"{self.name}@example.org"}

    def record(self, draw_id: UUID = DRAW_ID) -> Record:
        """The entrant's leaf."""
        group = group_of(GROUP_KEY, self.unit or self.name)
        return Record(entry_tag(draw_id, self.salt, self.identity), group, self.weight, self.kind)


@dataclass
class MadeDraw:
    """A draw from its entries to its certificate."""

    entrants: Sequence[Entrant]
    prizes: list[dict[str, Any]]
    more: dict[str, Any] = field(default_factory=dict)
    prior_groups: frozenset[bytes] = frozenset()
    revealed: tuple[dict[str, Any], ...] = (PROMISE | {"signature": SIGNATURE},)
    draw_id: UUID = DRAW_ID

    @functools.cached_property
    def records(self) -> list[bytes]:
        """The packed records in their order."""
        return sorted(one.record(self.draw_id).pack() for one in self.entrants)

    @functools.cached_property
    def tree(self) -> BuiltTree:
        """The tree as the fast builder makes it."""
        return build(self.draw_id, len(self.records), blocks_of(self.records, BLOCK_LEAVES))

    @functools.cached_property
    def rows(self) -> list[list[Node]]:
        """The same tree, level by level."""
        return levels([leaf(record) for record in self.records])

    @functools.cached_property
    def commitment(self) -> dict[str, Any]:
        """A commitment of the usual form, with the test's own fields on top."""
        return {
            "v": "MVD1",
            "draw_id": str(self.draw_id),
            "title": "Tirage d’été",
            "entries": {
                "n": self.tree.count,
                "W": str(self.tree.total),
                "root": self.tree.root.hex(),
                "file_sha256": self.tree.file_sha256,
                "classes": self.tree.classes,
            },
            "closed_at": "2023-09-15T08:00:00Z",
            "draw_at": "2023-09-15T11:00:03Z",
            "prizes": self.prizes,
            "max_per_group": 1,
            "entropy": [PROMISE],
            "audit": {"sample": 5},
        } | self.more

    @functools.cached_property
    def drawing(self) -> Drawing:
        """What the seed decided."""
        starts, records = self.tree.starts, self.records
        return run(self.commitment, self.revealed, starts, records.__getitem__, self.prior_groups)

    def path_at(self, index: int) -> list[Node]:
        """The proof of a leaf."""
        return path_of(self.rows, index)

    def certificate(self, **more: Any) -> dict[str, Any]:
        """The certificate, as anybody would read it from its file."""
        made = assemble(
            self.commitment, self.revealed, self.drawing, self.path_at, self.prior_groups, **more
        )
        document: dict[str, Any] = json.loads(json.dumps(made))
        return document

    def entries_file(self) -> bytes:
        """The content of entries.bin."""
        file = io.BytesIO()
        write_entries(file, self.draw_id, len(self.records), [b"".join(self.records)])
        return file.getvalue()

    def ticket(self, name: str) -> dict[str, Any]:
        """What one entrant is given to check his entry."""
        one = next(entrant for entrant in self.entrants if entrant.name == name)
        record = one.record(self.draw_id).pack()
        index = self.records.index(record)
        path = self.path_at(index)
        return ticket_document(self.commitment, index, record, path, one.salt, one.identity)


def people(count: int, weight: int = 1) -> list[Entrant]:
    """Entrants with names in order."""
    return [Entrant(f"fan{number}", weight) for number in range(count)]


@functools.cache
def load_verifier() -> ModuleType:
    """verify_draw.py as a module; a beacon round is checked once and its verdict remembered."""
    path = ROOT / "static" / "verify" / "verify_draw.py"
    spec = importlib.util.spec_from_file_location("verify_draw", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.beacon_is_right = functools.cache(module.beacon_is_right)  # type: ignore[attr-defined]
    return module


def findings(certificate: str, entries: bytes | None = None, **options: Any) -> list[list[Any]]:
    """What verify_draw.py finds in the text of a certificate: [mark, code, facts as text]."""
    verifier = load_verifier()
    report = verifier.Report()
    try:
        document = verifier.parse(certificate)
        verifier.must(type(document) is dict, "json")
        verifier.check_certificate(document, report, {"earlier": [], **options})
        if entries is None:
            report.open("open_list")
        else:
            verifier.check_entries(document, io.BytesIO(entries), report)
    except verifier.Wrong as wrong:
        report.bad(wrong.code, **wrong.facts)
    except verifier.CLUMSY:
        report.bad("shape")
    return told(report)


def told(report: Any) -> list[list[Any]]:
    """The lines of a report of verify_draw.py, with their facts as text."""
    return [
        [mark, code, {key: str(fact) for key, fact in facts.items()}]
        for mark, code, facts in report.lines
    ]


def faults(lines: Sequence[Sequence[Any]]) -> list[str]:
    """The codes of what was found wrong."""
    return [line[1] for line in lines if line[0] == "!!"]


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a JSON document."""
    if isinstance(value, dict):
        items = list(value.items())
    else:
        items = list(enumerate(value)) if isinstance(value, list) else []
    deeper = [place for key, item in items for place in places_in(item, (*path, key))]
    return [path, *deeper] if path else deeper


def run_verifier(*arguments: object) -> "subprocess.CompletedProcess[str]":
    """Run verify_draw.py as a stranger would: isolated, with nothing but Python."""
    words = [str(argument) for argument in arguments]
    return subprocess.run(
        [sys.executable, "-I", "-S", str(_VERIFIER), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
