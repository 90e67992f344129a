"""Finds the game modules, checks their manifests before their code runs, and holds them by slug."""

from __future__ import annotations

import importlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from marshmallow import Schema

from masterapp.sdk.module import Module

SDK_LEVEL = 1
MODULES_FOLDER = Path(__file__).parent.parent / "modules"
EFFECTS = frozenset({"points", "try_to_win", "coupon", "count"})
FACTS = frozenset({"totals", "points", "activity"})


class BadModule(Exception):
    """A module cannot be used; the message names the file and the cure, and the application does not start."""


@dataclass(frozen=True)
class Manifest:
    """What a module says of itself in ``manifest.toml``, readable without running its code."""

    slug: str
    name: Mapping[str, str]
    summary: Mapping[str, str]
    version: str
    icon: str
    category: str
    needs: frozenset[str]
    effects: frozenset[str]
    counters: tuple[str, ...]
    limited: bool
    folder: Path

    @property
    def traits(self) -> tuple[str, ...]:
        """The names of the fan's traits that the module may see."""
        return tuple(
            sorted(
                need.removeprefix("traits:") for need in self.needs if need.startswith("traits:")
            )
        )


@dataclass(frozen=True)
class Registered:
    """A module ready to be played: its manifest and its one instance."""

    manifest: Manifest
    module: Module

    @cached_property
    def move_schema(self) -> Schema:
        """The schema of a move, built once."""
        return self.module.move_schema()

    @cached_property
    def config_schema(self) -> Schema:
        """The schema of a configuration, built once."""
        return self.module.config_schema()

    @property
    def slug(self) -> str:
        """The module's slug, which is its folder's name."""
        return self.manifest.slug


def read_manifest(folder: Path) -> Manifest:
    """Read and check ``manifest.toml``. Raises ``BadModule`` with the file and the cure."""
    file = folder / "manifest.toml"
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadModule(f"{file} is missing: every module folder needs a manifest.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadModule(f"{file} is not valid TOML: {error}") from None
    problem = _problem(data, folder)
    if problem:
        raise BadModule(f"{file}: {problem}")
    return Manifest(
        slug=data["slug"],
        name=data["name"],
        summary=data["summary"],
        version=data["version"],
        icon=data["icon"],
        category=data["category"],
        needs=frozenset(data.get("needs", ())),
        effects=frozenset(data.get("effects", ())),
        counters=tuple(data.get("counters", ())),
        limited=data.get("attempts", "limited") == "limited",
        folder=folder,
    )


def _problem(data: Mapping[str, Any], folder: Path) -> str | None:
    """Return what is wrong with a manifest and how to cure it, or None."""
    for key in ("slug", "name", "summary", "version", "sdk", "icon", "category"):
        if key not in data:
            return f"add the key `{key}`."
    if data["slug"] != folder.name or not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", data["slug"]):
        return f"`slug` must be the folder's name, `{folder.name}`, in lower case letters, digits and underscores."
    if data["sdk"] != SDK_LEVEL:
        return f"`sdk` is {data['sdk']}, but this core speaks level {SDK_LEVEL}."
    for key in ("name", "summary"):
        if not isinstance(data[key], dict) or not {"fr", "en"} <= set(data[key]):
            return f'`{key}` needs a French and an English text: {{fr = "…", en = "…"}}.'
    unknown = set(data.get("effects", ())) - EFFECTS
    if unknown:
        return f"unknown effects {sorted(unknown)}; the core can carry out {sorted(EFFECTS)}."
    strange = {
        need
        for need in data.get("needs", ())
        if need not in FACTS and not need.startswith("traits:")
    }
    if strange:
        return (
            f"unknown needs {sorted(strange)}; the core can give {sorted(FACTS)} and traits:<name>."
        )
    if data.get("attempts", "limited") not in ("limited", "unlimited"):
        return '`attempts` is either "limited" or "unlimited".'
    return None


class Registry:
    """The modules of this installation, by slug."""

    def __init__(self) -> None:
        self._modules: dict[str, Registered] = {}
        self._folders: set[Path] = set()

    def load_once(self, *folders: Path) -> None:
        """Load what is not loaded yet: several applications of one process share the modules, which hold no state."""
        fresh = [folder for folder in folders if folder not in self._folders]
        if fresh:
            self._folders.update(fresh)
            self.load(*fresh)

    def load(self, *folders: Path) -> None:
        """Load every module below *folders* and those of the entry-point group ``masterapp.modules``."""
        for folder in folders:
            for manifest in sorted(folder.glob("*/manifest.toml")):
                self.add(
                    manifest.parent, importlib.import_module(f"{_dotted(manifest.parent)}.module")
                )
        for entry in entry_points(group="masterapp.modules"):
            code = entry.load()
            if read_manifest(Path(code.__file__).parent).slug not in self._modules:
                self.add(Path(code.__file__).parent, code)

    def add(self, folder: Path, code: ModuleType) -> None:
        """Check one module and hold it. Raises ``BadModule``."""
        manifest = read_manifest(folder)
        if manifest.slug in self._modules:
            raise BadModule(f"{folder}: another module already has the slug `{manifest.slug}`.")
        classes = [
            value
            for value in vars(code).values()
            if isinstance(value, type) and issubclass(value, Module) and value is not Module
        ]
        if len(classes) != 1:
            raise BadModule(
                f"{folder}/module.py must define exactly one subclass of Module, not {len(classes)}."
            )
        for name in ("config_schema", "move_schema"):
            if not hasattr(classes[0], name):
                raise BadModule(
                    f"{folder}/module.py: {classes[0].__name__} needs the class attribute `{name}`."
                )
        self._modules[manifest.slug] = Registered(manifest, classes[0]())

    def __getitem__(self, slug: str) -> Registered:
        return self._modules[slug]

    def __contains__(self, slug: object) -> bool:
        return slug in self._modules

    def __iter__(self) -> Iterator[Registered]:
        return iter(self._modules.values())


def _dotted(folder: Path) -> str:
    """Return the import name of a module's folder, which lies below the project's root."""
    return ".".join(folder.relative_to(MODULES_FOLDER.parent).parts)


registry = Registry()
