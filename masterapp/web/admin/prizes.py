"""The prizes of a game: one list for label, stock, value and limits, with what a change does to a live campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from marshmallow import Schema, ValidationError, validate
from marshmallow import fields as plain

from masterapp.brands.access import allow
from masterapp.campaigns import games, service
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import now
from masterapp.insight import campaign as insight
from masterapp.prizes import schedule
from masterapp.prizes import service as prizes
from masterapp.prizes.models import Prize
from masterapp.sdk import fields
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.validation import flatten
from masterapp.web import forms
from masterapp.web.admin import changes, journey, posted
from masterapp.web.admin.games import blueprint, open_row_of, opened
from masterapp.web.admin.kit import Kit
from masterapp.web.admin.shell import MAKERS, desk
from masterapp.web.ui import local

_BAD_AMOUNT = _l("Write an amount such as 25 or 19.90.")


def form_schema(pools: Mapping[str, Any]) -> Schema:
    """Return the schema of the prize list; the group of prizes is asked for only where there are several."""
    row: dict[str, Any] = {
        "id": plain.String(load_default="", metadata={"widget": "hidden"}),
        "label": fields.text(_l("Prize"), longest=80, required=True),
        "stock": fields.whole(
            _l("Stock"),
            help=_l("Each one gets its own winning moment, spread over the campaign."),
            least=0,
            most=prizes.LARGEST_STOCK,
            default=1,
        ),
        "value": fields.word(
            _l("Value"), help=_l("Of one prize; for your figures only."), longest=15
        ),
        "per_fan": fields.whole(
            _l("At most per fan"), help=_l("0 sets no limit."), most=1000, default=1
        ),
        "picture": fields.image(_l("Picture")),
        "description": fields.text(_l("Description"), longest=300, lines=2),
        "collection": fields.text(
            _l("How the winner gets it"),
            help=_l("Shown when they win, and in their space."),
            longest=500,
            lines=2,
        ),
        "offer": fields.offer(
            _l("Coupon offer"), help=_l("The winner gets a code of this offer."), required=False
        ),
    }
    if len(pools) > 1:
        options = [(pool, str(words)) for pool, words in pools.items()]
        row["pool"] = fields.choice(_l("Won where"), options)
    schema = Schema.from_dict(
        {
            "prizes": plain.List(
                plain.Nested(Schema.from_dict(row, name="PrizeRow")),
                load_default=list,
                validate=validate.Length(max=prizes.MOST_PRIZES),
                metadata={"title": _l("Prizes"), "widget": "rows", "counted": "stock"},
            )
        },
        name="PrizeList",
    )
    return schema()


def as_row(prize: Prize) -> dict[str, Any]:
    """Return a prize as its row of the form."""
    return {
        "id": str(prize.id),
        "label": dict(prize.label),
        "stock": prize.stock,
        "value": f"{prize.value_cents / 100:.2f}" if prize.value_cents else "",
        "per_fan": prize.per_fan,
        "picture": str(prize.picture_id or ""),
        "description": dict(prize.description),
        "collection": dict(prize.collection),
        "offer": str(prize.offer_id or ""),
        "pool": prize.pool,
    }


def read_drafts(
    schema: Schema, raw: Mapping[str, Any], pools: Mapping[str, Any]
) -> tuple[list[prizes.Draft], posted.Errors]:
    """Return the posted prizes, and what is wrong with them by field."""
    try:
        rows = schema.load(raw)["prizes"]
    except ValidationError as error:
        return [], dict(flatten(error.messages))
    drafts, errors = [], {}
    for number, row in enumerate(rows):
        value = posted.cents(row["value"])
        if value is None:
            errors[f"prizes.{number}.value"] = [str(_BAD_AMOUNT)]
        drafts.append(
            prizes.Draft(
                id=posted.identifier(row["id"]),
                label=row["label"],
                description=row["description"],
                collection=row["collection"],
                pool=row.get("pool") or next(iter(pools), "main"),
                stock=row["stock"],
                value_cents=value or 0,
                per_fan=row["per_fan"],
                picture_id=posted.identifier(row["picture"]),
                offer_id=posted.identifier(row["offer"]),
            )
        )
    return drafts, errors


@blueprint.get("/<uuid:game_id>/prizes", endpoint="prizes")
@allow(*MAKERS)
def prizes_page(game_id: UUID) -> str:
    """Show the prizes of a game."""
    game, campaign, _registered = opened(game_id)
    rows = [as_row(prize) for prize in prizes.of_game(game)]
    return _page(game, campaign, {"prizes": rows}, {})


def _page(game: Game, campaign: Campaign, raw: Mapping[str, Any], errors: posted.Errors) -> str:
    pools = prizes.pools_of(game, games.version(game).config)
    schema = form_schema(pools)
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
        steps=journey.steps(campaign, "prizes", game),
        listed=service.games_of(campaign),
    )


@blueprint.post("/<uuid:game_id>/prizes/row")
@allow(*MAKERS)
def open_prize(game_id: UUID) -> str:
    """Draw one prize as open fields."""
    game, _campaign, _registered = opened(game_id)
    schema = form_schema(prizes.pools_of(game, games.version(game).config))
    return open_row_of(schema, "prizes")


@blueprint.post("/<uuid:game_id>/prizes")
@allow(*MAKERS)
def save_prizes(game_id: UUID) -> Any:
    """Save the prizes; on a published campaign the changes and their effect on the odds are shown first."""
    posted.allow_large_form()
    game, campaign, _registered = opened(game_id)
    pools = prizes.pools_of(game, games.version(game).config)
    schema = form_schema(pools)
    raw = forms.parse(schema, request.form)
    drafts, errors = read_drafts(schema, raw, pools)
    editing_on = request.form.get("confirmed") == "no"
    if not errors and not editing_on and changes.needs_confirmation(campaign):
        before = {"prizes": [_comparable(as_row(prize)) for prize in prizes.of_game(game)]}
        after = {"prizes": [_comparable(row) for row in raw["prizes"]]}
        lines = changes.in_words(before, after, forms.labels(schema))
        if lines:
            return changes.confirm(
                campaign, lines, consequences(game, campaign, drafts), local(game.title)
            )
    refusal = None
    if not errors and not editing_on:
        errors, refusal = posted.attempt(
            lambda: prizes.replace(
                game,
                campaign,
                drafts,
                seen=posted.seen(),
                now=now(),
                member_id=desk().member.id,
            )
        )
    if errors or refusal or editing_on:
        if refusal and (refusal.code == "conflict" or "_" in errors):
            flash(" ".join(errors.get("_", [refusal.message])), "bad")
        page = _page(game, campaign, raw, errors)
        return page, 200 if editing_on else refusal.status if refusal else 422
    flash(_("Saved."), "good")
    if request.form.get("go") == "stay" or campaign.state != "draft":
        return redirect(url_for("admin_games.prizes", game_id=game.id))
    return redirect(journey.following("prizes", campaign, game))


def _comparable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without its id and with empty values alike, so that only real changes are listed."""
    kept = {name: value or "" for name, value in row.items() if name not in ("id", "pool")}
    kept["value"] = posted.cents(str(row.get("value") or "")) or 0
    return {**kept, "stock": row.get("stock") or 0, "per_fan": row.get("per_fan") or 0}


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
        told.append(_("The new winning moments are spread from now to the end of the campaign."))
    if new_left < left:
        told.append(_("The latest winning moments are taken back; nothing already won changes."))
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
