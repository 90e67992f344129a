"""Sealed prizes on a real database: committed before the beacon, computed once, opened by wins, revealed at the end."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from masterapp.campaigns import games, publishing, service
from masterapp.campaigns.models import Campaign, Game
from masterapp.cli import worker
from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.exact.faults import ProtocolError
from masterapp.fairness import beacon
from masterapp.fairness.beacon import BeaconUnavailable
from masterapp.fairness.demo_beacon import sign
from masterapp.prizes import (
    checking,
    endings,
    opening,
    pace,
    returning,
    sealing,
    seals,
    tasks,
    vault,
)
from masterapp.prizes import service as prizes
from masterapp.prizes.models import Prize, Seal, WinningMoment
from masterapp.testing.factories import Player, create_brand, create_fan, create_game, rows

LABEL = {"fr": "Maillot", "en": "Shirt"}


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the demo's beacon keep its time, as drand does: a seal waits for its round."""
    monkeypatch.setattr(seals, "needs_no_waiting", lambda _plan: False)


def published(
    app: Flask, brand: UUID, *drafts: prizes.Draft, quick: bool = True, **chosen: Any
) -> UUID:
    """Publish a campaign that opens at once (``quick``) or tomorrow, with these prizes; return its game."""
    game_id = create_game(app, brand, state="draft")
    with app.app_context(), db.transaction():
        game = games.find(brand, game_id)
        campaign = service.find(brand, game.campaign_id)
        at = now()
        campaign.opens_at = at - timedelta(minutes=1) if quick else at + timedelta(days=1)
        campaign.rules = {"en": "Rules"}
        pace.keep(game, pace.Pace(**chosen))
        listed = list(drafts) or [prizes.Draft(None, LABEL, stock=20)]
        prizes.replace(game, campaign, listed, seen=game.revision, now=at, member_id=None)
        publishing.publish(campaign, ["en"], now=at, member_id=None)
    return game_id


def make_due(app: Flask, game_id: UUID, jitter: int | None = None) -> None:
    """Let every moment of a game be due, as if its time had come."""
    with app.app_context(), db.transaction():
        db.driver.execute(
            "UPDATE winning_moment SET opens_at = now() - interval '1 minute',"
            " to_pass = coalesce(%s, to_pass) WHERE game_id = %s",
            (jitter, game_id),
        )


def end(app: Flask, brand: UUID, game_id: UUID) -> None:
    """End the campaign now."""
    with app.app_context(), db.transaction():
        campaign = service.find(brand, games.find(brand, game_id).campaign_id)
        publishing.end_early(campaign, now=now(), member_id=None)


def only_seal(brand: UUID) -> Seal:
    """Return the brand's one seal."""
    return db.session.scalars(select(Seal).where(Seal.brand_id == brand)).one()


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let the jobs' clock show *moment*."""
    monkeypatch.setattr(tasks, "now", lambda: moment)


def test_the_plan_is_on_record_before_the_schedule(app: Flask, brand: UUID) -> None:
    """Publishing commits plan and secret hash, then the root; every moment lies in the plan's window."""
    published(app, brand)

    with app.app_context():
        seal = only_seal(brand)
        plan = seals.plan_of(seal)
        moments = seals.moments_of(seal)
        kinds = [
            record
            for (record,) in rows(app, "SELECT record->>'type' FROM fairness_log ORDER BY seq")
        ]
    assert kinds == ["prizes_planned", "prizes_sealed"]
    assert len(moments) == seal.count == 20
    assert all(plan.prizes[0].opens_ms <= m.t_ms < plan.prizes[0].closes_ms for m in moments)
    assert seals.emitted_at(plan) > seal.created_at
    assert seals.milliseconds(seals.emitted_at(plan)) <= plan.prizes[0].opens_ms
    assert sealing.root_of([moment.leaf() for moment in moments]) == seal.root


def test_the_secret_is_not_in_the_database_before_the_end(app: Flask, brand: UUID) -> None:
    """What is stored of the secret is a ciphertext bound to its seal and to the installation's key."""
    published(app, brand)

    with app.app_context():
        seal = only_seal(brand)
        secret = vault.unlock(seal.secret, seal.id)
        assert sealing.secret_hash(secret) == seal.plan["secret_hash"]
        assert secret not in seal.secret
        with pytest.raises(vault.Unreadable):
            vault.unlock(seal.secret, brand)
        with pytest.raises(vault.Unreadable):
            vault.unlock(seal.secret[:-1] + b"x", seal.id)
        assert seal.revealed is None


def test_a_kill_between_publication_and_sealing_is_made_good(
    app: Flask, brand: UUID, patient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seal whose job never ran is sealed by the next minute's tending, from the round that was announced."""
    published(app, brand)
    with app.app_context(), db.transaction():
        assert only_seal(brand).root is None
        db.driver.execute("DELETE FROM procrastinate_jobs")
    assert rows(app, "SELECT count(*) FROM winning_moment") == [(0,)]

    with app.app_context():
        tasks.tend_prizes(0)
    assert rows(app, "SELECT root, attempts FROM seal") == [(None, 0)]
    at(monkeypatch, now() + timedelta(seconds=10))
    with app.app_context():
        tasks.tend_prizes(0)

    assert rows(app, "SELECT count(*), count(DISTINCT j) FROM winning_moment") == [(20, 20)]


def test_plays_go_on_while_a_seal_waits_and_cannot_win(
    app: Flask, brand: UUID, fan: Player, patient: None
) -> None:
    """Without the beacon nobody wins and nobody is turned away; the units count as promised."""
    game = published(app, brand)

    answer = fan.play(game, win=True, consolation=1)

    assert answer.status_code == 200
    assert answer.json["grants"] == []
    with app.app_context():
        (account,) = endings.accounts(games.find(brand, game))
        assert (account.promised, account.left, account.waiting) == (20, 20, 20)


def test_the_same_job_twice_seals_once(
    app: Flask, brand: UUID, patient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six workers that seal at the same moment, and one more afterwards, write one schedule and one record."""
    published(app, brand)
    seal_id = rows(app, "SELECT id FROM seal")[0][0]
    at(monkeypatch, now() + timedelta(seconds=10))

    def run(_n: int) -> bool:
        with app.app_context():
            return tasks.attempt(brand, seal_id)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(run, range(6))) == [True] * 6
    with app.app_context():
        tasks.seal_prizes(str(brand), str(seal_id))

    assert rows(app, "SELECT count(*) FROM winning_moment") == [(20,)]
    assert rows(
        app, "SELECT count(*) FROM fairness_log WHERE record->>'type' = 'prizes_sealed'"
    ) == [(1,)]


def test_the_worker_seals_what_publication_left_it(
    app: Flask, brand: UUID, patient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job that publication put in the queue, run by the real worker, seals the schedule."""
    published(app, brand)
    with app.app_context(), db.transaction():
        db.driver.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    at(monkeypatch, now() + timedelta(seconds=10))

    worker.run(app, wait=False)

    assert rows(app, "SELECT count(*) FROM winning_moment") == [(20,)]
    assert rows(app, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'") == [(0,)]


def test_without_the_beacon_the_pauses_grow_and_a_pasted_round_helps(
    app: Flask, brand: UUID, patient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A beacon that is down is asked less and less often; a forged signature is refused, the genuine one seals."""
    published(app, brand)

    def down(*_args: Any, **_names: Any) -> None:
        raise BeaconUnavailable(["https://relay.example: no route"])

    monkeypatch.setattr(beacon, "obtain", down)
    clock = now() + timedelta(seconds=10)
    asked = []
    for _minute in range(40):
        at(monkeypatch, clock)
        with app.app_context():
            tasks.tend_prizes(0)
            asked.append(only_seal(brand).attempts)
        clock += timedelta(minutes=1)
    assert asked[0] == 1
    assert asked[-1] == 6
    with app.app_context(), db.transaction():
        seal = only_seal(brand)
        assert "no route" in seal.trouble
        number = seals.plan_of(seal).round
        with pytest.raises(Refused) as caught:
            seals.paste(seal, sign(number + 1).hex(), now=clock, member_id=None)
        assert "signature" in caught.value.fields
        assert seal.root is None
    with app.app_context(), db.transaction():
        seals.paste(only_seal(brand), f" {sign(number).hex().upper()}\n", now=clock, member_id=None)
    with app.app_context(), db.transaction():
        seals.paste(only_seal(brand), sign(number).hex(), now=clock, member_id=None)

    with app.app_context():
        seal = only_seal(brand)
        late = seals.moments_of(seal)
        secret = vault.unlock(seal.secret, seal.id)
        master = sealing.master_of(
            seals.plan_of(seal), beacon.Round("", number, sign(number)).randomness, secret
        )
        assert late == sealing.schedule(seals.plan_of(seal), master)
        assert seal.trouble == ""


@pytest.fixture
def sealed(app: Flask, brand: UUID) -> tuple[sealing.Tree, list[sealing.Moment], int, bytes]:
    """The tree, moments, number and root of a seal as the database has them."""
    published(app, brand, prizes.Draft(None, LABEL, stock=37), prizes.Draft(None, LABEL, stock=4))
    with app.app_context():
        seal = only_seal(brand)
        moments = seals.moments_of(seal)
        assert seal.root is not None
        return sealing.Tree([m.leaf() for m in moments]), moments, seal.count, seal.root


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_opening_checks_and_no_other_does(
    sealed: tuple[sealing.Tree, list[sealing.Moment], int, bytes], data: st.DataObject
) -> None:
    """Any stored moment opens against the published root; changed in one place it does not."""
    tree, moments, count, root = sealed
    moment = moments[data.draw(st.integers(0, count - 1))]
    found = tree.open(moment)
    assert sealing.check_opening(found, count, root) == moment

    name = data.draw(st.sampled_from(["j", "t_ms", "k", "prize", "salt"]))
    wrong = found[name] + 1 if isinstance(found[name], int) else "0" * len(found[name])
    with pytest.raises(ProtocolError):
        sealing.check_opening({**found, name: wrong}, count, root)


def test_what_was_won_is_what_was_sealed(app: Flask, brand: UUID, tmp_path: Path) -> None:
    """After the end the secret rebuilds the schedule that the wins opened; a third party's command agrees."""
    game = published(app, brand, prizes.Draft(None, LABEL, stock=8), jitter=3)
    make_due(app, game)
    fans = [create_fan(app, brand) for _ in range(12)]
    won = [len(fan.play(game, win=True).json["grants"]) for fan in fans]
    assert 4 <= sum(won) <= 8

    with app.app_context(), db.transaction():
        before = opening.document(games.find(brand, game))
        assert before["seals"][0]["secret"] is None
        assert len(before["seals"][0]["wins"]) == sum(won)
    end(app, brand, game)
    with app.app_context():
        tasks.tend_prizes(0)
        tasks.tend_prizes(0)
    with app.app_context():
        after = opening.document(games.find(brand, game))
        # The test made moments due before their time, which is exactly what a stranger must notice.
        findings = checking.check(after)
    assert len(checking.check_revealed(after["seals"][0])) == 8
    assert [finding.what for finding in findings if finding.holds is False] == [
        "no win came before its moment"
    ]
    for one in after["seals"][0]["wins"]:
        one["won_ms"] = one["t_ms"]
    file = tmp_path / "fairness.json"
    file.write_text(json.dumps(after))
    done = app.test_cli_runner().invoke(args=["prizes", "check", str(file)])
    assert done.exit_code == 0, done.output
    assert "exactly the sealed schedule" in done.output
    after["seals"][0]["wins"][0]["k"] += 1
    file.write_text(json.dumps(after))
    assert app.test_cli_runner().invoke(args=["prizes", "check", str(file)]).exit_code == 1
    assert rows(
        app, "SELECT count(*) FROM fairness_log WHERE record->>'type' = 'secret_revealed'"
    ) == [(1,)]


def test_more_stock_gets_a_seal_of_its_own_and_disturbs_nothing(app: Flask, brand: UUID) -> None:
    """Topping up a live prize leaves every committed moment as it was, byte for byte, and seals the new units."""
    game_id = published(app, brand)
    sql = "SELECT * FROM winning_moment WHERE seal_id = (SELECT id FROM seal WHERE number = 1) ORDER BY j"
    committed = rows(app, sql)

    def restock(stock: int) -> None:
        with app.app_context(), db.transaction():
            game = games.find(brand, game_id)
            campaign = service.find(brand, game.campaign_id)
            prize = prizes.of_game(game)[0]
            drafts = [
                prizes.Draft(prize.id, LABEL, stock=stock),
                prizes.Draft(None, LABEL, stock=2),
            ]
            prizes.replace(game, campaign, drafts, seen=game.revision, now=now(), member_id=None)

    restock(25)

    assert rows(app, sql) == committed
    assert rows(app, "SELECT number, count FROM seal ORDER BY number") == [(1, 20), (2, 7)]
    with pytest.raises(Refused) as caught:
        restock(24)
    assert "prizes.0.stock" in caught.value.fields


def test_new_dates_leave_what_is_sealed(app: Flask, brand: UUID) -> None:
    """A later end moves no committed moment; once the secret is out, the campaign cannot be opened again."""
    game = published(app, brand)
    committed = rows(app, "SELECT * FROM winning_moment ORDER BY j")

    def until(days: int) -> None:
        with app.app_context(), db.transaction():
            campaign = service.find(brand, games.find(brand, game).campaign_id)
            service.schedule(
                campaign,
                campaign.opens_at,
                now() + timedelta(days=days),
                seen=campaign.revision,
                now=now(),
                member_id=None,
            )

    until(60)
    assert rows(app, "SELECT * FROM winning_moment ORDER BY j") == committed
    end(app, brand, game)
    with app.app_context():
        tasks.tend_prizes(0)
    with pytest.raises(Refused) as caught:
        until(70)
    assert "closes_at" in caught.value.fields


def test_moments_nobody_took_come_back_as_the_secret_says(
    app: Flask, brand: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A moment that was open too long closes, comes back later in its window, and the account can be checked."""
    game_id = published(app, brand, prizes.Draft(None, LABEL, stock=30), open_hours=24, jitter=1)
    with app.app_context():
        seal = only_seal(brand)
        window = seals.plan_of(seal).prizes[0]
        sealed_as = seals.moments_of(seal)
    day = timedelta(days=1)
    for number in range(2, 29):
        with app.app_context(), db.transaction():
            returning.close(brand, seal.id, seals.instant(window.opens_ms) + number * day)
    with app.app_context():
        moved = db.session.scalars(select(WinningMoment).where(WinningMoment.generation > 0)).all()
        assert len(moved) >= 20
        assert seals.moments_of(seal) == sealed_as
        for moment in moved:
            assert moment.t_ms is not None
            assert moment.t_ms < seals.milliseconds(moment.opens_at) <= window.closes_ms
        published_at = json.dumps([r for (r,) in rows(app, "SELECT data FROM fairness_log")])
        assert not any(str(seals.milliseconds(m.opens_at)) in published_at for m in moved)
    with app.app_context(), db.transaction():
        assert endings.accounts(games.find(brand, game_id))[0].came_back == len(moved)


def test_leftovers_go_to_one_draw_only(app: Flask, brand: UUID) -> None:
    """What nobody won is left after the end, can be given to a draw once, and the account adds up."""
    game_id = published(app, brand)
    draw, other = UUID(int=1), UUID(int=2)
    with app.app_context():
        assert endings.leftovers(games.find(brand, game_id), now()) == []
    end(app, brand, game_id)

    with app.app_context(), db.transaction():
        game = games.find(brand, game_id)
        [(prize, left)] = endings.leftovers(game, now())
        assert left == 20
        endings.pass_on(game, prize.id, 15, draw, now())
        endings.pass_on(game, prize.id, 15, draw, now())
        assert [many for _prize, many in endings.leftovers(game, now())] == [5]
        with pytest.raises(Refused):
            endings.pass_on(game, prize.id, 6, other, now())
        (account,) = endings.accounts(game)
        assert (account.promised, account.passed_on, account.left) == (20, 15, 5)
        assert endings.take_back(brand, draw) == 15


def test_another_brands_seal_does_not_exist(app: Flask, brand: UUID) -> None:
    """A seal, its wins and its secret are found under their own brand only."""
    published(app, brand)
    other = create_brand(app)
    with app.app_context():
        seal = only_seal(brand)
        for look in (seals.find, seals.locked):
            with pytest.raises(Refused, match="not_found"):
                look(other, seal.id)


def test_a_moment_still_to_be_won_is_opened_for_nobody(app: Flask, brand: UUID) -> None:
    """Asking for the opening of a moment that is not won answers as if there were none."""
    published(app, brand)
    with app.app_context():
        for j in (0, 19, 20):
            with pytest.raises(Refused, match="not_found"):
                opening.win(only_seal(brand), j)


def test_one_broken_seal_holds_up_no_other(app: Flask, brand: UUID) -> None:
    """A secret that cannot be read any more is told in the log; the next brand's campaign is closed all the same."""
    broken, whole = published(app, brand), published(app, create_brand(app))
    with app.app_context(), db.transaction():
        db.driver.execute("UPDATE seal SET secret = 'x' WHERE brand_id = %s", (brand,))
        db.driver.execute("UPDATE campaign SET closes_at = now()")
    with app.app_context():
        tasks.tend_prizes(0)

    revealed = dict(rows(app, "SELECT game_id, revealed IS NOT NULL FROM seal"))
    assert revealed == {broken: False, whole: True}


def test_too_little_time_is_refused(app: Flask, brand: UUID) -> None:
    """A campaign that ends before its beacon round cannot be published, and nothing of it is kept."""
    game_id = create_game(app, brand, state="draft", closes_at=now() + timedelta(seconds=2))
    with app.app_context(), db.transaction() as session:
        session.add(Prize(brand_id=brand, game_id=game_id, label=LABEL, stock=1))
        game = session.get_one(Game, (brand, game_id))
        session.get_one(Campaign, (brand, game.campaign_id)).rules = {"en": "Rules"}

    def publish() -> None:
        with app.app_context(), db.transaction():
            campaign = service.find(brand, games.find(brand, game_id).campaign_id)
            publishing.publish(campaign, ["en"], now=now(), member_id=None)

    with pytest.raises(Refused) as caught:
        publish()

    assert "closes_at" in caught.value.fields
    assert rows(app, "SELECT count(*) FROM seal") == [(0,)]
