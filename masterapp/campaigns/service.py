"""Campaigns as marketers make them: created from a starter, described, dated, duplicated; every change is on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from masterapp.audit import service as audit
from masterapp.brands import assets
from masterapp.campaigns import games, hooks, slugs
from masterapp.campaigns.calendar import effective_state
from masterapp.campaigns.differences import kept
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.texts import LOCALES
from masterapp.texts import lazy_text as _l

LONGEST_TITLE = 80
LONGEST_SUMMARY = 300
LONGEST_RULES = 60_000
MOST_ORIGINS = 20

_NO_TITLE = _l("Give the campaign a title in at least one language.")
_TOO_LONG = _l("Too long: at most %(most)s characters.")
_BACKWARDS = _l("The campaign must end after it begins.")
_IN_THE_PAST = _l("This end is already over. Choose a later one.")
_BAD_SLUG = _l("Use small letters, digits and hyphens, such as cup-final.")
_TAKEN_SLUG = _l("Another campaign already has this address.")
_BAD_ORIGIN = _l("“%(origin)s” is not a site: write it as https://www.example.com, without a path.")


def find(brand_id: UUID, campaign_id: UUID) -> Campaign:
    """Return a campaign of the brand, or refuse with ``not_found``."""
    campaign = db.session.get(Campaign, (brand_id, campaign_id))
    if campaign is None:
        raise Refused("not_found")
    return campaign


def of_brand(brand_id: UUID) -> list[Campaign]:
    """Return the brand's campaigns, the newest first."""
    rows = select(Campaign).where(Campaign.brand_id == brand_id).order_by(Campaign.id.desc())
    return list(db.session.scalars(rows))


def games_of(campaign: Campaign) -> list[Game]:
    """Return the campaign's games in the order of its home page."""
    rows = (
        select(Game)
        .where(Game.brand_id == campaign.brand_id, Game.campaign_id == campaign.id)
        .order_by(Game.position, Game.id)
    )
    return list(db.session.scalars(rows))


def touch(campaign: Campaign, seen: int) -> None:
    """Take the next revision for an edit based on the revision *seen*, or refuse with ``conflict``."""
    taken = db.session.execute(
        update(Campaign)
        .where(
            Campaign.brand_id == campaign.brand_id,
            Campaign.id == campaign.id,
            Campaign.revision == seen,
        )
        .values(revision=Campaign.revision + 1),
        execution_options={"synchronize_session": False},
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise Refused("conflict")
    db.session.refresh(campaign)


def note(campaign: Campaign, action: str, member_id: UUID | None, **data: Any) -> None:
    """Put a change of the campaign on record."""
    audit.record(
        campaign.brand_id,
        action,
        actor_kind="member" if member_id else "system",
        actor_id=member_id,
        object_kind="campaign",
        object_id=campaign.id,
        title=campaign.title,
        **data,
    )


def create(
    brand_id: UUID,
    module: str,
    starter: str | None,
    *,
    locale: str,
    member_id: UUID | None,
    key: UUID | None = None,
) -> Game:
    """Make a draft campaign with one game (with the id *key*) from a starter of the gallery."""
    title = games.starter_title(module, starter)
    name = title.get(locale) or next(iter(title.values()), "")
    campaign = Campaign(
        brand_id=brand_id, slug=_free_slug(brand_id, name), title=title, summary={}, rules={}
    )
    db.session.add(campaign)
    _flush()
    note(campaign, "campaign_created", member_id, module=module, starter=starter)
    return games.add(campaign, module, starter, locale=locale, member_id=member_id, key=key)


def _free_slug(brand_id: UUID, title: str) -> str:
    taken = db.session.scalars(select(Campaign.slug).where(Campaign.brand_id == brand_id))
    return slugs.slug(title, set(taken))


def _flush() -> None:
    """Write; two campaigns that reach for the same address at once: the second is told."""
    try:
        db.session.flush()
    except IntegrityError as error:
        if "slug" in str(error.orig):
            raise Refused("invalid", fields={"slug": [str(_TAKEN_SLUG)]}) from None
        raise


def describe(
    campaign: Campaign, values: Mapping[str, Any], *, seen: int, member_id: UUID | None
) -> None:
    """Change title, summary, rules document, picture and, in a draft, the address."""
    new = _checked_description(campaign, values)
    before = {name: getattr(campaign, name) for name in new}
    touch(campaign, seen)
    for name, value in new.items():
        setattr(campaign, name, value)
    _flush()
    lines = kept(_plain(before), _plain(new))
    if lines:
        note(campaign, "campaign_described", member_id, changes=lines)


def _checked_description(campaign: Campaign, values: Mapping[str, Any]) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    new: dict[str, Any] = {}
    for name, most in (
        ("title", LONGEST_TITLE),
        ("summary", LONGEST_SUMMARY),
        ("rules", LONGEST_RULES),
    ):
        if name not in values:
            continue
        texts = {
            locale: str(values[name].get(locale, "")).replace("\r\n", "\n").strip()
            for locale in LOCALES
        }
        new[name] = {locale: text for locale, text in texts.items() if text}
        for locale, text in new[name].items():
            if len(text) > most:
                errors[f"{name}.{locale}"] = [str(_TOO_LONG) % {"most": most}]
    if "title" in new and not new["title"]:
        errors["title"] = [str(_NO_TITLE)]
    if "slug" in values and campaign.state == "draft":
        new["slug"] = str(values["slug"]).strip().lower()
        if not slugs.FORM.fullmatch(new["slug"]):
            errors["slug"] = [str(_BAD_SLUG)]
    if "picture_id" in values:
        picture = values["picture_id"] or None
        new["picture_id"] = (
            assets.find(campaign.brand_id, UUID(str(picture))).id if picture else None
        )
    if errors:
        raise Refused("invalid", fields=errors)
    return new


def schedule(
    campaign: Campaign,
    opens_at: datetime | None,
    closes_at: datetime | None,
    *,
    seen: int,
    now: datetime,
    member_id: UUID | None,
) -> None:
    """Change the dates. On a published campaign the rooms above move what hangs on them, in the same transaction."""
    errors: dict[str, list[str]] = {}
    if opens_at and closes_at and closes_at <= opens_at:
        errors["closes_at"] = [str(_BACKWARDS)]
    moved = (opens_at, closes_at) != (campaign.opens_at, campaign.closes_at)
    if moved and campaign.state == "published" and (closes_at is None or closes_at <= now):
        errors["closes_at"] = [str(_IN_THE_PAST)]
    if errors:
        raise Refused("invalid", fields=errors)
    if not moved:
        return
    before = {"opens_at": campaign.opens_at, "closes_at": campaign.closes_at}
    touch(campaign, seen)
    campaign.opens_at, campaign.closes_at = opens_at, closes_at
    db.session.flush()
    note(
        campaign,
        "campaign_scheduled",
        member_id,
        changes=kept(_plain(before), _plain({"opens_at": opens_at, "closes_at": closes_at})),
    )
    if campaign.state == "published":
        for game in games_of(campaign):
            for follow in hooks.moved:
                follow(campaign, game, now)


def allow_origins(campaign: Campaign, text: str, *, seen: int, member_id: UUID | None) -> None:
    """Say which sites may embed the games, one per line."""
    origins = []
    for line in text.split():
        origin = line.strip().rstrip("/").lower()
        if not origin_form(origin):
            sentence = str(_BAD_ORIGIN) % {"origin": line[:100]}
            raise Refused("invalid", fields={"origins": [sentence]})
        if origin not in origins:
            origins.append(origin)
    before = campaign.origins
    if origins[:MOST_ORIGINS] == before:
        return
    touch(campaign, seen)
    campaign.origins = origins[:MOST_ORIGINS]
    note(
        campaign,
        "campaign_origins_changed",
        member_id,
        changes=[{"path": "origins", "before": before, "after": campaign.origins}],
    )


def origin_form(origin: str) -> bool:
    """Whether a text is an origin that a content policy can name."""
    scheme, _, host = origin.partition("://")
    if scheme not in ("http", "https") or not host:
        return False
    name, _, port = host.removeprefix("*.").partition(":")
    letters = all(part and part.replace("-", "").isalnum() for part in name.split("."))
    return letters and name.isascii() and (not port or port.isdigit()) and host.count(":") <= 1


def duplicate(
    campaign: Campaign, *, locale: str, member_id: UUID | None, key: UUID | None = None
) -> Campaign:
    """Make a new draft (with the id *key*) with the same games, prizes and rules, and without dates."""
    name = campaign.title.get(locale) or next(iter(campaign.title.values()), "")
    copy = Campaign(
        brand_id=campaign.brand_id,
        id=key or new_id(),
        slug=_free_slug(campaign.brand_id, name),
        title=dict(campaign.title),
        summary=dict(campaign.summary),
        rules=dict(campaign.rules),
        origins=list(campaign.origins),
        picture_id=campaign.picture_id,
    )
    db.session.add(copy)
    _flush()
    for game in games_of(campaign):
        twin = games.copy(game, copy, member_id=member_id)
        for also in hooks.copied:
            also(game, twin)
    note(copy, "campaign_duplicated", member_id, source=str(campaign.id))
    return copy


def delete_draft(campaign: Campaign, *, member_id: UUID | None) -> None:
    """Delete a campaign that was never published; anything else is archived instead."""
    if campaign.state != "draft" or campaign.published_at is not None:
        raise Refused("conflict")
    note(campaign, "campaign_deleted", member_id)
    db.session.delete(campaign)
    db.session.flush()


def state_of(campaign: Campaign, now: datetime) -> str:
    """Return what the campaign is at *now*: draft, scheduled, live, ended or archived."""
    return effective_state(campaign.state, campaign.opens_at, campaign.closes_at, now)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the audit trail keeps them."""
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, UUID)
        else value
        for name, value in values.items()
    }
