"""The pages everybody sees: the brand's home, a campaign, its rules, and a game."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from flask import g, render_template

from masterapp.brands.access import public
from masterapp.campaigns.models import Game
from masterapp.draws import showing
from masterapp.errors import Refused
from masterapp.plays.answers import media
from masterapp.prizes import odds
from masterapp.prizes.models import Prize
from masterapp.registry import Registered, registry
from masterapp.web.fan import draw_words, game_page, queries
from masterapp.web.fan.frame import blueprint


def modules_of(games: list[Game]) -> dict[str, Registered]:
    """Return the modules of some games by slug, for their icons and summaries."""
    return {game.module: registry[game.module] for game in games}


def pictures_of(prizes: list[Prize]) -> dict[UUID, str | None]:
    """Return the signed address of each prize's picture."""
    return {prize.id: media(prize.brand_id, prize.picture_id) for prize in prizes}


def standing() -> dict[str, Any]:
    """Return what the signed-in fan has, or zeroes for a stranger."""
    if g.fan is None:
        return {"balance": 0, "earned": 0, "counts": {"prizes": 0, "coupons": 0}}
    balance, earned = queries.points(g.brand.id, g.fan.id)
    return {"balance": balance, "earned": earned, "counts": queries.counts(g.brand.id, g.fan.id)}


def winnable(prizes: list[Prize]) -> dict[UUID, list[Prize]]:
    """Return the prizes by game, for the line below each game's title."""
    by_game: dict[UUID, list[Prize]] = defaultdict(list)
    for prize in prizes:
        by_game[prize.game_id].append(prize)
    return by_game


@blueprint.get("/")
@public
def home() -> str:
    """The brand's campaigns, and what the fan has."""
    shown = queries.campaigns(g.brand.id)
    games = [game for one in shown for game in one.games]
    return render_template(
        "fan/home.html",
        campaigns=shown,
        modules=modules_of(games),
        winnable=winnable(queries.prizes(g.brand.id, [game.id for game in games])),
        draws=showing.listed(g.brand.id),
        words=draw_words,
        pictures={one.campaign.id: media(g.brand.id, one.campaign.picture_id) for one in shown},
        **standing(),
    )


@blueprint.get("/<path:elsewhere>")
@public
def nowhere(elsewhere: str) -> str:
    """An address below the brand that leads nowhere: the refusal is dressed as the brand's."""
    raise Refused("not_found", address=elsewhere)


@blueprint.get("/campaigns/<campaign>/")
@public
def campaign(campaign: str) -> str:
    """A campaign: its games, what can be won, its rules."""
    shown = queries.campaign(g.brand.id, campaign)
    prizes = queries.prizes(g.brand.id, [game.id for game in shown.games])
    return render_template(
        "fan/campaign.html",
        shown=shown,
        modules=modules_of(list(shown.games)),
        picture=media(g.brand.id, shown.campaign.picture_id),
        prizes=prizes,
        winnable=winnable(prizes),
        prize_pictures=pictures_of(prizes),
        draws=showing.listed(g.brand.id, shown.campaign.id),
        words=draw_words,
        odds={game.id: odds.of_game(game) for game in shown.games},
        **standing(),
    )


@blueprint.get("/campaigns/<campaign>/rules")
@public
def rules(campaign: str) -> str:
    """The rules document."""
    return render_template("fan/rules.html", shown=queries.campaign(g.brand.id, campaign))


@blueprint.get("/campaigns/<campaign>/<game>")
@public
def game(campaign: str, game: str) -> str:
    """A game on its full page."""
    shown = queries.campaign(g.brand.id, campaign)
    found = queries.game(shown, game)
    prizes = queries.prizes(g.brand.id, [found.id])
    return render_template(
        "fan/game.html",
        shown=shown,
        game=found,
        modules=modules_of(list(shown.games)),
        prizes=prizes,
        prize_pictures=pictures_of(prizes),
        odds=odds.of_game(found),
        **game_page.hosted(shown, found),
        **standing(),
    )
