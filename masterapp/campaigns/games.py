"""The games of a campaign: made from starters, paused, edited without ever changing a version that was played."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy import func, select, update

from masterapp.audit import service as audit
from masterapp.campaigns import configuration, hooks, slugs
from masterapp.campaigns.differences import kept
from masterapp.campaigns.models import Campaign, Game, GameVersion
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.registry import Registered, registry
from masterapp.sdk.module import Starter
from masterapp.texts import LOCALES
from masterapp.texts import lazy_text as _l

LONGEST_TITLE = 80
#: The most a quota may be, by name; 0 always means "no limit".
QUOTA_LIMITS = {
    "per_day": 1000,
    "per_period": 1000,
    "period_hours": 24 * 366,
    "per_campaign": 100_000,
}

_NO_TITLE = _l("Give the game a title in at least one language.")
_TOO_LONG = _l("Too long: at most %(most)s characters.")
_OUT_OF_RANGE = _l("Give a whole number from 0 to %(most)s; 0 sets no limit.")
_HALF_A_PERIOD = _l("Give both the number of plays and the hours, or neither.")
_GONE = _l("This choice does not exist any more. Choose another one.")


def module_of(slug: str) -> Registered:
    """Return an installed module, or refuse with ``not_found``."""
    if slug not in registry:
        raise Refused("not_found")
    return registry[slug]


def starter_of(module: str, starter: str | None) -> Starter:
    """Return a starter of the gallery by its slug (the module's first when none is named)."""
    for candidate in module_of(module).module.starters:
        if starter in (None, candidate.slug):
            return candidate
    raise Refused("not_found")


def starter_title(module: str, starter: str | None) -> dict[str, str]:
    """Return the title a game made from this starter begins with: its own words, else the gallery's."""
    found = starter_of(module, starter)
    own = found.config.get("title")
    if isinstance(own, Mapping) and any(own.values()):
        return {locale: str(own[locale]) for locale in LOCALES if own.get(locale)}
    titles = {}
    for locale in LOCALES:
        with force_locale(locale):
            titles[locale] = str(found.title)
    return titles


def find(brand_id: UUID, game_id: UUID) -> Game:
    """Return a game of the brand, or refuse with ``not_found``."""
    game = db.session.get(Game, (brand_id, game_id))
    if game is None:
        raise Refused("not_found")
    return game


def version(game: Game, number: int | None = None) -> GameVersion:
    """Return a version of the game's configuration, the current one unless a number is given."""
    row = db.session.get(GameVersion, (game.brand_id, game.id, number or game.version))
    if row is None:
        raise Refused("not_found")
    return row


def add(
    campaign: Campaign,
    module: str,
    starter: str | None,
    *,
    locale: str,
    member_id: UUID | None,
    key: UUID | None = None,
) -> Game:
    """Add a game (with the id *key*) made from a starter."""
    registered = module_of(module)
    # A starter cannot name this brand's pictures and offers: until they are chosen it is kept as a draft.
    draft = starter_of(module, starter).config
    config = configuration.check(registered, draft)[0]
    config = config or configuration.filled(registered.config_schema, draft)
    title = starter_title(module, starter)
    name = title.get(locale) or next(iter(title.values()), "")
    taken, last = _neighbours(campaign)
    game = Game(
        brand_id=campaign.brand_id,
        id=key or new_id(),
        campaign_id=campaign.id,
        module=module,
        slug=slugs.slug(name, taken, fallback="game"),
        title=title,
        position=last + 1,
        quota=dict.fromkeys(QUOTA_LIMITS, 0)
        | ({"per_day": 1} if registered.manifest.limited else {}),
    )
    db.session.add(game)
    db.session.flush()
    _write_version(game, 1, config, member_id)
    note(game, "game_added", member_id, module=module, starter=starter)
    return game


def _neighbours(campaign: Campaign) -> tuple[set[str], int]:
    rows = db.session.execute(
        select(Game.slug, Game.position).where(
            Game.brand_id == campaign.brand_id, Game.campaign_id == campaign.id
        )
    ).all()
    return {slug for slug, _ in rows}, max((position for _, position in rows), default=-1)


def _write_version(
    game: Game, number: int, config: Mapping[str, Any], member_id: UUID | None
) -> None:
    db.session.add(
        GameVersion(
            brand_id=game.brand_id,
            game_id=game.id,
            number=number,
            config=dict(config),
            module_version=module_of(game.module).manifest.version,
            created_by=member_id,
        )
    )
    db.session.flush()


def note(game: Game, action: str, member_id: UUID | None, **data: Any) -> None:
    """Put a change of a game on record."""
    audit.record(
        game.brand_id,
        action,
        actor_kind="member" if member_id else "system",
        actor_id=member_id,
        object_kind="game",
        object_id=game.id,
        title=game.title,
        campaign=str(game.campaign_id),
        **data,
    )


def touch(game: Game, seen: int) -> None:
    """Take the next revision for an edit based on the revision *seen*, or refuse with ``conflict``."""
    taken = db.session.execute(
        update(Game)
        .where(Game.brand_id == game.brand_id, Game.id == game.id, Game.revision == seen)
        .values(revision=Game.revision + 1),
        execution_options={"synchronize_session": False},
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise Refused("conflict")
    db.session.refresh(game)


def configure(
    game: Game,
    title: Mapping[str, str],
    raw: Mapping[str, Any],
    *,
    seen: int,
    member_id: UUID | None,
) -> GameVersion:
    """Change a game's title and configuration.

    In a draft the version is rewritten. Once the campaign has been published a version may have been played, so an edit
    makes the next number; who is in the middle of an attempt finishes it with the version it was opened with.
    """
    config, errors = configuration.check(module_of(game.module), raw)
    titles, title_errors = checked_title(title)
    errors = {**title_errors, **errors, **foreign(game, config)}
    if errors:
        raise Refused("invalid", fields=errors)
    touch(game, seen)
    # The lock on the campaign keeps "draft" true until the commit: publishing waits, or we see it done.
    published = db.session.scalar(
        select(Campaign.published_at.is_not(None))
        .where(Campaign.brand_id == game.brand_id, Campaign.id == game.campaign_id)
        .with_for_update(read=True)
    )
    current = version(game)
    before = {"title": dict(game.title), "config": current.config}
    game.title = titles
    if current.config != config:
        if published:
            game.version = next_number(game)
            _write_version(game, game.version, config, member_id)
        else:
            current.config = config
            current.module_version = module_of(game.module).manifest.version
    db.session.flush()
    lines = kept(before, {"title": titles, "config": config})
    if lines:
        note(game, "game_configured", member_id, version=game.version, changes=lines)
    return version(game)


def next_number(game: Game) -> int:
    """Return the number of the next version."""
    last = db.session.scalar(
        select(func.max(GameVersion.number)).where(
            GameVersion.brand_id == game.brand_id, GameVersion.game_id == game.id
        )
    )
    return (last or 0) + 1


def checked_title(title: Mapping[str, str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return a game's title without empty languages, and what is wrong with it."""
    titles = {locale: str(title.get(locale, "")).strip() for locale in LOCALES}
    titles = {locale: text for locale, text in titles.items() if text}
    errors = {
        f"game_title.{locale}": [str(_TOO_LONG) % {"most": LONGEST_TITLE}]
        for locale, text in titles.items()
        if len(text) > LONGEST_TITLE
    }
    if not titles:
        errors["game_title"] = [str(_NO_TITLE)]
    return titles, errors


def foreign(game: Game, config: Mapping[str, Any]) -> dict[str, list[str]]:
    """Name the fields whose picture or offer is not the brand's, or not any more."""
    schema = module_of(game.module).config_schema
    errors: dict[str, list[str]] = {}
    for widget, known_of in hooks.known.items():
        wanted = dict(configuration.references(schema, config, widget))
        known = known_of(game.brand_id, set(wanted.values())) if wanted else set()
        errors |= {path: [str(_GONE)] for path, named in wanted.items() if named not in known}
    return errors


def limit(game: Game, raw: Mapping[str, Any], *, seen: int, member_id: UUID | None) -> None:
    """Change how often a fan may play."""
    quota, errors = checked_quota(raw)
    if errors:
        raise Refused("invalid", fields=errors)
    before = dict(game.quota)
    if {name: before.get(name, 0) for name in quota} == quota:
        return
    touch(game, seen)
    game.quota = quota
    note(game, "game_quota_changed", member_id, changes=kept(before, quota))


def checked_quota(raw: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Return the quota as whole numbers, and what is wrong with it."""
    quota: dict[str, int] = {}
    errors: dict[str, list[str]] = {}
    for name, most in QUOTA_LIMITS.items():
        text = str(raw.get(name) or 0).strip()
        quota[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        if not 0 <= quota[name] <= most:
            errors[name] = [str(_OUT_OF_RANGE) % {"most": most}]
    if not errors and bool(quota["per_period"]) != bool(quota["period_hours"]):
        errors["period_hours"] = [str(_HALF_A_PERIOD)]
    return quota, errors


def pause(game: Game, paused: bool, *, member_id: UUID | None) -> None:
    """Stop new moves of a game for a while, or let them go on."""
    if game.paused == paused:
        return
    game.paused = paused
    note(game, "game_paused" if paused else "game_resumed", member_id)


def remove(game: Game, *, member_id: UUID | None) -> None:
    """Take a game out of a campaign that was never published."""
    campaign = db.session.get(Campaign, (game.brand_id, game.campaign_id), with_for_update=True)
    if campaign is None or campaign.published_at is not None:
        raise Refused("conflict")
    note(game, "game_removed", member_id)
    db.session.delete(game)
    db.session.flush()


def copy(game: Game, campaign: Campaign, *, member_id: UUID | None) -> Game:
    """Copy a game with its current configuration into another campaign."""
    twin = Game(
        brand_id=campaign.brand_id,
        campaign_id=campaign.id,
        module=game.module,
        slug=game.slug,
        title=dict(game.title),
        position=game.position,
        quota=dict(game.quota),
    )
    db.session.add(twin)
    db.session.flush()
    _write_version(twin, 1, version(game).config, member_id)
    return twin
