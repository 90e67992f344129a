"""What every module must hold, as a test class: subclass it in ``modules/<slug>/tests`` and give a config and moves."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import marshmallow as ma

from masterapp.registry import Registered, read_manifest
from masterapp.sdk.context import Chance, Context, Fan
from masterapp.sdk.module import Module, Totals
from masterapp.sdk.outcome import Outcome
from masterapp.validation import flatten, in_words


class ModuleContract:
    """Set ``module``, ``config`` (as the marketer's form posts it) and ``moves`` (one whole attempt, as JSON)."""

    module: ClassVar[Module]
    config: ClassVar[Mapping[str, Any]]
    moves: ClassVar[Sequence[Mapping[str, Any]]]
    #: Facts that the core would give, when the moves depend on them.
    facts: ClassVar[Mapping[str, Any]] = {}

    @property
    def folder(self) -> Path:
        """The module's folder."""
        file = __import__(type(self.module).__module__, fromlist=["x"]).__file__
        assert file is not None
        return Path(file).parent

    @property
    def registered(self) -> Registered:
        """The module with its manifest."""
        return Registered(read_manifest(self.folder), self.module)

    def loaded(self) -> dict[str, Any]:
        """The configuration as the core keeps it: loaded and once through JSON."""
        loaded: dict[str, Any] = self.registered.config_schema.load(self.config)
        kept: dict[str, Any] = json.loads(json.dumps(loaded))
        return kept

    def context(self, step: int = 0, seed: bytes = b"contract") -> Context:
        """What the core would hand over at a step of the attempt."""
        return Context(
            now=datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(seconds=2 * step),
            chance=Chance(seed + bytes([step % 256])),
            fan=Fan(key="fan"),
            **self.facts,
        )

    def attempt(self) -> list[Outcome]:
        """Play the whole attempt and return every outcome."""
        state: Mapping[str, Any] = {}
        outcomes = []
        for step, move in enumerate(self.moves):
            loaded = self.registered.move_schema.load(move)
            outcome = self.module.play(self.loaded(), state, loaded, self.context(step))
            outcomes.append(outcome)
            state = json.loads(json.dumps(outcome.state))
        return outcomes

    def test_the_manifest_can_be_read_without_the_code(self) -> None:
        """The manifest is sound, and the folder has the files that every module has."""
        manifest = read_manifest(self.folder)

        names = {"README.md", "module.py", "rules.py", "schemas.py", "static", "texts", "tests"}
        assert names <= {path.name for path in self.folder.iterdir()}
        assert (self.folder / "static" / f"{manifest.slug}.js").exists()

    def test_the_configuration_survives_json(self) -> None:
        """What is stored is what was loaded, and loading it again changes nothing."""
        loaded = self.loaded()

        assert self.registered.config_schema.load(loaded) == loaded
        assert dict(self.module.check_config(loaded)) == {}

    def test_the_starters_are_ready_to_publish(self) -> None:
        """Every starter's configuration is valid, but for references the marketer must choose."""
        assert self.module.starters
        for starter in self.module.starters:
            errors = self.registered.config_schema.validate(dict(starter.config))
            missing = {
                path
                for path, sentences in flatten(errors)
                if sentences != [in_words("Missing data for required field.")]
            }
            assert missing == set()

    def test_every_field_of_the_form_is_titled(self) -> None:
        """The marketer sees a title for every field, at every depth."""

        def check(schema: ma.Schema) -> None:
            for name, field in schema.fields.items():
                assert str(field.metadata.get("title", "")), name
                inner = field.inner if isinstance(field, ma.fields.List) else field
                if isinstance(inner, ma.fields.Nested):
                    check(inner.schema)

        check(self.registered.config_schema)

    def test_the_same_attempt_always_comes_out_the_same(self) -> None:
        """A verb is pure: replaying an attempt with its seeds gives the same outcomes."""
        assert self.attempt() == self.attempt()

    def test_verbs_leave_their_arguments_alone(self) -> None:
        """Neither the configuration nor the state is changed in place."""
        config = self.loaded()
        before = json.dumps(config, sort_keys=True)
        state: dict[str, Any] = {}

        move = self.registered.move_schema.load(self.moves[0])
        self.module.play(config, state, move, self.context())
        self.module.view(config, state, self.context())

        assert (json.dumps(config, sort_keys=True), state) == (before, {})

    def test_state_and_view_are_json(self) -> None:
        """What the core keeps and sends can be written as JSON and read back equal."""
        for outcome in self.attempt():
            assert json.loads(json.dumps(outcome.state)) == outcome.state
            json.dumps(outcome.view)

    def test_a_finished_attempt_can_be_shown_again(self) -> None:
        """After a reload, ``view`` shows the game from the stored state alone, at every step."""
        self.module.view(self.loaded(), {}, self.context())
        for step, outcome in enumerate(self.attempt()):
            json.dumps(self.module.view(self.loaded(), outcome.state, self.context(step)))

    def test_the_attempt_ends(self) -> None:
        """Only the last move of the example finishes the attempt."""
        assert [outcome.finished for outcome in self.attempt()] == [
            *[False] * (len(self.moves) - 1),
            True,
        ]

    def test_effects_are_declared(self) -> None:
        """The outcome uses only the effects and counters that the manifest names."""
        from masterapp.plays.judging import add_up

        for outcome in self.attempt():
            add_up(self.registered, outcome.effects)

    def test_the_dashboard_has_its_line(self) -> None:
        """``summarise`` works on an untouched game."""
        for metric in self.module.summarise(self.loaded(), Totals()):
            assert str(metric.label)

    def test_the_browser_part_is_one_module_without_foreign_addresses(self) -> None:
        """The script exports ``mount`` and neither script nor style loads anything from elsewhere."""
        static = self.folder / "static"
        script = (static / f"{read_manifest(self.folder).slug}.js").read_text(encoding="utf-8")

        assert re.search(r"export (async )?function mount\(|export \{[^}]*\bmount\b", script)
        for file in static.rglob("*.[jc]s*"):
            foreign = re.findall(
                r"https?://(?!www\.w3\.org/)[^\s\"')]+", file.read_text(encoding="utf-8")
            )
            assert foreign == [], file
