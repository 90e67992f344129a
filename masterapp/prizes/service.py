"""Prizes as marketers make them; once their campaign is published, what is promised can only grow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from masterapp.brands import assets, stores
from masterapp.campaigns import games, hooks
from masterapp.campaigns.differences import kept
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.prizes import pace, schedule
from masterapp.prizes.models import Prize
from masterapp.texts import LOCALES, language
from masterapp.texts import lazy_text as _l

MOST_PRIZES = 50
LARGEST_STOCK = 100_000
LARGEST_VALUE = 100_000_000
LONGEST = {"label": 80, "description": 300, "collection": 500}

_NO_LABEL = _l("Name the prize in at least one language.")
_TOO_LONG = _l("Too long: at most %(most)s characters.")
_RANGE = _l("Give a whole number from %(least)s to %(most)s.")
_ALREADY_WON = _l("At least %(least)s: so many are already won or due to be won now.")
_PROMISED = _l(
    "At least %(least)s: so many winning moments are sealed and promised to fans. "
    "To give fewer, end the campaign: what is left then goes to a second-chance draw."
)
_REMOVED = _l(
    "“%(prize)s” is sealed and promised to fans, so it cannot be removed. "
    "To give fewer, end the campaign: what is left then goes to a second-chance draw."
)
_WAY = _l("This prize is promised to fans as it is won now. Add another prize instead.")
_BAD_STORE = _l("This store does not exist any more. Choose another one.")
_TOO_MANY = _l("At most %(most)s prizes in one game.")
_BAD_OFFER = _l("This offer does not exist any more. Choose another one.")
_NO_PRIZE = _l("This game can give prizes and has none: add one.")
_NO_STOCK = _l("No prize of the group “%(pool)s” has any stock, and the game draws from it.")
_UNUSED_POOL = _l("Nothing in the game draws from the group “%(pool)s”: its prizes cannot be won.")


@dataclass
class Draft:
    """One prize as the marketer wrote it; ``id`` is None for a new one."""

    id: UUID | None
    label: Mapping[str, str]
    description: Mapping[str, str] = field(default_factory=dict)
    collection: Mapping[str, str] = field(default_factory=dict)
    pool: str = "main"
    stock: int = 0
    value_cents: int = 0
    per_fan: int = 1
    per_household: int = 0
    store_ids: Sequence[str] = ()
    guaranteed: bool = False
    picture_id: UUID | None = None
    offer_id: UUID | None = None


def of_game(game: Game) -> list[Prize]:
    """Return the game's prizes in the marketer's order."""
    rows = (
        select(Prize)
        .where(Prize.brand_id == game.brand_id, Prize.game_id == game.id)
        .order_by(Prize.position, Prize.id)
    )
    return list(db.session.scalars(rows))


def pools_of(game: Game, config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the prize groups this configuration draws from, with their words for the marketer."""
    registered = games.module_of(game.module)
    if "try_to_win" not in registered.manifest.effects:
        return {}
    return registered.module.pools(config)


def replace(
    game: Game,
    campaign: Campaign,
    drafts: Sequence[Draft],
    *,
    seen: int,
    now: datetime,
    member_id: UUID | None,
) -> None:
    """Make the game's prizes what the drafts say; on a published campaign their moments follow at once."""
    errors = _problems(drafts)
    if errors:
        raise Refused("invalid", fields=errors)
    games.touch(game, seen)
    existing = {prize.id: prize for prize in of_game(game)}
    before = [plain(prize) for prize in existing.values()]
    counts = schedule.moment_counts(game)
    for number, draft in enumerate(drafts):
        _write(game, existing, number, draft, counts)
    wanted = {draft.id for draft in drafts}
    for prize_id, prize in existing.items():
        if prize_id not in wanted:
            if prize_id in counts:
                sentence = str(_REMOVED) % {"prize": in_language(prize.label)}
                raise Refused("conflict", fields={"_": [sentence]})
            db.session.delete(prize)
    _flush()
    if campaign.state == "published":
        schedule.follow_stock(game, campaign, of_game(game), counts, now)
    lines = kept({"prizes": before}, {"prizes": [plain(prize) for prize in of_game(game)]})
    if lines:
        games.note(game, "prizes_changed", member_id, changes=lines)


def set_pace(game: Game, chosen: pace.Pace, *, seen: int, member_id: UUID | None) -> None:
    """Say when the game's prizes are meant to be won; seals made from now on follow it."""
    errors = pace.problems(chosen)
    if errors:
        raise Refused("invalid", fields=errors)
    before = pace.of_game(game)
    if chosen == before:
        return
    games.touch(game, seen)
    pace.keep(game, chosen)
    games.note(game, "prizes_paced", member_id, changes=kept(before.document, chosen.document))


def _flush() -> None:
    """Write; an offer that is not the brand's is refused by its foreign key."""
    try:
        db.session.flush()
    except IntegrityError as error:
        if "offer" in str(error.orig):
            raise Refused("invalid", fields={"_": [str(_BAD_OFFER)]}) from None
        raise


def _write(
    game: Game,
    existing: Mapping[UUID, Prize],
    number: int,
    draft: Draft,
    counts: Mapping[UUID, tuple[int, int]],
) -> None:
    if draft.picture_id:
        # Asked before the prize is begun: a question makes the session write what it holds.
        assets.find(game.brand_id, draft.picture_id)
    if draft.store_ids and not _know_stores(game.brand_id, draft.store_ids):
        raise Refused("invalid", fields={f"prizes.{number}.stores": [str(_BAD_STORE)]})
    prize = existing.get(draft.id) if draft.id else None
    if draft.id and prize is None:
        raise Refused("not_found")
    if prize is None:
        prize = Prize(brand_id=game.brand_id, id=new_id(), game_id=game.id)
        db.session.add(prize)
        draft.id = prize.id
    _keep_promises(prize, number, draft, counts.get(prize.id))
    for name in LONGEST:
        texts = getattr(draft, name)
        setattr(
            prize,
            name,
            {locale: texts[locale].strip() for locale in LOCALES if texts.get(locale, "").strip()},
        )
    prize.position, prize.pool, prize.stock = number, draft.pool, draft.stock
    prize.value_cents, prize.per_fan = draft.value_cents, draft.per_fan
    prize.per_household, prize.guaranteed = draft.per_household, draft.guaranteed
    prize.store_ids = sorted(set(draft.store_ids))
    prize.picture_id, prize.offer_id = draft.picture_id, draft.offer_id


def _keep_promises(
    prize: Prize, number: int, draft: Draft, committed: tuple[int, int] | None
) -> None:
    """Refuse to give less than what is committed, or to win it in another way."""
    if committed is None:
        return
    planned, taken = committed
    if draft.guaranteed and draft.stock < taken:
        sentence = str(_ALREADY_WON) % {"least": taken}
        raise Refused("invalid", fields={f"prizes.{number}.stock": [sentence]})
    if not draft.guaranteed and draft.stock < planned:
        sentence = str(_PROMISED) % {"least": planned}
        raise Refused("invalid", fields={f"prizes.{number}.stock": [sentence]})
    for name in ("guaranteed", "pool"):
        if getattr(draft, name) != getattr(prize, name):
            raise Refused("invalid", fields={f"prizes.{number}.{name}": [str(_WAY)]})


def _problems(drafts: Sequence[Draft]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if len(drafts) > MOST_PRIZES:
        errors["prizes"] = [str(_TOO_MANY) % {"most": MOST_PRIZES}]
    for number, draft in enumerate(drafts):
        path = f"prizes.{number}"
        if not any(text.strip() for text in draft.label.values()):
            errors[f"{path}.label"] = [str(_NO_LABEL)]
        for name, most in LONGEST.items():
            for locale, text in getattr(draft, name).items():
                if len(text) > most:
                    errors[f"{path}.{name}.{locale}"] = [str(_TOO_LONG) % {"most": most}]
        for name, least, most in (
            ("stock", 0, LARGEST_STOCK),
            ("per_fan", 0, 1000),
            ("per_household", 0, 1000),
            ("value_cents", 0, LARGEST_VALUE),
        ):
            if not least <= getattr(draft, name) <= most:
                errors[f"{path}.{name}"] = [str(_RANGE) % {"least": least, "most": most}]
    return errors


def _know_stores(brand_id: UUID, store_ids: Sequence[str]) -> bool:
    return set(store_ids) <= {str(store.id) for store in stores.of_brand(brand_id)}


def in_language(label: Mapping[str, str]) -> str:
    """Return a label in the reader's language, else in any it has."""
    return label.get(language()) or next(iter(label.values()), "")


def plain(prize: Prize) -> dict[str, Any]:
    """Return a prize as the audit trail and the list of changes show it."""
    return {
        "label": dict(prize.label),
        "description": dict(prize.description),
        "collection": dict(prize.collection),
        "pool": prize.pool,
        "stock": prize.stock,
        "value_cents": prize.value_cents,
        "per_fan": prize.per_fan,
        "per_household": prize.per_household,
        "stores": list(prize.store_ids),
        "guaranteed": prize.guaranteed,
        "picture": str(prize.picture_id or "") or None,
        "offer": str(prize.offer_id or "") or None,
    }


def _check(_campaign: Campaign, game: Game, config: Mapping[str, Any]) -> Iterable[hooks.Missing]:
    """A game that draws from a group of prizes needs stock in it."""
    pools = pools_of(game, config)
    prizes = of_game(game)
    if pools and not prizes:
        yield hooks.Missing("no_prize", _NO_PRIZE, "prizes", game.id)
        return
    stocked = {prize.pool for prize in prizes if prize.stock}
    for pool in pools:
        if pool not in stocked:
            sentence = str(_NO_STOCK) % {"pool": str(pools[pool])}
            yield hooks.Missing("no_stock", sentence, "prizes", game.id)
    for pool in sorted(stocked - set(pools)):
        sentence = str(_UNUSED_POOL) % {"pool": pool}
        yield hooks.Missing("unused_pool", sentence, "prizes", game.id, warning=True)


def _copy(game: Game, twin: Game) -> None:
    """Give a duplicated game the same prizes and pace; nobody has won any of them yet."""
    pace.keep(twin, pace.of_game(game))
    for prize in of_game(game):
        db.session.add(
            Prize(
                brand_id=twin.brand_id,
                game_id=twin.id,
                pool=prize.pool,
                position=prize.position,
                label=dict(prize.label),
                description=dict(prize.description),
                collection=dict(prize.collection),
                picture_id=prize.picture_id,
                value_cents=prize.value_cents,
                stock=prize.stock,
                per_fan=prize.per_fan,
                per_household=prize.per_household,
                store_ids=list(prize.store_ids),
                guaranteed=prize.guaranteed,
                offer_id=prize.offer_id,
            )
        )
    db.session.flush()


hooks.checks.append(_check)
hooks.published.append(
    lambda campaign, game, now: schedule.start(campaign, game, of_game(game), now)
)
hooks.moved.append(schedule.move)
hooks.copied.append(_copy)
