"""From draft to archive: what is still missing, publishing, ending early, archiving; each under the campaign's lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from masterapp.campaigns import configuration, games, hooks, service
from masterapp.campaigns.hooks import Missing
from masterapp.campaigns.models import Campaign
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.events import after_commit, campaign_changed
from masterapp.registry import registry
from masterapp.texts import lazy_text as _l

_NO_GAME = _l("Add at least one game.")
_NO_DATES = _l("Choose when the campaign begins and ends.")
_OVER = _l("The end is already over: choose a later one.")
_NO_TITLE = _l("Give the campaign a title in %(language)s.")
_NO_RULES = _l("Write the rules document, or paste it.")
_NO_LOCALE = _l("Choose at least one language in the brand's page.")
_BROKEN = _l("The content of the game has something to correct.")
_UNKNOWN = _l("The module of this game is not installed any more: remove the game.")
LANGUAGES = {"fr": _l("French"), "en": _l("English")}


def missing(campaign: Campaign, locales: list[Any], now: datetime) -> list[Missing]:
    """Return what has to be done before the campaign can be published; empty when nothing has."""
    found: list[Missing] = []
    if not locales:
        found.append(Missing("no_locale", _NO_LOCALE, "rules"))
    for locale in locales:
        if not campaign.title.get(locale):
            sentence = str(_NO_TITLE) % {"language": str(LANGUAGES[locale])}
            found.append(Missing("no_title", sentence, "rules", warning=bool(campaign.title)))
    if campaign.opens_at is None or campaign.closes_at is None:
        found.append(Missing("no_dates", _NO_DATES, "dates"))
    elif campaign.closes_at <= now:
        found.append(Missing("over", _OVER, "dates"))
    if not any(campaign.rules.values()):
        found.append(Missing("no_rules", _NO_RULES, "rules"))
    listed = service.games_of(campaign)
    if not listed:
        found.append(Missing("no_game", _NO_GAME, "content"))
    for game in listed:
        if game.module not in registry:
            found.append(Missing("unknown_module", _UNKNOWN, "content", game.id))
            continue
        config, errors = configuration.check(
            games.module_of(game.module), games.version(game).config
        )
        if errors or games.foreign(game, config):
            found.append(Missing("broken_content", _BROKEN, "content", game.id))
        else:
            for check in hooks.checks:
                found.extend(check(campaign, game, config))
    return found


def publish(
    campaign: Campaign, locales: list[Any], *, now: datetime, member_id: UUID | None
) -> None:
    """Publish a draft: from now on the clock decides whether it is scheduled, live or ended."""
    db.session.refresh(campaign, with_for_update=True)
    if campaign.state != "draft":
        raise Refused("conflict")
    blocking = [item for item in missing(campaign, locales, now) if not item.warning]
    if blocking:
        raise Refused("invalid", fields={item.code: [str(item.sentence)] for item in blocking})
    campaign.state = "published"
    campaign.published_at = now
    campaign.revision += 1
    db.session.flush()
    for game in service.games_of(campaign):
        for follow in hooks.published:
            follow(campaign, game, now)
    _changed(campaign, "campaign_published", now, member_id)


def end_early(campaign: Campaign, *, now: datetime, member_id: UUID | None) -> None:
    """Close a live campaign at this instant."""
    db.session.refresh(campaign, with_for_update=True)
    if service.state_of(campaign, now) != "live":
        raise Refused("conflict")
    campaign.closes_at = now
    campaign.revision += 1
    db.session.flush()
    _changed(campaign, "campaign_ended", now, member_id)


def archive(campaign: Campaign, *, now: datetime, member_id: UUID | None) -> None:
    """Put a campaign away: fans no longer see it, its figures stay. A live one has to be ended first."""
    db.session.refresh(campaign, with_for_update=True)
    if service.state_of(campaign, now) in ("live", "archived"):
        raise Refused("conflict")
    campaign.state = "archived"
    campaign.revision += 1
    db.session.flush()
    _changed(campaign, "campaign_archived", now, member_id)


def _changed(campaign: Campaign, action: str, now: datetime, member_id: UUID | None) -> None:
    service.note(campaign, action, member_id)
    after_commit(
        campaign_changed,
        brand_id=campaign.brand_id,
        campaign_id=campaign.id,
        state=service.state_of(campaign, now),
    )
