"""A game's content: the form drawn from its module's schema beside the live preview; rows opened, files imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from masterapp.brands.access import allow
from masterapp.campaigns import configuration, games, service
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.plays.models import Progress
from masterapp.registry import Registered
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.texts import translate_plural
from masterapp.web import forms
from masterapp.web.admin import changes, importing, journey, kit, posted
from masterapp.web.admin.shell import MAKERS, desk
from masterapp.web.ui import local

blueprint = Blueprint(
    "admin_games", __name__, url_prefix="/admin/games", template_folder="templates"
)

#: Titles of the groups modules commonly use; a module names others in its ``groups``.
GROUPS: Mapping[str, Any] = {
    "content": _l("Content"),
    "look": _l("Look"),
    "questions": _l("Questions"),
    "rules": _l("Rules of the game"),
    "rewards": _l("Rewards"),
    "result": _l("Result"),
    "offer": _l("Coupon"),
    "shops": _l("Shop links"),
    "points": _l("Points"),
    "tiers": _l("Tiers"),
    "missions": _l("Missions"),
    "levels": _l("Levels"),
    "ways": _l("What earns points"),
    "scratch": _l("The card"),
    "wheel": _l("The wheel"),
    "seat": _l("The stadium"),
}


def group_title(registered: Registered, name: str) -> str:
    """Return the title of a group of the form: the module's words, the common ones, or its bare name."""
    title = registered.module.groups.get(name) or GROUPS.get(name)
    return str(title) if title else name.replace("_", " ").capitalize()


def opened(game_id: UUID) -> tuple[Game, Campaign, Registered]:
    """Return a game of the member's brand with its campaign and module."""
    game = games.find(desk().brand.id, game_id)
    return game, service.find(game.brand_id, game.campaign_id), games.module_of(game.module)


@blueprint.get("/<uuid:game_id>/content")
@allow(*MAKERS)
def content(game_id: UUID) -> str:
    """Show the content form with the phone beside it."""
    game, campaign, registered = opened(game_id)
    config = games.version(game).config
    return _content_page(game, campaign, registered, dict(game.title), config, {})


def _content_page(
    game: Game,
    campaign: Campaign,
    registered: Registered,
    title: Mapping[str, str],
    raw: Mapping[str, Any],
    errors: posted.Errors,
) -> str:
    nodes = forms.build(registered.config_schema, raw, errors)
    drawn = [
        (name, group_title(registered, name), inner, forms.group_condition(name, nodes))
        for name, inner in forms.groups(nodes).items()
    ]
    return render_template(
        "admin/content.html",
        here="campaigns",
        campaign=campaign,
        game=game,
        module=registered,
        title_texts=title,
        groups=drawn,
        errors=errors,
        kit=kit.Kit(),
        steps=journey.steps(campaign, "content", game),
        listed=service.games_of(campaign),
    )


@blueprint.post("/<uuid:game_id>/content")
@allow(*MAKERS)
def save_content(game_id: UUID) -> Any:
    """Save the content; on a published campaign the changes are shown first."""
    posted.allow_large_form()
    game, campaign, registered = opened(game_id)
    raw, title = forms.parse(registered.config_schema, request.form), posted.localised("game_title")
    config, errors = configuration.check(registered, raw)
    titles, title_errors = games.checked_title(title)
    errors = {**title_errors, **errors}
    editing_on = request.form.get("confirmed") == "no"
    if not errors and not editing_on and changes.needs_confirmation(campaign):
        current = games.version(game).config
        labels = forms.labels(registered.config_schema) | {
            "game_title": str(_("Title of the game"))
        }
        before = {"game_title": dict(game.title), **current}
        lines = changes.in_words(before, {"game_title": titles, **config}, labels)
        if lines:
            told = consequences(game) if config != current else []
            return changes.confirm(campaign, lines, told, local(game.title))
    refusal = None
    if not errors and not editing_on:
        errors, refusal = posted.attempt(
            lambda: games.configure(
                game, title, raw, seen=posted.seen(), member_id=desk().member.id
            )
        )
    if errors or refusal or editing_on:
        if refusal and refusal.code == "conflict":
            flash(refusal.message, "bad")
        page = _content_page(game, campaign, registered, title, raw, errors)
        return page, 200 if editing_on else 409 if refusal and not errors else 422
    flash(_("Saved."), "good")
    if request.form.get("go") == "stay" or campaign.state != "draft":
        return redirect(url_for("admin_games.content", game_id=game.id))
    return redirect(journey.following("content", campaign, game))


def consequences(game: Game) -> list[str]:
    """Say what a new version means for those who are playing now."""
    midway = db.session.scalar(
        select(func.count()).where(
            Progress.brand_id == game.brand_id,
            Progress.game_id == game.id,
            Progress.open_play_id.is_not(None),
        )
    )
    told = [
        str(
            _("This becomes version %(n)s; new attempts use it at once.", n=games.next_number(game))
        )
    ]
    if midway:
        told.append(
            translate_plural(
                "%(num)s fan is in the middle of an attempt and finishes it with the version it began with.",
                "%(num)s fans are in the middle of an attempt and finish it with the version it began with.",
                midway,
            )
        )
    return told


@blueprint.post("/rows")
@allow(*MAKERS)
def open_row() -> str:
    """Draw one row of a list as open fields: a closed one that the marketer wants to edit."""
    registered = games.module_of(request.form.get("module", ""))
    return open_row_of(registered.config_schema, request.form.get("path", ""))


def open_row_of(schema: ma.Schema, path: str) -> str:
    """Draw the posted row of the list at *path* as open fields."""
    posted.allow_large_form()
    found = forms.list_at(schema, path)
    key = request.form.get("key", "")
    if found is None or not forms.KEY.fullmatch(key):
        raise Refused("not_found")
    row = forms.row(found, path, key, forms.unpacked(request.form.get("value", "")))
    return render_template("admin/row.html", node={"name": path}, row=row, kit=kit.Kit())


@blueprint.get("/offers.json")
@allow(*MAKERS)
def offers() -> Response:
    """Answer the offers to choose from, for a form that stayed open while one was made."""
    return jsonify(kit.offers(desk().brand.id))


@blueprint.post("/import/<module>/<name>")
@allow(*MAKERS)
def import_rows(module: str, name: str) -> Response:
    """Read an uploaded file with the module's importer; answer with rows, and each line that needs a look."""
    registered = games.module_of(module)
    importer = registered.module.importers.get(name)
    if importer is None:
        raise Refused("not_found")
    file_name, content_read = importing.read_upload(request)
    return jsonify(importing.report(importer(file_name, content_read)))


@blueprint.post("/<uuid:game_id>/state")
@allow(*MAKERS)
def change_state(game_id: UUID) -> BaseResponse:
    """Pause a game, let it go on, or take it out of a draft."""
    game, campaign, _registered = opened(game_id)
    member_id = desk().member.id
    match request.form.get("do"):
        case "pause":
            games.pause(game, True, member_id=member_id)
            flash(
                _(
                    "“%(title)s” is paused: fans are told to come back later.",
                    title=local(game.title),
                ),
                "good",
            )
        case "resume":
            games.pause(game, False, member_id=member_id)
            flash(_("“%(title)s” goes on.", title=local(game.title)), "good")
        case "remove":
            games.remove(game, member_id=member_id)
            flash(_("“%(title)s” is removed.", title=local(game.title)), "good")
        case _:
            raise Refused("malformed")
    return redirect(url_for("admin_campaigns.show", campaign_id=campaign.id))
