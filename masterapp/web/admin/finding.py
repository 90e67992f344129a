"""What the search palette finds: pages, campaigns, games, stores and pictures whose name holds the words typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import String, cast, select

from masterapp.brands.models import Asset, Member, Store
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db
from masterapp.draws.models import Draw
from masterapp.sdk.spelling import plain_text
from masterapp.texts import translate as _
from masterapp.web.ui import local

MOST = 12
MAKERS = ("owner", "marketer")
READERS = (*MAKERS, "analyst")


@dataclass(frozen=True)
class Hit:
    """One line of the palette."""

    label: str
    kind: str
    icon: str
    address: str

    def as_json(self) -> dict[str, str]:
        """Return the line for the page."""
        return {"label": self.label, "kind": self.kind, "icon": self.icon, "address": self.address}


def find(member: Member, words: str, pages: Sequence[Hit]) -> list[Hit]:
    """Return the best hits for *words*; without words, the pages and the latest campaigns."""
    wanted = plain_text(words).split()
    found = [hit for hit in pages if _holds(hit.label, wanted)]
    if member.role in READERS:
        found += [hit for hit in _things(member, words) if _holds(hit.label, wanted)]
    found.sort(key=lambda hit: not plain_text(hit.label).startswith(" ".join(wanted)))
    return found[:MOST]


def _holds(label: str, wanted: Sequence[str]) -> bool:
    plain = plain_text(label)
    return all(word in plain for word in wanted)


def _things(member: Member, words: str) -> Iterator[Hit]:
    """Yield candidates, roughly matched by the database; accents and order are settled afterwards."""
    brand_id = member.brand_id
    if member.role in MAKERS:
        yield Hit(
            str(_("New campaign")), str(_("Action")), "plus", url_for("admin_campaigns.gallery")
        )
    for campaign in _rows(Campaign, brand_id, 200):
        yield Hit(
            local(campaign.title),
            str(_("Campaign")),
            "speakerphone",
            url_for("admin_campaigns.show", campaign_id=campaign.id),
        )
    if not words.strip():
        return
    for draw in _rows(Draw, brand_id, 400):
        yield Hit(
            local(draw.title),
            str(_("Draw")),
            "ticket",
            url_for("admin_draws.show", draw_id=draw.id),
        )
    if member.role in MAKERS:
        for game in _rows(Game, brand_id, 400):
            yield Hit(
                local(game.title),
                str(_("Game")),
                "puzzle",
                url_for("admin_games.content", game_id=game.id),
            )
        named = select(Asset).where(
            Asset.brand_id == brand_id,
            cast(Asset.name, String).icontains(words.strip(), autoescape=True),
        )
        for asset in db.session.scalars(named.limit(20)):
            yield Hit(asset.name, str(_("Picture")), "photo", url_for("admin_pictures.index"))
    for store in _rows(Store, brand_id, 400):
        yield Hit(
            f"{store.name} ({store.code})",
            str(_("Store")),
            "building-store",
            url_for("admin_stores.index"),
        )


def _rows(table: Any, brand_id: Any, most: int) -> Any:
    rows = select(table).where(table.brand_id == brand_id).order_by(table.id.desc()).limit(most)
    return db.session.scalars(rows)
