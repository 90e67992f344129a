"""Campaigns on a real database: versions, publishing, moments that follow stock and dates, and editors who race."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from masterapp.audit.models import AuditRecord
from masterapp.campaigns import games, publishing, service
from masterapp.campaigns.models import Campaign, Game, GameVersion
from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.prizes import service as prizes
from masterapp.prizes.models import WinningMoment
from masterapp.testing.factories import create_brand, rows

LABEL = {"fr": "Maillot", "en": "Shirt"}


@pytest.fixture
def club(full_app: Flask) -> UUID:
    """A brand."""
    return create_brand(full_app, slug="club")


@pytest.fixture
def desk(full_app: Flask) -> Callable[[], Any]:
    """One transaction of the desk at a time, as a request has it."""

    def work() -> Any:
        return full_app.test_request_context()

    return work


def ready_game(brand_id: UUID, *, stock: int = 5) -> tuple[Campaign, Game]:
    """Make a scratch-card campaign that lacks nothing; inside a transaction."""
    game = games.find(
        brand_id,
        service.create(brand_id, "instant_win", "match-day-card", locale="en", member_id=None).id,
    )
    campaign = service.find(brand_id, game.campaign_id)
    service.describe(
        campaign,
        {"rules": {"fr": "Règlement", "en": "Rules"}},
        seen=campaign.revision,
        member_id=None,
    )
    at = now()
    service.schedule(
        campaign,
        at + timedelta(days=1),
        at + timedelta(days=11),
        seen=campaign.revision,
        now=at,
        member_id=None,
    )
    draft = prizes.Draft(None, LABEL, stock=stock)
    prizes.replace(game, campaign, [draft], seen=game.revision, now=at, member_id=None)
    return campaign, game


def moments_of(game: Game) -> list[WinningMoment]:
    """Return the game's winning moments in order."""
    query = select(WinningMoment).where(WinningMoment.game_id == game.id)
    return list(db.session.scalars(query.order_by(WinningMoment.opens_at)))


def test_a_draft_is_edited_in_place_and_a_published_game_gets_a_version(
    desk: Callable[[], Any], club: UUID
) -> None:
    """An edit of a draft rewrites its version; after publishing an edit makes the next number and keeps the old."""
    with desk(), db.transaction():
        campaign, game = ready_game(club)
        config = dict(games.version(game).config)
        config["consolation"] = 7
        games.configure(game, game.title, config, seen=game.revision, member_id=None)
        assert game.version == 1
        publishing.publish(campaign, ["fr", "en"], now=now(), member_id=None)
        config["consolation"] = 9
        games.configure(game, game.title, config, seen=game.revision, member_id=None)
        assert game.version == 2
        kept = {
            row.number: row.config["consolation"] for row in db.session.scalars(select(GameVersion))
        }
    assert kept == {1: 7, 2: 9}


def test_saving_without_a_change_makes_no_version(desk: Callable[[], Any], club: UUID) -> None:
    """Saving a published game as it is changes nothing."""
    with desk(), db.transaction():
        campaign, game = ready_game(club)
        publishing.publish(campaign, ["fr"], now=now(), member_id=None)
        config = dict(games.version(game).config)
        games.configure(game, game.title, config, seen=game.revision, member_id=None)
        assert game.version == 1


def test_what_is_missing_is_named_and_nothing_is_published(
    desk: Callable[[], Any], club: UUID
) -> None:
    """A bare draft names everything it lacks, and publishing it is refused."""
    with desk(), db.transaction():
        game = service.create(club, "instant_win", "match-day-card", locale="en", member_id=None)
        campaign = service.find(club, game.campaign_id)
        codes = {item.code for item in publishing.missing(campaign, ["fr", "en"], now())}
        assert codes == {"no_dates", "no_rules", "no_prize"}
        with pytest.raises(Refused) as caught:
            publishing.publish(campaign, ["fr", "en"], now=now(), member_id=None)
        assert set(caught.value.fields) == codes
        assert campaign.state == "draft"


@pytest.mark.parametrize(
    ("module", "code"), [("coupon", "broken_content"), ("reveal", "broken_content")]
)
def test_a_starter_that_needs_something_of_the_brand_waits_for_it(
    desk: Callable[[], Any], club: UUID, module: str, code: str
) -> None:
    """A coupon without an offer and a reveal without a picture are drafts that cannot be published yet."""
    with desk(), db.transaction():
        game = service.create(club, module, None, locale="en", member_id=None)
        campaign = service.find(club, game.campaign_id)
        assert code in {item.code for item in publishing.missing(campaign, ["fr"], now())}


def test_publishing_turns_stock_into_moments_inside_the_campaign(
    desk: Callable[[], Any], club: UUID
) -> None:
    """Each unit of stock gets one moment, between opening and end."""
    with desk(), db.transaction():
        campaign, game = ready_game(club, stock=50)
        publishing.publish(campaign, ["fr"], now=now(), member_id=None)
        moments = moments_of(game)
        assert len(moments) == 50
        assert campaign.opens_at is not None
        assert campaign.closes_at is not None
        assert campaign.opens_at <= moments[0].opens_at
        assert moments[-1].opens_at < campaign.closes_at


def test_what_is_promised_only_grows(desk: Callable[[], Any], club: UUID) -> None:
    """Topping up a published prize seals the new units; fewer than are sealed is refused with the way out."""
    with desk(), db.transaction():
        campaign, game = ready_game(club, stock=10)
        publishing.publish(campaign, ["fr"], now=now(), member_id=None)
        at = now() + timedelta(days=5)
        prize = prizes.of_game(game)[0]

        def restock(units: int) -> None:
            draft = prizes.Draft(prize.id, LABEL, stock=units)
            prizes.replace(game, campaign, [draft], seen=game.revision, now=at, member_id=None)

        restock(14)
        moments = moments_of(game)
        assert len(moments) == 14
        assert sum(moment.opens_at >= at for moment in moments) >= 4
        with pytest.raises(Refused) as caught:
            restock(13)
        assert "prizes.0.stock" in caught.value.fields


def test_guaranteed_units_can_be_taken_back_until_they_are_won(
    desk: Callable[[], Any], club: UUID
) -> None:
    """Units that no seal promises leave the game when their stock is lowered, never those that are won."""
    with desk(), db.transaction():
        campaign, game = ready_game(club, stock=10)
        prize = prizes.of_game(game)[0]

        def restock(units: int) -> None:
            draft = prizes.Draft(prize.id, LABEL, stock=units, guaranteed=True)
            prizes.replace(game, campaign, [draft], seen=game.revision, now=now(), member_id=None)

        restock(10)
        publishing.publish(campaign, ["fr"], now=now(), member_id=None)
        for moment in moments_of(game)[:3]:
            moment.taken_at = now()
        restock(3)
        assert sum(moment.passed_at is None for moment in moments_of(game)) == 3
        with pytest.raises(Refused) as caught:
            restock(2)
        assert "prizes.0.stock" in caught.value.fields


def test_new_dates_leave_sealed_moments_where_they_are(desk: Callable[[], Any], club: UUID) -> None:
    """When a published campaign is shortened, no committed moment moves."""
    with desk(), db.transaction():
        campaign, game = ready_game(club, stock=40)
        publishing.publish(campaign, ["fr"], now=now(), member_id=None)
        assert campaign.opens_at is not None
        before = [(moment.id, moment.opens_at) for moment in moments_of(game)]
        at = campaign.opens_at + timedelta(days=3)
        closes = at + timedelta(days=1)
        service.schedule(
            campaign, campaign.opens_at, closes, seen=campaign.revision, now=at, member_id=None
        )
        db.session.expire_all()
        assert [(moment.id, moment.opens_at) for moment in moments_of(game)] == before


def test_a_prize_that_is_promised_cannot_be_removed(desk: Callable[[], Any], club: UUID) -> None:
    """Removing a prize of a published campaign is refused, whether somebody has won it or not."""
    with desk(), db.transaction():
        campaign, game = ready_game(club)
        publishing.publish(campaign, ["fr"], now=now(), member_id=None)
        with pytest.raises(Refused, match="conflict"):
            prizes.replace(game, campaign, [], seen=game.revision, now=now(), member_id=None)


def test_two_editors_cannot_overwrite_each_other(full_app: Flask, club: UUID) -> None:
    """Of two edits that began from the same revision exactly one is saved; the other is told."""
    with full_app.test_request_context(), db.transaction():
        game = service.create(club, "instant_win", "match-day-card", locale="en", member_id=None)
        game_id = game.id
    start = threading.Barrier(2)
    answers: list[str] = []

    def edit(points: int) -> None:
        try:
            with full_app.test_request_context(), db.transaction():
                game = games.find(club, game_id)
                config = dict(games.version(game).config)
                config["consolation"] = points
                start.wait()
                games.configure(game, game.title, config, seen=1, member_id=None)
            answers.append("saved")
        except Refused as refusal:
            answers.append(refusal.code)

    threads = [threading.Thread(target=edit, args=(points,)) for points in (11, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["conflict", "saved"]
    assert rows(full_app, "SELECT revision FROM game") == [(2,)]


def test_editing_and_publishing_at_once_never_changes_a_published_version(
    full_app: Flask, club: UUID
) -> None:
    """An edit that races the publication either comes before it or makes a second version."""
    with full_app.test_request_context(), db.transaction():
        campaign, game = ready_game(club)
        ids = campaign.id, game.id
    start = threading.Barrier(2)

    def publish() -> None:
        with full_app.test_request_context(), db.transaction():
            start.wait()
            publishing.publish(service.find(club, ids[0]), ["fr"], now=now(), member_id=None)

    def edit() -> None:
        with full_app.test_request_context(), db.transaction():
            game = games.find(club, ids[1])
            config = dict(games.version(game).config)
            config["consolation"] = 99
            start.wait()
            games.configure(game, game.title, config, seen=game.revision, member_id=None)

    threads = [threading.Thread(target=publish), threading.Thread(target=edit)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    published, versions = rows(
        full_app,
        "SELECT (SELECT published_at FROM campaign),"
        " (SELECT jsonb_object_agg(number, config -> 'consolation') FROM game_version)",
    )[0]
    assert published
    assert versions in ({"1": 99}, {"1": 5, "2": 99})


def test_ending_and_archiving_follow_the_state(desk: Callable[[], Any], club: UUID) -> None:
    """Only a live campaign is ended early; a live one cannot be archived, an ended one can."""
    with desk(), db.transaction():
        campaign, _game = ready_game(club)
        publishing.publish(campaign, ["fr"], now=now(), member_id=None)
        live = now() + timedelta(days=2)
        with pytest.raises(Refused, match="conflict"):
            publishing.end_early(campaign, now=now(), member_id=None)
        with pytest.raises(Refused, match="conflict"):
            publishing.archive(campaign, now=live, member_id=None)
        publishing.end_early(campaign, now=live, member_id=None)
        assert service.state_of(campaign, live) == "ended"
        publishing.archive(campaign, now=live, member_id=None)
        assert service.state_of(campaign, live) == "archived"


def test_a_duplicate_has_the_same_games_and_prizes_and_no_dates(
    desk: Callable[[], Any], club: UUID
) -> None:
    """A copy is a draft of its own with another address; nothing has been won in it."""
    with desk(), db.transaction():
        campaign, game = ready_game(club)
        publishing.publish(campaign, ["fr"], now=now(), member_id=None)
        copy = service.duplicate(campaign, locale="en", member_id=None)
        twin = service.games_of(copy)[0]
        assert copy.slug != campaign.slug
        assert (copy.state, copy.opens_at) == ("draft", None)
        assert games.version(twin).config == games.version(game).config
        assert [prize.stock for prize in prizes.of_game(twin)] == [5]
        assert moments_of(twin) == []


def test_every_change_is_on_record(desk: Callable[[], Any], club: UUID) -> None:
    """The audit trail names each change and what it was."""
    with desk(), db.transaction():
        campaign, game = ready_game(club)
        publishing.publish(campaign, ["fr"], now=now(), member_id=None)
        games.pause(game, True, member_id=None)
        db.session.flush()
        actions = list(db.session.scalars(select(AuditRecord.action).order_by(AuditRecord.id)))
    assert actions == [
        "campaign_created",
        "game_added",
        "campaign_described",
        "campaign_scheduled",
        "prizes_changed",
        "campaign_published",
        "game_paused",
    ]


@pytest.mark.parametrize(
    "origin",
    [
        "example.com",
        "https://",
        "https://a.com/path",
        "javascript:alert(1)",
        "https://a.com;script-src",
        "https://a..com",
        "https://*",
        "https://a.com:port",
        "ftp://a.com",
    ],
)
def test_what_is_no_origin_is_refused(desk: Callable[[], Any], club: UUID, origin: str) -> None:
    """Only a scheme, a host and perhaps a port can be named in a content policy."""
    with desk(), db.transaction():
        campaign, _game = ready_game(club)
        with pytest.raises(Refused, match="invalid"):
            service.allow_origins(campaign, origin, seen=campaign.revision, member_id=None)


def test_a_foreign_picture_and_a_foreign_prize_are_not_found(
    full_app: Flask, desk: Callable[[], Any], club: UUID
) -> None:
    """Ids of another brand's picture, prize or offer are refused wherever they are given."""
    other = create_brand(full_app, slug="other")
    with desk(), db.transaction():
        _campaign, foreign = ready_game(other)
        foreign_prize, foreign_game = prizes.of_game(foreign)[0].id, foreign.id
    with desk(), db.transaction():
        campaign, game = ready_game(club)
        config = dict(games.version(game).config)
        config["picture"] = str(foreign_prize)
        with pytest.raises(Refused) as caught:
            games.configure(game, game.title, config, seen=game.revision, member_id=None)
        assert "picture" in caught.value.fields
        draft = prizes.Draft(foreign_prize, LABEL, stock=1)
        with pytest.raises(Refused, match="not_found"):
            prizes.replace(game, campaign, [draft], seen=game.revision, now=now(), member_id=None)
        with pytest.raises(Refused, match="not_found"):
            games.find(club, foreign_game)
