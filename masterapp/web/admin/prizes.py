"""The prizes of a game: one list for label, stock, value and limits, with what a change does to a live campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from masterapp.brands.access import allow
from masterapp.campaigns import games, service
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import now
from masterapp.fairness import four_eyes
from masterapp.insight import campaign as insight
from masterapp.prizes import proposals, schedule, seals
from masterapp.prizes import service as prizes
from masterapp.texts import translate as _
from masterapp.web import forms
from masterapp.web.admin import changes, journey, posted, prize_rows
from masterapp.web.admin.games import blueprint, open_row_of, opened
from masterapp.web.admin.kit import Kit
from masterapp.web.admin.shell import MAKERS, desk
from masterapp.web.ui import local


@blueprint.get("/<uuid:game_id>/prizes", endpoint="prizes")
@allow(*MAKERS)
def prizes_page(game_id: UUID) -> str:
    """Show the prizes of a game."""
    game, campaign, _registered = opened(game_id)
    return _page(game, campaign, {"prizes": _rows(game)}, {})


def _rows(game: Game) -> list[dict[str, Any]]:
    codes = prize_rows.store_codes(game.brand_id)
    return [prize_rows.as_row(prize, codes) for prize in prizes.of_game(game)]


def _page(game: Game, campaign: Campaign, raw: Mapping[str, Any], errors: posted.Errors) -> str:
    pools = prizes.pools_of(game, games.version(game).config)
    schema = prize_rows.form_schema(pools)
    return render_template(
        "admin/prizes.html",
        here="campaigns",
        campaign=campaign,
        game=game,
        pools=pools,
        gives=journey.gives_prizes(game),
        node=forms.build(schema, raw, errors)[0],
        errors=errors,
        kit=Kit(),
        counts=schedule.moment_counts(game) if campaign.state == "published" else {},
        unsealed=any(seal.sealed_at is None for seal in seals.of_game(game)),
        waiting=four_eyes.waiting(game.brand_id, "prizes", game.id),
        steps=journey.steps(campaign, "prizes", game),
        listed=service.games_of(campaign),
    )


@blueprint.post("/<uuid:game_id>/prizes/row")
@allow(*MAKERS)
def open_prize(game_id: UUID) -> str:
    """Draw one prize as open fields."""
    game, _campaign, _registered = opened(game_id)
    schema = prize_rows.form_schema(prizes.pools_of(game, games.version(game).config))
    return open_row_of(schema, "prizes")


@blueprint.post("/<uuid:game_id>/prizes")
@allow(*MAKERS)
def save_prizes(game_id: UUID) -> Any:
    """Save the prizes; on a published campaign the changes are shown first, and a second person agrees to new odds."""
    posted.allow_large_form()
    game, campaign, _registered = opened(game_id)
    pools = prizes.pools_of(game, games.version(game).config)
    schema = prize_rows.form_schema(pools)
    raw = forms.parse(schema, request.form)
    codes = prize_rows.store_codes(game.brand_id)
    drafts, errors = prize_rows.read_drafts(schema, raw, pools, codes)
    if errors or request.form.get("confirmed") == "no":
        return _page(game, campaign, raw, errors), 422 if errors else 200
    lines: list[changes.Line] = []
    told: list[str] = []
    if campaign.state == "published":
        before = {"prizes": [prize_rows.comparable(row) for row in _rows(game)]}
        after = {"prizes": [prize_rows.comparable(row) for row in raw["prizes"]]}
        lines = changes.in_words(before, after, forms.labels(schema))
        told = consequences(game, campaign, drafts)
        if lines and changes.needs_confirmation(campaign):
            second = proposals.promised(campaign, now()) and proposals.prizes_touch_odds(
                game, drafts
            )
            return changes.confirm(campaign, lines, told, local(game.title), second=second)
    made: list[Any] = []
    errors, refusal = posted.attempt(
        lambda: made.append(
            proposals.edit_prizes(
                game,
                campaign,
                drafts,
                seen=posted.seen(),
                now=now(),
                member_id=desk().member.id,
                effects=changes.as_effects(lines, told),
            )
        )
    )
    if refusal:
        if refusal.code == "conflict" or "_" in errors:
            flash(" ".join(errors.get("_", [refusal.message])), "bad")
        return _page(game, campaign, raw, errors), refusal.status
    if made[0]:
        return changes.proposed()
    flash(_("Saved."), "good")
    if request.form.get("go") == "stay" or campaign.state != "draft":
        return redirect(url_for("admin_games.prizes", game_id=game.id))
    return redirect(journey.following("prizes", campaign, game))


def consequences(game: Game, campaign: Campaign, drafts: Sequence[prizes.Draft]) -> list[str]:
    """Say what the new stock means: units still to be won, and about how many plays there will be for each."""
    counts = schedule.moment_counts(game)
    taken = sum(done for _planned, done in counts.values())
    left = sum(planned for planned, _done in counts.values()) - taken
    new_left = sum(draft.stock for draft in drafts) - taken
    told = [
        _(
            "Still to be won: %(before)s now, %(after)s after this change.",
            before=left,
            after=new_left,
        )
    ]
    if new_left > left:
        told.append(
            _(
                "The new units get a seal of their own, from now to the end of the campaign; "
                "moments that are sealed already stay exactly as they are."
            )
        )
    coming = insight.plays_to_come(game, campaign, now())
    if coming and new_left > 0 and left > 0:
        told.append(
            _(
                "At the pace of the last 7 days, about one attempt in %(before)s wins; "
                "after this change, one in %(after)s.",
                before=max(1, round(coming / left)),
                after=max(1, round(coming / new_left)),
            )
        )
    return told
