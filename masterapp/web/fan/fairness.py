"""How a game's prizes are won, for everybody to check: a page, the same as JSON, each win's proof, and the account."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, render_template, request, url_for

from masterapp.brands.access import public
from masterapp.campaigns.models import Game
from masterapp.db import now
from masterapp.errors import Refused
from masterapp.prizes import endings, odds, opening, seals, statement
from masterapp.prizes.models import Seal
from masterapp.web.fan import queries, statement_pdf
from masterapp.web.fan.frame import blueprint

_PLACE = "/campaigns/<campaign>/<game>"


def _found(campaign: str, game: str) -> tuple[queries.Shown, Game]:
    shown = queries.campaign(g.brand.id, campaign)
    return shown, queries.game(shown, game)


def _seal(campaign: str, game: str, number: int) -> Seal:
    for seal in seals.of_game(_found(campaign, game)[1]):
        if seal.number == number:
            return seal
    raise Refused("not_found")


@blueprint.get(f"{_PLACE}/fairness")
@public
def fairness(campaign: str, game: str) -> str:
    """The promise in words, its codes, and how to check it."""
    shown, found = _found(campaign, game)
    return render_template(
        "fan/fairness.html",
        shown=shown,
        game=found,
        odds=odds.of_game(found),
        seals=[_as_shown(seal) for seal in seals.of_game(found)],
        accounts=endings.accounts(found),
        over=endings.is_over(found, now()),
    )


def _as_shown(seal: Seal) -> dict[str, Any]:
    plan = seals.plan_of(seal)
    window = plan.prizes[0]
    return {
        "seal": seal,
        "plan": plan,
        "code": opening.code_of(seal),
        "round_at": seals.emitted_at(plan),
        "opens_at": seals.instant(window.opens_ms),
        "closes_at": seals.instant(window.closes_ms),
        "proves_nothing": seals.needs_no_waiting(plan),
        "address": url_for(
            "fan.seal_json",
            **{**(request.view_args or {}), "number": seal.number},
        ),
    }


@blueprint.get(f"{_PLACE}/fairness.json")
@public
def fairness_json(campaign: str, game: str) -> Response:
    """Everything public about the game's seals, as ``flask prizes check`` reads it."""
    return jsonify(opening.document(_found(campaign, game)[1]))


@blueprint.get(f"{_PLACE}/fairness/<int:number>.json")
@public
def seal_json(campaign: str, game: str, number: int) -> Response:
    """One seal, with the wins that follow the number ``after``."""
    after = request.args.get("after", "-1")
    known = after == "-1" or (after.isascii() and after.isdigit() and len(after) < 9)
    if not known:
        raise Refused("not_found")
    return jsonify(opening.of_seal(_seal(campaign, game, number), int(after)))


@blueprint.get(f"{_PLACE}/fairness/<int:number>/<int:j>.json")
@public
def win_json(campaign: str, game: str, number: int, j: int) -> Response:
    """The opening of one moment that was won."""
    if j >= 2**31:
        raise Refused("not_found")
    return jsonify(opening.win(_seal(campaign, game, number), j))


@blueprint.get(f"{_PLACE}/statement")
@public
def prize_statement(campaign: str, game: str) -> str:
    """What became of every prize."""
    shown, found = _found(campaign, game)
    return render_template(
        "fan/statement.html",
        shown=shown,
        game=found,
        accounts=endings.accounts(found),
        over=endings.is_over(found, now()),
        seals=seals.of_game(found),
        complete=statement.complete(endings.accounts(found)),
    )


@blueprint.get(f"{_PLACE}/statement.json")
@public
def statement_json(campaign: str, game: str) -> Response:
    """The same, signed by the brand."""
    shown, found = _found(campaign, game)
    return jsonify(statement.document(g.brand, shown.campaign, found, now()))


@blueprint.get(f"{_PLACE}/statement.pdf")
@public
def statement_page_pdf(campaign: str, game: str) -> Response:
    """The same on paper."""
    shown, found = _found(campaign, game)
    content = statement_pdf.draw(
        shown.campaign,
        found,
        endings.accounts(found),
        seals.of_game(found),
        endings.is_over(found, now()),
    )
    return Response(content, mimetype="application/pdf")
