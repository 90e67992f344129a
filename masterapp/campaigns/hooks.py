"""What rooms above campaigns add to them: each list is filled by the rooms that have something to say or to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from masterapp.brands import assets
from masterapp.campaigns.models import Campaign, Game


@dataclass(frozen=True)
class Missing:
    """One thing to do before a campaign can be published; a *warning* may be published with."""

    code: str
    sentence: Any
    #: The step of the desk where it is cured: content, prizes, dates, rules.
    step: str
    game_id: UUID | None = None
    warning: bool = False


#: Which of these ids the brand owns, by the widget of the fields that name them: (brand_id, ids) → known ids.
known: dict[str, Callable[[UUID, set[str]], set[str]]] = {"image": assets.known}

#: What a room finds missing in a game: (campaign, game, its configuration).
checks: list[Callable[[Campaign, Game, dict[str, Any]], Iterable[Missing]]] = []

#: What a room does for each game when its campaign is published, in the same transaction: (campaign, game, now).
published: list[Callable[[Campaign, Game, datetime], None]] = []

#: What a room does when the dates of a published campaign change: (campaign, game, now).
moved: list[Callable[[Campaign, Game, datetime], None]] = []

#: What a room copies when a campaign is duplicated: (game, its copy).
copied: list[Callable[[Game, Game], None]] = []
