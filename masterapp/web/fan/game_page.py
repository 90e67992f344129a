"""What the play kit finds in a page: the game, the view before the first move, the words, and where to sign in."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for

from masterapp.campaigns import directory
from masterapp.campaigns.models import Game
from masterapp.db import now
from masterapp.errors import Refused
from masterapp.plays import answers, facts
from masterapp.plays import service as plays
from masterapp.registry import Registered
from masterapp.sdk.context import Chance, Context
from masterapp.texts import language
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.web import assets
from masterapp.web.fan import queries, visitor
from masterapp.web.fan.kit_texts import in_reader_language
from masterapp.web.ui import day_and_time, local

#: Why a game cannot be played at all now: state → (refusal code, title, icon).
CLOSED = {
    "scheduled": ("game_not_open", _l("Not open yet"), "calendar-event"),
    "ended": ("game_closed", _l("It’s over"), "flag"),
    "archived": ("game_closed", _l("It’s over"), "flag"),
}


def hosted(shown: queries.Shown, game: Game) -> dict[str, Any]:
    """Return what the template of a hosted game page needs."""
    opened = visitor.bearer()
    facts_of_fan = plays.look(opened.token, game.id) if opened else as_stranger(shown, game)
    island = _island(shown, game, facts_of_fan, kind="hosted")
    if opened:
        island["session"] = {
            "token": str(opened.token),
            "expires_at": opened.expires_at.isoformat(),
        }
    return _page(game, island)


def framed(shown: queries.Shown, game: Game, origin: str) -> dict[str, Any]:
    """Return what the template of a framed game needs; the frame's own storage says who is there."""
    island = _island(shown, game, as_stranger(shown, game), kind="embed")
    island["place"]["origin"] = origin
    return _page(game, island)


def _page(game: Game, island: dict[str, Any]) -> dict[str, Any]:
    registered = queries.module_of(game)
    style = f"{registered.slug}.css"
    has_style = (registered.manifest.folder / "static" / style).is_file()
    return {
        "registered": registered,
        "title": local(game.title),
        "island": island,
        "module_scripts": [module_file(registered, name) for name in _scripts(registered)],
        "module_style": module_file(registered, style) if has_style else "",
    }


def _scripts(registered: Registered) -> list[str]:
    """Return the module's script files, its entry first, so that the page can ask for all of them at once."""
    entry = f"{registered.slug}.js"
    names = sorted(path.name for path in (registered.manifest.folder / "static").glob("*.js"))
    return sorted(names, key=lambda name: name != entry)


def module_file(registered: Registered, name: str) -> str:
    """Return the address of a file of the module."""
    return assets.module_asset(registered.slug, registered.manifest.folder, name)


def as_stranger(shown: queries.Shown, game: Game) -> dict[str, Any]:
    """Return what somebody who is not signed in sees: the view of a first visit."""
    registered = queries.module_of(game)
    config = directory.config(game.brand_id, game.id, game.version)
    known = facts.read(registered.manifest, game.brand_id, game.id, None, g.brand.time_zone)
    context = Context(now=now(), chance=Chance(b""), **facts.as_context(known))
    view = registered.module.view(config, {}, context)
    return {
        "game": {
            "id": str(game.id),
            "slug": game.slug,
            "module": game.module,
            "title": local(game.title),
            "opens_at": shown.campaign.opens_at,
            "closes_at": shown.campaign.closes_at,
        },
        "version": game.version,
        "view": answers.resolve(view, game.brand_id, language()),
        "play": None,
        "left": None,
        "points": None,
    }


def _island(shown: queries.Shown, game: Game, seen: dict[str, Any], *, kind: str) -> dict[str, Any]:
    registered = queries.module_of(game)
    space = url_for("fan.space", brand_slug=g.brand.slug)
    return {
        **seen,
        "locale": language(),
        "texts": in_reader_language(registered.module.texts),
        "module": module_file(registered, f"{registered.slug}.js"),
        "brand": {"slug": g.brand.slug, "name": g.brand.name},
        "my_space": {"url": space, "external": kind == "embed"},
        "closed": _closed(shown, game),
        "place": {
            "kind": kind,
            "campaign": shown.campaign.slug,
            "at": store_token(),
            "providers": visitor.ways_to_sign_in(g.brand, _address(shown, game)),
            "privacyUrl": g.brand.contact.get("privacy_url", ""),
        },
    }


def _address(shown: queries.Shown, game: Game) -> str:
    return url_for(
        "fan.game",
        brand_slug=g.brand.slug,
        campaign=shown.campaign.slug,
        game=game.slug,
        at=store_token() or None,
    )


def store_token() -> str:
    """Return the token of the store whose poster led here, as the address has it; a play shows if it is genuine."""
    return request.args.get("at", "")[:64]


def _closed(shown: queries.Shown, game: Game) -> dict[str, str] | None:
    """Return why there is nothing to play, as the screen that says so; None when there is."""
    if game.paused and shown.live:
        return {
            "title": _("A short break"),
            "text": Refused("game_paused").message,
            "icon": "clock-pause",
        }
    if shown.live:
        return None
    code, title, glyph = CLOSED.get(shown.state, CLOSED["ended"])
    moments: dict[str, Any] = {
        "opens_at": day_and_time(shown.campaign.opens_at, "short"),
        "closed_at": day_and_time(shown.campaign.closes_at, "short"),
    }
    return {"title": str(title), "text": Refused(code, **moments).message, "icon": glyph}
