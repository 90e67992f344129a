"""The class a game module writes: declarations that the core wires, and pure verbs that judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from marshmallow import Schema

from masterapp.sdk.context import Context
from masterapp.sdk.outcome import Outcome
from masterapp.texts import lazy_text as _l

JSON = Mapping[str, Any]


@dataclass(frozen=True)
class Starter:
    """A ready-made configuration shown in the gallery, complete enough to publish after a change of words."""

    slug: str
    title: Any
    summary: Any
    config: JSON


@dataclass(frozen=True)
class Totals:
    """What the core counted for a game, handed to ``summarise``.

    ``scores`` maps score → number of finished plays; ``counters`` are the shared counters; ``answers`` is the number of
    moves per value of the move's top-level ``tally`` key in the stored outcome, empty for most modules.
    """

    fans: int = 0
    plays: int = 0
    finished: int = 0
    scores: Mapping[int, int] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    grants: int = 0
    coupons: int = 0
    redemptions: int = 0
    points: int = 0


@dataclass(frozen=True)
class Metric:
    """One figure of a game's line on the dashboard: a translated label, a value and an optional unit such as ``%``."""

    label: Any
    value: int | float | str
    unit: str = ""


@dataclass(frozen=True)
class Imported:
    """What an importer made of a file, nothing of which is lost silently.

    ``rows`` go into the form's list. ``problems`` name each line that could not become a row, and
    why; ``notes`` name the lines that became one with a change worth knowing. Both are
    ``(line, sentence)``, the first line being 1.
    """

    rows: Sequence[JSON]
    problems: Sequence[tuple[int, str]] = ()
    notes: Sequence[tuple[int, str]] = ()


#: Reads an uploaded file: (name of the file, its bytes) → what became of it. It never raises on bad input.
Importer = Callable[[str, bytes], Imported]


class Module:
    """One mechanic. Subclass it in ``modules/<slug>/module.py`` and say what the class attributes ask for.

    Verbs are pure: same arguments, same answer; no clock, no random generator, no database of their own. A verb refuses
    a move by raising ``Refused("invalid_move", field="…")``: the fan is told, nothing is recorded, no attempt is used.
    """

    #: marshmallow schema of the configuration: validates, gives defaults and draws the marketer's form.
    config_schema: ClassVar[type[Schema]]
    #: marshmallow schema of one move as the browser sends it.
    move_schema: ClassVar[type[Schema]]
    #: ready-made configurations for the gallery.
    starters: ClassVar[Sequence[Starter]] = ()
    #: texts that the module's browser code shows, by key; translated by the core.
    texts: ClassVar[Mapping[str, Any]] = {}
    #: readers of files for lists of the form, by the ``importable`` name given to ``fields.rows``.
    importers: ClassVar[Mapping[str, Importer]] = {}
    #: titles of the form's groups, by the ``group`` name given to fields.
    groups: ClassVar[Mapping[str, Any]] = {}

    def view(self, config: JSON, state: JSON, context: Context) -> JSON:
        """Return what the fan may see before the next move. Nothing in it may give an answer away."""
        return {}

    def play(self, config: JSON, state: JSON, move: JSON, context: Context) -> Outcome:
        """Judge one move. *state* is empty at the first move of the fan's first attempt at this game."""
        raise NotImplementedError

    def summarise(self, config: JSON, totals: Totals) -> Sequence[Metric]:
        """Return the game's own figures for the dashboard."""
        return ()

    def check_config(self, config: JSON) -> Mapping[str, Sequence[str]]:
        """Return errors by dotted field path that the schema alone cannot see; empty when all is sound."""
        return {}

    def pools(self, config: JSON) -> Mapping[str, Any]:
        """Return the prize pools a configuration draws from, each with its words for the marketer.

        Asked only of modules with the effect ``try_to_win``; empty when this configuration gives no prize.
        """
        return {"main": _l("Prizes")}

    def assets(self, config: JSON) -> Sequence[str]:
        """Return the ids of the pictures a configuration uses, so that the core keeps them."""
        return ()
