"""The way from a starter to a published campaign: its steps, what each still lacks, and where the next one is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import url_for

from masterapp.campaigns import publishing, service
from masterapp.campaigns.hooks import Missing
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import now
from masterapp.registry import registry
from masterapp.texts import lazy_text as _l
from masterapp.web.admin.shell import desk


@dataclass(frozen=True)
class Step:
    """One step: where it is, whether it is done, and how many things are to do there."""

    name: str
    label: Any
    address: str
    here: bool
    done: bool
    todo: int

    @property
    def tone(self) -> str:
        """The class of the step's mark."""
        return "here" if self.here else "done" if self.done else ""


LABELS = {
    "content": _l("Content"),
    "prizes": _l("Prizes"),
    "dates": _l("Dates and quotas"),
    "rules": _l("Who can play"),
    "publish": _l("Publish"),
    "share": _l("Share"),
}


def gives_prizes(game: Game) -> bool:
    """Whether the game's module can give prizes at all."""
    return game.module in registry and "try_to_win" in registry[game.module].manifest.effects


def address(name: str, campaign: Campaign, game: Game | None) -> str:
    """Return where a step is."""
    if name in ("content", "prizes"):
        if game is None:
            return url_for("admin_campaigns.gallery", campaign=campaign.id)
        return url_for(f"admin_games.{name}", game_id=game.id)
    return url_for(f"admin_planning.{name}", campaign_id=campaign.id)


def names(game: Game | None) -> list[str]:
    """Return the steps in order; a game that cannot give prizes has no such step."""
    return [name for name in LABELS if name != "prizes" or game is None or gives_prizes(game)]


def steps(campaign: Campaign, here: str, game: Game | None = None) -> list[Step]:
    """Return the steps of a campaign; content and prizes are those of *game*, or of the first one."""
    games = service.games_of(campaign)
    game = game or (games[0] if games else None)
    found = missing(campaign)
    todo = Counter(item.step for item in found if not item.warning)
    published = campaign.state != "draft"
    return [
        Step(
            name=name,
            label=LABELS[name],
            address=address(name, campaign, game),
            here=name == here,
            done=published if name in ("publish", "share") else not todo[name],
            todo=0 if published else todo[name],
        )
        for name in names(game)
        if name != "share" or published or here == "share"
    ]


def missing(campaign: Campaign) -> list[Missing]:
    """Return what the campaign still lacks before it can be published."""
    return publishing.missing(campaign, desk().brand.locales, now())


def following(name: str, campaign: Campaign, game: Game | None = None) -> str:
    """Return where the step after *name* is; past a game's own steps comes the next game's content."""
    order = names(game)
    if name in ("content", "prizes") and game is not None:
        after = order[order.index(name) + 1]
        if after not in ("content", "prizes"):
            listed = service.games_of(campaign)
            rest = [
                other for other in listed if (other.position, other.id) > (game.position, game.id)
            ]
            if rest:
                return address("content", campaign, rest[0])
        return address(after, campaign, game)
    return address(order[min(order.index(name) + 1, len(order) - 1)], campaign, game)
