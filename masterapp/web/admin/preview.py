"""The live preview: the real module, played in memory with a draft configuration. Nothing is written.

The fan's state travels in a signed token between the moves, and the configuration with each of them, so that the
preview always plays what the form says at this moment.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for
from itsdangerous import BadData, URLSafeSerializer

from masterapp.brands import assets, theme
from masterapp.brands.access import allow
from masterapp.campaigns import configuration
from masterapp.db import now
from masterapp.errors import Refused
from masterapp.plays import answers, facts, judging
from masterapp.prizes import service as prizes
from masterapp.registry import Registered
from masterapp.sdk.context import Chance, Context, Fan
from masterapp.texts import LOCALES, language
from masterapp.texts import translate as _
from masterapp.web import forms
from masterapp.web.admin import posted
from masterapp.web.admin.games import opened
from masterapp.web.admin.shell import MAKERS, desk
from masterapp.web.assets import asset
from masterapp.web.fan.game_page import module_file
from masterapp.web.fan.kit_texts import in_reader_language
from masterapp.web.headers import allow_framing
from masterapp.web.ui import local

blueprint = Blueprint(
    "admin_preview", __name__, url_prefix="/admin/preview", template_folder="templates"
)

POINTS_TO_BEGIN_WITH = 120
SAMPLE_CODE = "DEMO-2026-PLAY"


@blueprint.get("/<uuid:game_id>/frame")
@allow(*MAKERS)
def frame(game_id: UUID) -> str:
    """The page inside the phone: the brand's look and an empty stage that waits for the draft."""
    game, _campaign, registered = opened(game_id)
    allow_framing([])
    chosen = theme.Theme.read(desk().brand.theme)
    style = registered.manifest.folder / "static" / f"{registered.slug}.css"
    return render_template(
        "admin/preview_frame.html",
        game=game,
        module_style=module_file(registered, style.name) if style.is_file() else "",
        scene_scheme=theme.compute(chosen).scene_scheme,
        island={
            "module": module_file(registered, f"{registered.slug}.js"),
            "move": url_for("admin_preview.move", game_id=game.id),
        },
    )


@blueprint.get("/theme.css")
@allow(*MAKERS)
def theme_css() -> Response:
    """The brand's colours for the phone, or those of a theme being tried."""
    tried = {**desk().brand.theme, **request.args.to_dict()}
    content = theme.stylesheet(theme.Theme.read(tried), _font_address)
    return Response(content, mimetype="text/css")


def _font_address(name: str) -> str:
    return asset(f"fonts/{name}/{name}-latin.woff2")


@blueprint.post("/<uuid:game_id>/draft")
@allow(*MAKERS)
def draft(game_id: UUID) -> Any:
    """Check the form as it is now; answer with the first view of the game it describes, or with what is wrong."""
    posted.allow_large_form()
    game, _campaign, registered = opened(game_id)
    raw = forms.parse(registered.config_schema, request.form)
    config, errors = configuration.check(registered, raw)
    if not config:
        # A coupon without an offer, a reveal without a picture: the phone shows the rest all the same.
        config = configuration.check(registered, _with_stand_ins(registered, raw))[0]
    if not config:
        return jsonify({"errors": errors}), 422
    locale = _asked_locale()
    view = registered.module.view(config, {}, _context(registered, {}, Chance(b""), number=1))
    return jsonify(
        {
            "errors": errors,
            "config": config,
            "state": _sign({"state": {}, "plays": 0, "points": POINTS_TO_BEGIN_WITH, "moves": 0}),
            "data": {
                "game": {"id": str(game.id), "title": local(posted.localised("game_title"))},
                "version": game.version,
                "view": answers.resolve(view, game.brand_id, locale),
                "play": None,
                "left": None,
                "points": None,
                "locale": locale,
                "texts": in_reader_language(registered.module.texts),
                "brand": {"slug": desk().brand.slug, "name": desk().brand.name},
            },
        }
    )


def _with_stand_ins(registered: Registered, raw: dict[str, Any]) -> dict[str, Any]:
    """Return a draft in which the offers and pictures still to be chosen are somebody's."""
    filled = dict(raw)
    for name, field in registered.config_schema.fields.items():
        if field.required and not raw.get(name):
            if field.metadata.get("widget") == "offer":
                filled[name] = str(UUID(int=0))
            elif field.metadata.get("widget") == "image":
                known = assets.library(desk().brand.id)
                filled[name] = str(known[0].id if known else UUID(int=0))
    return filled


def _asked_locale() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in LOCALES else language()


@blueprint.post("/<uuid:game_id>/move")
@allow(*MAKERS)
def move(game_id: UUID) -> Response:
    """Judge one move in memory."""
    posted.allow_large_form()
    game, _campaign, registered = opened(game_id)
    body = request.get_json()
    if not isinstance(body, dict) or not isinstance(body.get("config"), dict):
        raise Refused("malformed")
    config, _errors = configuration.check(registered, body["config"])
    if not config:
        raise Refused("invalid", fields=_errors)
    kept = _unsign(body.get("state"))
    opening = not kept["moves"]
    number = kept["plays"] + 1 if opening else kept["plays"]
    context = _context(registered, kept, Chance(secrets.token_bytes(16)), number)
    sent = body.get("move")
    read = judging.read_move(registered, sent if isinstance(sent, dict) else {})
    outcome, asked = judging.judge(registered, config, kept["state"], read, context)
    wins = body.get("win") is True and asked.pool is not None
    earned = asked.points + (asked.consolation if asked.pool and not wins else 0)
    after = {
        "state": dict(outcome.state),
        "plays": number,
        "points": kept["points"] + earned,
        "moves": 0 if outcome.finished else kept["moves"] + 1,
    }
    locale = _asked_locale()
    return jsonify(
        {
            "token": _sign(after),
            "version": game.version,
            "view": answers.resolve(outcome.view, game.brand_id, locale),
            "play": {
                "id": str(game.id),
                "number": number,
                "finished": outcome.finished,
                "score": outcome.score,
            },
            "points": {"earned": earned, "balance": after["points"]},
            "grants": [_sample_grant(game.brand_id, game, asked.pool, locale)] if wins else [],
            "coupons": [_sample_coupon(str(offer)) for offer in asked.offers],
            "left": None,
        }
    )


def _context(
    registered: Registered, kept: Mapping[str, Any], chance: Chance, number: int
) -> Context:
    """Return a context with made-up facts for what the module declared it needs."""
    made_up: dict[str, Any] = {}
    needs = registered.manifest.needs
    if "totals" in needs:
        made_up["totals"] = dict.fromkeys(registered.manifest.counters, 40)
    if "points" in needs:
        made_up["points"] = {
            "balance": kept.get("points", POINTS_TO_BEGIN_WITH),
            "earned": kept.get("points", POINTS_TO_BEGIN_WITH),
            "entries": [],
        }
    if "activity" in needs:
        made_up["activity"] = {"plays": {"quiz": 2}, "campaign_plays": {"quiz": 1}, "days": 3}
    return Context(
        now=now(),
        chance=chance,
        fan=Fan("preview"),
        play_number=number,
        **facts.as_context(made_up),
    )


def _sample_grant(brand_id: UUID, game: Any, pool: str | None, locale: str) -> dict[str, Any]:
    """Return the first prize of the pool as if it had been won, or a stand-in."""
    label, picture, collection = str(_("Your prize")), None, ""
    for prize in prizes.of_game(game):
        if prize.pool == pool:
            label = answers.in_language(prize.label, locale)
            picture = answers.media(brand_id, prize.picture_id)
            collection = answers.in_language(prize.collection, locale)
            break
    return {
        "id": str(game.id),
        "state": "won",
        "prize": {"label": label, "description": "", "collection": collection, "picture": picture},
    }


def _sample_coupon(offer: str) -> dict[str, Any]:
    return {
        "id": offer,
        "offer": offer,
        "code": SAMPLE_CODE,
        "label": str(_("Sample coupon")),
        "valid_from": None,
        "valid_until": None,
        "qr": "",
    }


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="admin preview")


def _sign(kept: Mapping[str, Any]) -> str:
    return str(_serializer().dumps(dict(kept)))


def _unsign(token: Any) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = _serializer().loads(str(token))
    except BadData:
        raise Refused("malformed") from None
    return kept
