"""When a game's prizes are won: expected traffic, jitter and odds; and its seals, with what they wait for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from masterapp.brands.access import allow
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import now
from masterapp.fairness import four_eyes
from masterapp.prizes import odds, opening, pace, proposals, seals
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.web.admin import changes, journey, posted
from masterapp.web.admin.games import blueprint, opened
from masterapp.web.admin.shell import MAKERS, desk
from masterapp.web.ui import local

PROFILES = {
    "usual": _l("A usual week: quiet nights, a rise at noon, a summit at nine"),
    "past": _l("Like your past campaigns: the hours in which your fans have played"),
    "hand": _l("By hand: draw a weekday and a day of the weekend"),
}
LABELS = {
    "profile": _l("Expected traffic"),
    "weekday": _l("Weekday"),
    "weekend": _l("Day of the weekend"),
    "jitter": _l("Jitter"),
    "open_hours": _l("Hours before an untaken moment comes back"),
    "expected_plays": _l("Expected attempts"),
}


@blueprint.get("/<uuid:game_id>/moments", endpoint="moments")
@allow(*MAKERS)
def moments_page(game_id: UUID) -> str:
    """Show when the game's prizes are won."""
    game, campaign, _registered = opened(game_id)
    return _page(game, campaign, pace.of_game(game), {})


def _page(
    game: Game,
    campaign: Campaign,
    chosen: pace.Pace,
    errors: posted.Errors,
    pasted: posted.Errors | None = None,
) -> str:
    offset = pace.offset_of(desk().brand, now())
    past = pace.past_weights(game.brand_id, offset)
    return render_template(
        "admin/moments.html",
        here="campaigns",
        campaign=campaign,
        game=game,
        pace=chosen,
        profiles=PROFILES,
        past=pace.day_shares(past) if past else None,
        enough=pace.ENOUGH_PLAYS,
        errors=errors,
        pasted=pasted or {},
        seals=[_shown(seal) for seal in seals.of_game(game)],
        odds=odds.of_game(game),
        waiting=four_eyes.waiting(game.brand_id, "pace", game.id),
        steps=journey.steps(campaign, "prizes", game),
        public=url_for(
            "fan.fairness",
            brand_slug=desk().brand.slug,
            campaign=campaign.slug,
            game=game.slug,
        ),
    )


def _shown(seal: Any) -> dict[str, Any]:
    plan = seals.plan_of(seal)
    return {
        "seal": seal,
        "code": opening.code_of(seal),
        "round": plan.round,
        "round_at": seals.emitted_at(plan),
        "late": seal.sealed_at is None and seals.emitted_at(plan) < now(),
        "next_try": seals.next_try(seal),
    }


def _posted_pace() -> pace.Pace:
    form = request.form
    before = pace.Pace()

    def bars(name: str) -> tuple[int, ...]:
        given = form.getlist(name)[: pace.HOURS_A_DAY + 1]
        return tuple(posted.whole(text) for text in given) or getattr(before, name)

    return pace.Pace(
        profile=form.get("profile", "")[:10],
        weekday=bars("weekday"),
        weekend=bars("weekend"),
        jitter=posted.whole(form.get("jitter", "")),
        open_hours=posted.whole(form.get("open_hours", "")),
        expected_plays=posted.whole(form.get("expected_plays", "")),
    )


@blueprint.post("/<uuid:game_id>/moments")
@allow(*MAKERS)
def save_pace(game_id: UUID) -> Any:
    """Save when prizes are won; on a published campaign a second person agrees first."""
    game, campaign, _registered = opened(game_id)
    chosen = _posted_pace()
    errors = pace.problems(chosen)
    if errors or request.form.get("confirmed") == "no":
        return _page(game, campaign, chosen, errors), 422 if errors else 200
    lines = _lines(pace.of_game(game), chosen)
    second = proposals.promised(campaign, now())
    told = [
        str(
            _(
                "Moments that are sealed already stay exactly as they are; the change counts for seals made later."
            )
        )
    ]
    if lines and changes.needs_confirmation(campaign):
        return changes.confirm(campaign, lines, told, local(game.title), second=second)
    made: list[Any] = []
    errors, refusal = posted.attempt(
        lambda: made.append(
            proposals.edit_pace(
                game,
                campaign,
                chosen,
                seen=posted.seen(),
                now=now(),
                member_id=desk().member.id,
                effects=changes.as_effects(lines, told),
            )
        )
    )
    if refusal:
        if refusal.code == "conflict":
            flash(refusal.message, "bad")
        return _page(game, campaign, chosen, errors), refusal.status
    if made[0]:
        return changes.proposed()
    flash(_("Saved."), "good")
    return redirect(url_for("admin_games.moments", game_id=game.id))


def _lines(before: pace.Pace, after: pace.Pace) -> Sequence[changes.Line]:
    def plain(chosen: pace.Pace) -> dict[str, Any]:
        document = chosen.document
        if chosen.profile != "hand":
            document = {**document, "weekday": [], "weekend": []}
        return {**document, "profile": str(PROFILES.get(chosen.profile, chosen.profile))}

    return changes.in_words(
        plain(before), plain(after), {name: str(label) for name, label in LABELS.items()}
    )


@blueprint.post("/<uuid:game_id>/seals/<uuid:seal_id>")
@allow(*MAKERS)
def paste_round(game_id: UUID, seal_id: UUID) -> Any:
    """Finish a seal with the beacon's signature that somebody copied, when this server cannot reach the beacon."""
    game, campaign, _registered = opened(game_id)
    seal = seals.find(game.brand_id, seal_id)
    if seal.game_id != game.id:
        return _page(game, campaign, pace.of_game(game), {}), 404
    errors, refusal = posted.attempt(
        lambda: seals.paste(
            seal,
            request.form.get("signature", "")[:5000],
            now=now(),
            member_id=desk().member.id,
        )
    )
    if refusal:
        return _page(game, campaign, pace.of_game(game), {}, errors), refusal.status
    flash(_("The winning moments are sealed."), "good")
    return redirect(url_for("admin_games.moments", game_id=game.id))
