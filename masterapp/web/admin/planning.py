"""The steps of the whole campaign: dates and quotas, who can play and the rules document, publishing, sharing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from markupsafe import escape
from sqlalchemy import func, select

from masterapp.brands import stores
from masterapp.brands.access import allow
from masterapp.campaigns import games, publishing, service
from masterapp.campaigns.calendar import to_local
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db, now
from masterapp.eligibility.models import Exclusion
from masterapp.errors import Refused
from masterapp.prizes import odds, places, proposals
from masterapp.registry import registry
from masterapp.texts import language
from masterapp.texts import translate as _
from masterapp.web.admin import changes, journey, posted, poster
from masterapp.web.admin.kit import Kit
from masterapp.web.admin.shell import MAKERS, desk, exact
from masterapp.web.ui import local

blueprint = Blueprint(
    "admin_planning", __name__, url_prefix="/admin/campaigns", template_folder="templates"
)


def opened(campaign_id: UUID) -> Campaign:
    """Return a campaign of the member's brand."""
    return service.find(desk().brand.id, campaign_id)


@blueprint.get("/<uuid:campaign_id>/dates")
@allow(*MAKERS)
def dates(campaign_id: UUID) -> str:
    """Show the dates and every game's quotas."""
    return _dates_page(opened(campaign_id), {})


def _dates_page(campaign: Campaign, errors: posted.Errors, again: bool = False) -> str:
    listed = service.games_of(campaign)
    zone = desk().zone
    typed: dict[str, Any] = {
        "opens_at": to_local(campaign.opens_at, zone),
        "closes_at": to_local(campaign.closes_at, zone),
    }
    for game in listed:
        for name in games.QUOTA_LIMITS:
            typed[f"{game.id}.{name}"] = game.quota.get(name) or 0
    if again:
        typed.update(request.form.items())
    return render_template(
        "admin/dates.html",
        here="campaigns",
        campaign=campaign,
        listed=[game for game in listed if game.module in registry],
        modules=registry,
        typed=typed,
        errors=errors,
        steps=journey.steps(campaign, "dates"),
        local_now=now().astimezone(zone),
    )


@blueprint.post("/<uuid:campaign_id>/dates")
@allow(*MAKERS)
def save_dates(campaign_id: UUID) -> Any:
    """Save dates and quotas together; a published campaign shows first what moves."""
    campaign = opened(campaign_id)
    errors: posted.Errors = {}
    opens_at = posted.local_time("opens_at", errors)
    closes_at = posted.local_time("closes_at", errors, later=True)
    quotas: dict[UUID, dict[str, Any]] = {}
    for game in service.games_of(campaign):
        quotas[game.id] = {
            name: request.form.get(f"{game.id}.{name}", game.quota.get(name) or 0)
            for name in games.QUOTA_LIMITS
        }
        _quota, wrong = games.checked_quota(quotas[game.id])
        errors.update({f"{game.id}.{name}": sentences for name, sentences in wrong.items()})
    editing_on = request.form.get("confirmed") == "no"
    if not errors and not editing_on and changes.needs_confirmation(campaign):
        lines = _changes(campaign, opens_at, closes_at, quotas)
        if lines:
            told = _of_new_dates(campaign, closes_at)
            second = _dates_need_a_second(campaign, opens_at, closes_at)
            return changes.confirm(campaign, lines, told, _("Dates and quotas"), second=second)
    if errors or editing_on:
        return _dates_page(campaign, errors, again=True), 200 if editing_on else 422
    member_id = desk().member.id
    proposed: list[Any] = []

    def work() -> None:
        seen = posted.seen()
        if opens_at and closes_at and _dates_need_a_second(campaign, opens_at, closes_at):
            lines = _changes(campaign, opens_at, closes_at, {})
            effects = changes.as_effects(lines, _of_new_dates(campaign, closes_at))
            proposed.append(
                proposals.edit_dates(
                    campaign,
                    opens_at,
                    closes_at,
                    seen=seen,
                    now=now(),
                    member_id=member_id,
                    effects=effects,
                )
            )
        else:
            service.schedule(
                campaign, opens_at, closes_at, seen=seen, now=now(), member_id=member_id
            )
        for game in service.games_of(campaign):
            games.limit(game, quotas[game.id], seen=game.revision, member_id=member_id)

    errors, refusal = posted.attempt(work)
    if refusal:
        if refusal.code == "conflict":
            flash(refusal.message, "bad")
        return _dates_page(campaign, errors, again=True), refusal.status
    return changes.proposed() if proposed else _onwards(campaign, "dates")


def _dates_need_a_second(campaign: Campaign, opens_at: Any, closes_at: Any) -> bool:
    moved = (opens_at, closes_at) != (campaign.opens_at, campaign.closes_at)
    return moved and proposals.dates_touch_odds(campaign, now())


def _of_new_dates(campaign: Campaign, closes_at: Any) -> list[str]:
    """Say what new dates mean for prizes that are committed, from public plans alone."""
    told = [_("Sealed winning moments stay where they are; what is won stays won.")]
    listed = service.games_of(campaign)
    out = sum(proposals.after_the_end(game, closes_at) for game in listed) if closes_at else 0
    if out:
        told.append(
            _(
                "About %(units)s of them come after the new end: they are left for a second-chance draw.",
                units=out,
            )
        )
    return told


def _changes(
    campaign: Campaign, opens_at: Any, closes_at: Any, quotas: dict[UUID, dict[str, Any]]
) -> list[changes.Line]:
    labels = {
        "opens_at": str(_("Begins")),
        "closes_at": str(_("Ends")),
        "per_day": str(_("Plays per day")),
        "per_period": str(_("Plays per period")),
        "period_hours": str(_("Hours of a period")),
        "per_campaign": str(_("Plays in the whole campaign")),
    }
    lines = changes.in_words(
        {"opens_at": exact(campaign.opens_at), "closes_at": exact(campaign.closes_at)},
        {"opens_at": exact(opens_at), "closes_at": exact(closes_at)},
        labels,
    )
    for game in service.games_of(campaign):
        old = {name: game.quota.get(name) or 0 for name in games.QUOTA_LIMITS}
        new, _wrong = games.checked_quota(quotas.get(game.id, game.quota))
        for line in changes.in_words(old, new, labels):
            lines.append(
                changes.Line(f"{local(game.title)} › {line.label}", line.before, line.after)
            )
    return lines


def _onwards(campaign: Campaign, step: str) -> Any:
    flash(_("Saved."), "good")
    if request.form.get("go") == "stay" or campaign.state != "draft":
        return redirect(url_for(f"admin_planning.{step}", campaign_id=campaign.id))
    return redirect(journey.following(step, campaign))


@blueprint.get("/<uuid:campaign_id>/rules")
@allow(*MAKERS)
def rules(campaign_id: UUID) -> str:
    """Show title, address, who can play and the rules document."""
    campaign = opened(campaign_id)
    typed = {
        "title": campaign.title,
        "summary": campaign.summary,
        "rules": campaign.rules,
        "slug": campaign.slug,
        "picture_id": str(campaign.picture_id or ""),
    }
    return _rules_page(campaign, typed, {})


def _rules_page(campaign: Campaign, typed: dict[str, Any], errors: posted.Errors) -> str:
    counted = db.session.execute(
        select(Exclusion.reason, func.count())
        .where(Exclusion.brand_id == campaign.brand_id)
        .group_by(Exclusion.reason)
    )
    excluded: dict[str, int] = dict(counted.all())
    return render_template(
        "admin/rules.html",
        here="campaigns",
        campaign=campaign,
        typed=typed,
        errors=errors,
        excluded=excluded,
        odds=odds.together(odds.of_game(game) for game in service.games_of(campaign)),
        kit=Kit(),
        steps=journey.steps(campaign, "rules"),
        address=fan_address(campaign),
    )


@blueprint.post("/<uuid:campaign_id>/rules")
@allow(*MAKERS)
def save_rules(campaign_id: UUID) -> Any:
    """Save title, address, picture and the rules document."""
    posted.allow_large_form()
    campaign = opened(campaign_id)
    typed: dict[str, Any] = {name: posted.localised(name) for name in ("title", "summary", "rules")}
    typed["picture_id"] = str(posted.identifier(request.form.get("picture_id")) or "")
    typed["slug"] = request.form.get("slug", campaign.slug)
    errors, refusal = posted.attempt(
        lambda: service.describe(campaign, typed, seen=posted.seen(), member_id=desk().member.id)
    )
    if refusal:
        if refusal.code == "conflict":
            flash(refusal.message, "bad")
        return _rules_page(campaign, typed, errors), refusal.status
    return _onwards(campaign, "rules")


@blueprint.get("/<uuid:campaign_id>/publish")
@allow(*MAKERS)
def publish(campaign_id: UUID) -> str:
    """Show the check list, and the button once nothing is missing."""
    campaign = opened(campaign_id)
    listed = service.games_of(campaign)
    todo = journey.missing(campaign)
    return render_template(
        "admin/publish.html",
        here="campaigns",
        campaign=campaign,
        listed=listed,
        todo=todo,
        blocking=[item for item in todo if not item.warning],
        by_id={game.id: game for game in listed},
        where=lambda item: journey.address(
            item.step, campaign, next((g for g in listed if g.id == item.game_id), None)
        ),
        state=service.state_of(campaign, now()),
        steps=journey.steps(campaign, "publish"),
    )


@blueprint.post("/<uuid:campaign_id>/publish")
@allow(*MAKERS)
def publish_now(campaign_id: UUID) -> Any:
    """Publish the campaign."""
    campaign = opened(campaign_id)
    try:
        publishing.publish(campaign, desk().brand.locales, now=now(), member_id=desk().member.id)
    except Refused as refusal:
        db.rollback()
        if refusal.code == "conflict":
            raise
        return publish(campaign_id), 422
    live = service.state_of(campaign, now()) == "live"
    flash(_("Your campaign is live.") if live else _("Your campaign is scheduled."), "good")
    return redirect(url_for("admin_planning.share", campaign_id=campaign.id))


@blueprint.get("/<uuid:campaign_id>/share")
@allow(*MAKERS)
def share(campaign_id: UUID) -> str:
    """Show the embed code, the links, the sites that may embed, and the poster."""
    campaign = opened(campaign_id)
    return _share_page(campaign, "\n".join(campaign.origins), {})


def _share_page(campaign: Campaign, origins: str, errors: posted.Errors) -> str:
    return render_template(
        "admin/share.html",
        here="campaigns",
        campaign=campaign,
        ways=[_ways_to(campaign, game) for game in service.games_of(campaign)],
        home=fan_address(campaign),
        origins=origins,
        errors=errors,
        steps=journey.steps(campaign, "share"),
        state=service.state_of(campaign, now()),
        qr=poster.qr_svg(fan_address(campaign)),
        stores=[store for store in stores.of_brand(campaign.brand_id) if store.active],
    )


def _ways_to(campaign: Campaign, game: Game) -> dict[str, Any]:
    """Return a game's link, and the code that shows it in another site."""
    base = current_app.config["SETTINGS"].base_url
    brand, slug = desk().brand.slug, campaign.slug
    frame = f"{base}/embed/{brand}/{slug}/{game.slug}"
    title = escape(local(game.title))
    return {
        "game": game,
        "link": f"{base}/play/{brand}/campaigns/{slug}/{game.slug}",
        "snippet": f'<script src="{base}/embed.js" data-brand="{brand}" data-campaign="{slug}"'
        f' data-game="{game.slug}" async></script>',
        "iframe": f'<iframe src="{frame}" title="{title}" width="100%" height="720"></iframe>',
    }


@blueprint.post("/<uuid:campaign_id>/origins")
@allow(*MAKERS)
def save_origins(campaign_id: UUID) -> Any:
    """Save the sites that may embed the games."""
    campaign = opened(campaign_id)
    text = request.form.get("origins", "")[:4000]
    errors, refusal = posted.attempt(
        lambda: service.allow_origins(
            campaign, text, seen=posted.seen(), member_id=desk().member.id
        )
    )
    if refusal:
        if refusal.code == "conflict":
            flash(refusal.message, "bad")
        return _share_page(campaign, text, errors), refusal.status
    flash(_("Saved."), "good")
    return redirect(url_for("admin_planning.share", campaign_id=campaign.id))


@blueprint.get("/<uuid:campaign_id>/poster.pdf")
@allow(*MAKERS)
def poster_pdf(campaign_id: UUID) -> Response:
    """Hand out the A4 poster with the QR code, in the brand's colours; a store's own lets reserved prizes be won."""
    campaign = opened(campaign_id)
    locale = request.args.get("locale", language())
    store_id = posted.identifier(request.args.get("store"))
    store = stores.find(campaign.brand_id, store_id) if store_id else None
    address = fan_address(campaign)
    if store:
        address += f"?at={places.token(campaign.brand_id, store.id)}"
    content = poster.draw(desk().brand, campaign, address, locale, store)
    response = Response(content, mimetype="application/pdf")
    parts = [campaign.slug, *([store.code.lower()] if store else [])]
    name = f"{'-'.join(parts)}-{locale if locale in ('fr', 'en') else 'fr'}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def fan_address(campaign: Campaign) -> str:
    """Return the address fans are sent to."""
    base: str = current_app.config["SETTINGS"].base_url
    return f"{base}/play/{desk().brand.slug}/campaigns/{campaign.slug}/"
