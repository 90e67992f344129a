"""Where a picture is used: campaigns, prizes, draws and games say so, and the library does not delete it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import String, cast, select

from masterapp.campaigns.models import Campaign, Game, GameVersion
from masterapp.db import db
from masterapp.draws.models import Draw
from masterapp.prizes.models import Prize
from masterapp.texts import translate as _
from masterapp.web.ui import local


def place(brand_id: UUID, asset_id: UUID) -> str | None:
    """Return words for the first place that uses a picture, or None.

    Every version of a game counts: a version that was played stays as it was.
    """
    campaign = db.session.scalar(
        select(Campaign).where(Campaign.brand_id == brand_id, Campaign.picture_id == asset_id)
    )
    if campaign:
        return str(_("the campaign “%(title)s”", title=local(campaign.title)))
    prize = db.session.scalar(
        select(Prize).where(Prize.brand_id == brand_id, Prize.picture_id == asset_id)
    )
    if prize:
        return str(_("the prize “%(title)s”", title=local(prize.label)))
    draw = db.session.scalar(
        select(Draw)
        .where(
            Draw.brand_id == brand_id,
            cast(Draw.prizes, String).contains(str(asset_id), autoescape=True),
        )
        .limit(1)
    )
    if draw:
        return str(_("the draw “%(title)s”", title=local(draw.title)))
    game = db.session.scalar(
        select(Game)
        .join(
            GameVersion,
            (GameVersion.brand_id == Game.brand_id) & (GameVersion.game_id == Game.id),
        )
        .where(
            Game.brand_id == brand_id,
            cast(GameVersion.config, String).contains(str(asset_id), autoescape=True),
        )
        .limit(1)
    )
    return str(_("the game “%(title)s”", title=local(game.title))) if game else None
