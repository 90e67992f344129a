"""A draw from its announcement to its certificate, on the real database, with the beacon of the demo."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from masterapp.db import db, now
from masterapp.draws import entering, freezing, holding, lists, service, stakes
from masterapp.draws.protocol.entries import group_of
from masterapp.draws.protocol.tree import verify_leaf
from masterapp.draws.terms import Terms
from masterapp.errors import Refused
from masterapp.exact import canonical
from masterapp.exact.log import verify_log
from masterapp.fairness import beacon, log
from masterapp.fairness.demo_beacon import sign
from masterapp.fans import rights
from masterapp.testing import draws as kit
from masterapp.testing.draws import Clock
from masterapp.testing.factories import create_brand, create_fan, create_game, rows

VERIFIER = Path(__file__).parents[2] / "static" / "verify" / "verify_draw.py"
WEIGHTS = {"ada": 5, "bob": 1, "chloe": 3, "david": 20, "emma": 9}


@pytest.fixture
def game(app: Flask, brand: UUID) -> UUID:
    """A game whose campaign has the draws."""
    return create_game(app, brand)


def verify(
    folder: Path,
    document: dict[str, Any],
    *,
    entries: bytes | None = None,
    ticket: dict[str, Any] | None = None,
    earlier: dict[str, Any] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the verifier that is published, as a stranger does."""
    (folder / "certificate.json").write_bytes(canonical.encode(document))
    words = ["certificate.json"]
    if entries is not None:
        (folder / "entries.bin").write_bytes(entries)
        words = ["full", "certificate.json", "entries.bin"]
    if ticket is not None:
        (folder / "ticket.json").write_bytes(canonical.encode(ticket))
        words = ["ticket", "ticket.json", "certificate.json"]
    if earlier is not None:
        (folder / "earlier.json").write_bytes(canonical.encode(earlier))
        words += ["--earlier", "earlier.json"]
    return subprocess.run(
        [sys.executable, str(VERIFIER), *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_draw_goes_from_plays_to_a_certificate_that_strangers_can_check(
    app: Flask, brand: UUID, game: UUID, clock: Clock, tmp_path: Path
) -> None:
    """Certificate, list and a fan's own ticket pass the published verifier; every place is filled once."""
    prizes = [
        {"label": {"fr": "Voyage"}, "qty": 1, "alternates": 1},
        {"label": {"fr": "Écharpe"}, "qty": 2, "alternates": 1},
    ]
    draw = kit.make_draw(app, brand, game, prizes=prizes, most=10)
    fans = kit.enter_many(app, brand, draw, WEIGHTS)

    fixed = kit.fix(app, brand, draw, clock)
    held = kit.hold(app, brand, draw, clock)

    assert (fixed.state, held.state) == ("committed", "drawn")
    assert fixed.commitment is not None
    assert fixed.commitment["entries"]["W"] == str(5 + 1 + 3 + 10 + 9)
    document = kit.certificate(app, brand, draw)
    with app.app_context():
        ticket = lists.ticket_of(service.find(brand, draw), fans["david"].id)
    for run in (
        verify(tmp_path, document),
        verify(tmp_path, document, entries=kit.entries_bin(app, brand, draw)),
        verify(tmp_path, document, ticket=ticket),
    ):
        assert run.returncode == 0, run.stdout + run.stderr
    places = rows(app, "SELECT prize, kind, rank, fan_id FROM draw_winner WHERE draw_id = %s", draw)
    assert len(places) == 5
    assert {row[3] for row in places} == {fan.id for fan in fans.values()}


def test_every_fan_finds_their_leaf_and_its_proof(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """The proof read from the stored blocks leads to the published root, for each of three thousand entries."""
    draw = kit.make_draw(app, brand, game, most=0)
    with app.app_context(), db.transaction():
        db.driver.execute("SET session_replication_role = replica")
        db.driver.execute(
            "INSERT INTO draw_entry (brand_id, draw_id, fan_id, tickets, salt, tag, grouping, changed_at)"
            " SELECT %s, %s, gen_random_uuid(), n, sha256(n::text::bytea), sha256(('t' || n)::bytea),"
            " substring(sha256(n::text::bytea) FOR 16), now() FROM generate_series(0, 2999) AS n",
            (brand, draw),
        )
        db.driver.execute("SET session_replication_role = origin")
    fixed = kit.fix(app, brand, draw, clock)

    assert fixed.commitment is not None
    entries = fixed.commitment["entries"]
    assert (entries["n"], entries["W"]) == (3000, str(sum(range(3000))))
    starts = set()
    with app.app_context():
        found = service.find(brand, draw)
        tags = [row[0] for row in db.driver.execute("SELECT tag FROM draw_entry").fetchall()]
        for tag in tags[::7]:
            leaf = lists.leaf_of(found, bytes(tag))
            assert leaf is not None
            tickets = verify_leaf(
                leaf.record,
                leaf.index,
                3000,
                leaf.path,
                int(entries["W"]),
                bytes.fromhex(entries["root"]),
            )
            assert tickets.start == leaf.first_ticket
            assert len(tickets) == leaf.weight
            starts.add(tickets.start if leaf.weight else -leaf.index)
        assert lists.leaf_of(found, bytes(32)) is None
    assert len(starts) == len(tags[::7])


def test_excluded_and_withdrawn_entries_stay_as_leaves_without_tickets(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Staff on the lists are class 2, who left is class 1, and an unmet condition is class 2; all weigh nothing."""
    draw = kit.make_draw(app, brand, game, condition_trait="loyalty_card")
    fans = kit.enter_many(app, brand, draw, {"ada": 5, "bob": 5, "chloe": 5, "david": 5})
    with app.app_context(), db.transaction():
        db.driver.execute(
            "INSERT INTO exclusion (brand_id, id, value, reason, note) VALUES (%s, gen_random_uuid(), %s, 'staff', '')",
            (brand, "ada@example.org"),
        )
        for name in ("ada", "bob", "chloe"):
            db.driver.execute(
                "INSERT INTO trait (brand_id, id, fan_id, name, value, source)"
                " VALUES (%s, gen_random_uuid(), %s, 'loyalty_card', '4711', 'import')",
                (brand, fans[name].id),
            )
        entering.withdraw(service.find(brand, draw), fans["bob"].id, at=clock())
    fixed = kit.fix(app, brand, draw, clock)

    assert fixed.commitment is not None
    assert fixed.commitment["entries"]["classes"] == {"0": 1, "1": 1, "2": 2, "3": 0, "4": 0}
    assert fixed.commitment["entries"]["W"] == "5"
    kit.hold(app, brand, draw, clock)
    winners = rows(app, "SELECT fan_id FROM draw_winner WHERE draw_id = %s", draw)
    assert winners == [(fans["chloe"].id,)]
    assert len(kit.certificate(app, brand, draw)["unfilled"]) == 2


def test_a_household_wins_once(app: Flask, brand: UUID, game: UUID, clock: Clock) -> None:
    """Fans of one household share a group, so that one of them takes one place of three at most."""
    prizes = [{"label": {"fr": "Maillot"}, "qty": 3, "alternates": 0}]
    draw = kit.make_draw(app, brand, game, prizes=prizes)
    kit.enter_many(app, brand, draw, {"ada": 5, "bob": 5, "chloe": 5}, household="rue des Lilas")
    kit.enter_many(app, brand, draw, {"david": 1})
    kit.fix(app, brand, draw, clock)
    kit.hold(app, brand, draw, clock)

    assert len(rows(app, "SELECT 1 FROM draw_winner WHERE draw_id = %s", draw)) == 2
    groups = [
        step["record"][64:96]
        for step in kit.certificate(app, brand, draw)["draws"]
        if step["status"][0] != "skip"
    ]
    with app.app_context():
        campaign = service.find(brand, draw).campaign_id
        family = group_of(entering.group_key(campaign), "rue des Lilas").hex()
    assert groups.count(family) == 1


def test_the_same_job_twice_changes_nothing(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Committing and drawing again, early, late or at once in two workers, leaves one commitment and one result."""
    draw = kit.make_draw(app, brand, game)
    kit.enter_many(app, brand, draw, WEIGHTS)
    with app.app_context():
        freezing.fix(brand, draw)
        holding.hold(brand, draw)
    assert kit.found(app, brand, draw).state == "open"

    clock.reach(kit.found(app, brand, draw).commits_at)
    _at_once(app, lambda: freezing.fix(brand, draw))
    fixed = kit.found(app, brand, draw)
    with app.app_context():
        freezing.fix(brand, draw)
        holding.hold(brand, draw)
    assert kit.found(app, brand, draw).commit_hash == fixed.commit_hash

    clock.reach(fixed.draws_at)
    clock.pass_by(seconds=4)
    _at_once(app, lambda: holding.hold(brand, draw))
    first = kit.certificate(app, brand, draw)
    with app.app_context():
        holding.hold(brand, draw)
    assert kit.certificate(app, brand, draw) == first
    kinds = [
        kind for (kind,) in rows(app, "SELECT record ->> 'type' FROM fairness_log ORDER BY seq")
    ]
    assert kinds == ["draw_announced", "draw_committed", "draw_beacon", "draw_result"]


def _at_once(app: Flask, work: Any) -> None:
    faults: list[BaseException] = []

    def one() -> None:
        try:
            with app.app_context():
                work()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_a_server_that_was_off_puts_the_draw_off_and_says_so(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """A commitment that would come after its round names a later round, and the log tells it."""
    draw = kit.make_draw(app, brand, game)
    kit.enter_many(app, brand, draw, WEIGHTS)
    before = kit.found(app, brand, draw)
    assert before.draws_at is not None
    clock.reach(before.draws_at + timedelta(hours=5))
    with app.app_context():
        freezing.fix(brand, draw)

    after = kit.found(app, brand, draw)
    assert after.state == "committed"
    assert after.draws_at == clock.time + timedelta(hours=1)
    assert after.commitment is not None
    assert after.commitment["draw_at"] == service.instant(after.draws_at)
    kinds = rows(app, "SELECT record ->> 'type' FROM fairness_log ORDER BY seq")
    assert kinds == [("draw_announced",), ("draw_postponed",), ("draw_committed",)]


def test_killed_between_any_two_steps_the_draw_goes_on_where_it_was(
    app: Flask, brand: UUID, game: UUID, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after closing, while the list or the result is written, after the beacon: nothing is half-done."""
    draw = kit.make_draw(app, brand, game)
    kit.enter_many(app, brand, draw, WEIGHTS)
    clock.reach(kit.found(app, brand, draw).commits_at)
    _dies(app, monkeypatch, freezing, "wait_for_writers", lambda: freezing.fix(brand, draw))
    assert kit.found(app, brand, draw).state == "committing"
    _dies(app, monkeypatch, freezing.promise, "make", lambda: freezing.fix(brand, draw))
    assert rows(app, "SELECT count(*) FROM draw_block") == [(0,)]
    with app.app_context():
        freezing.fix(brand, draw)
    fixed = kit.found(app, brand, draw)
    assert fixed.state == "committed"

    clock.reach(fixed.draws_at)
    clock.pass_by(seconds=4)
    _dies(app, monkeypatch, holding, "_carry_out", lambda: holding.hold(brand, draw))
    assert kit.found(app, brand, draw).revealed is not None
    _dies(app, monkeypatch, holding, "_keep", lambda: holding.hold(brand, draw))
    assert rows(app, "SELECT count(*) FROM draw_winner") == [(0,)]
    with app.app_context():
        holding.hold(brand, draw)
    assert kit.found(app, brand, draw).state == "drawn"


def _dies(app: Flask, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, work: Any) -> None:
    class Killed(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, name, die)
        with app.app_context(), pytest.raises(Killed):
            work()


def test_a_clock_that_is_an_hour_late_fixes_nothing(
    app: Flask, brand: UUID, game: UUID, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the round to come is already out, nothing is committed, the desk is told, and it is tried again."""
    draw = kit.make_draw(app, brand, game)
    kit.enter_many(app, brand, draw, WEIGHTS)
    clock.reach(kit.found(app, brand, draw).commits_at)
    with monkeypatch.context() as patch:
        patch.setattr(freezing.beacon, "is_out_already", lambda *_, **__: True)
        with app.app_context():
            freezing.fix(brand, draw)
    waiting = kit.found(app, brand, draw)
    assert (waiting.state, waiting.trouble) == ("open", "clock")
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'commit_draw'"
    assert rows(app, jobs) == [(2,)]

    with app.app_context():
        freezing.fix(brand, draw)
    mended = kit.found(app, brand, draw)
    assert (mended.state, mended.trouble) == ("committed", "")


def test_a_beacon_that_is_down_for_three_days_ends_in_dice_on_the_same_list(
    app: Flask,
    brand: UUID,
    game: UUID,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The draw waits, refuses dice before 72 hours, then takes the announced ones: level B, same fingerprint."""
    draw = kit.make_draw(app, brand, game)
    kit.enter_many(app, brand, draw, WEIGHTS)
    fixed = kit.fix(app, brand, draw, clock)

    def silent(*_: Any, **__: Any) -> None:
        raise beacon.BeaconUnavailable(["silence"])

    monkeypatch.setattr(holding.beacon, "obtain", silent)
    member = UUID(int=7)
    waiting = kit.hold(app, brand, draw, clock)
    assert (waiting.state, waiting.trouble) == ("committed", "beacon")
    with app.app_context(), pytest.raises(Refused, match="dice_late"):
        holding.record_dice(service.find(brand, draw), "7" * 40, witness="Me X", member_id=member)
    clock.pass_by(hours=72)
    with app.app_context(), pytest.raises(Refused, match="dice_wrong"):
        holding.record_dice(service.find(brand, draw), "7" * 39, witness="Me X", member_id=member)
    with app.app_context():
        holding.record_dice(
            service.find(brand, draw), "7182 " * 10, witness="Me X", member_id=member
        )
        holding.hold(brand, draw)

    document = kit.certificate(app, brand, draw)
    assert document["level"] == "B"
    assert fixed.commit_hash is not None
    assert document["commit_hash"] == fixed.commit_hash.hex()
    assert verify(tmp_path, document).returncode == 0


def test_only_the_right_signature_is_taken_from_whoever_brings_it(
    app: Flask, brand: UUID, game: UUID, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forged signature, one of another round and rubbish are refused; the right one draws."""
    draw = kit.make_draw(app, brand, game)
    kit.enter_many(app, brand, draw, WEIGHTS)
    fixed = kit.fix(app, brand, draw, clock)
    assert fixed.commitment is not None
    number = fixed.commitment["entropy"][0]["round"]
    assert fixed.draws_at is not None
    clock.reach(fixed.draws_at)
    right = sign(number)
    for wrong in (sign(number + 1).hex(), right.hex()[:-2] + "00", "", "{", "é" * 96, "0" * 96):
        with app.app_context(), pytest.raises(Refused, match="beacon_wrong"):
            holding.paste_round(service.find(brand, draw), wrong, member_id=None)
    with app.app_context():
        holding.paste_round(service.find(brand, draw), right.hex().upper(), member_id=None)
        holding.hold(brand, draw)
    assert kit.found(app, brand, draw).state == "drawn"


def test_once_committed_nobody_can_call_it_off_or_put_it_off(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Once its list is fixed a draw is never called off or put off, also not when the round is known."""
    draw = kit.make_draw(app, brand, game)
    kit.enter_many(app, brand, draw, WEIGHTS)
    kit.fix(app, brand, draw, clock)
    later = clock() + timedelta(days=9)
    for _ in range(2):
        with app.app_context():
            found = service.find(brand, draw)
            with pytest.raises(Refused, match="draw_is_fixed"):
                service.call_off(found, "no friend of mine won", now=clock(), member_id=None)
            with pytest.raises(Refused, match="draw_is_fixed"):
                service.postpone(found, later, later, now=clock(), member_id=None)
        kit.hold(app, brand, draw, clock)


def test_staked_points_are_spent_given_back_and_burned_exactly(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Leaving and calling off give the stake back; the commitment burns it, but not of those who are excluded."""
    fans = [create_fan(app, brand, f"fan{n}@example.org") for n in range(3)]
    for fan in fans:
        _give(app, brand, fan.id, 1000)
    first = kit.make_draw(app, brand, game, source="stakes", price=100, most=5)
    with app.app_context(), pytest.raises(Refused, match="stake_cap"), db.transaction():
        stakes.stake(service.find(brand, first), fans[0].id, 500, key="too-much", at=clock())
    for fan in fans:
        for key in ("one", "one", "two"):
            with app.app_context(), db.transaction():
                stakes.stake(service.find(brand, first), fan.id, 200, key=key, at=clock())
    assert _balances(app, fans) == [600, 600, 600]
    with app.app_context(), db.transaction():
        stakes.withdraw(service.find(brand, first), fans[0].id, at=clock())
    with app.app_context(), db.transaction():
        stakes.withdraw(service.find(brand, first), fans[0].id, at=clock())
    assert _balances(app, fans) == [1000, 600, 600]
    with app.app_context(), db.transaction():
        db.driver.execute(
            "INSERT INTO exclusion (brand_id, id, value, reason, note) VALUES (%s, gen_random_uuid(), %s, 'staff', '')",
            (brand, "fan1@example.org"),
        )
    fixed = kit.fix(app, brand, first, clock)
    assert fixed.commitment is not None
    assert fixed.commitment["entries"]["W"] == "4"
    assert _balances(app, fans) == [1000, 1000, 600]

    second = kit.make_draw(app, brand, game, at=clock(), source="stakes", price=100, most=5)
    with app.app_context(), db.transaction():
        stakes.stake(service.find(brand, second), fans[2].id, 400, key="three", at=clock())
    with app.app_context(), db.transaction():
        found = service.find(brand, second)
        service.call_off(found, "storm", now=clock(), member_id=None)
    assert _balances(app, fans) == [1000, 1000, 600]
    sums = (
        "SELECT count(*) FROM balance WHERE amount <>"
        " (SELECT sum(amount) FROM point_entry AS e WHERE e.fan_id = balance.fan_id)"
    )
    assert rows(app, sums) == [(0,)]


def _give(app: Flask, brand: UUID, fan: UUID, amount: int) -> None:
    with app.app_context(), db.transaction():
        db.driver.execute(
            "INSERT INTO point_entry (brand_id, id, fan_id, amount, reason, label, key)"
            " VALUES (%s, gen_random_uuid(), %s, %s, 'gift', '{}', 'gift')",
            (brand, fan, amount),
        )
        db.driver.execute(
            "INSERT INTO balance (brand_id, fan_id, amount, earned) VALUES (%s, %s, %s, %s)",
            (brand, fan, amount, amount),
        )


def _balances(app: Flask, fans: list[Any]) -> list[int]:
    found = dict(rows(app, "SELECT fan_id, amount FROM balance"))
    return [found[fan.id] for fan in fans]


def test_a_tier_is_held_only_when_the_crowd_unlocked_it(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Below its threshold the draw lapses, on the record; entrants keep what other draws gave them."""
    low = kit.make_draw(app, brand, game, source="tier", threshold=1)
    high = kit.make_draw(app, brand, game, source="tier", threshold=3)
    fan = create_fan(app, brand)
    assert fan.play(game, points=0).status_code == 200
    with app.app_context(), db.transaction():
        db.driver.execute("UPDATE play SET finished_at = %s", (clock(),))
        entering.take_free(service.find(brand, low), fan.id, at=clock())

    assert kit.fix(app, brand, low, clock).state == "committed"
    assert kit.fix(app, brand, high, clock).state == "lapsed"
    assert ("draw_lapsed",) in rows(app, "SELECT record ->> 'type' FROM fairness_log")


def test_winners_of_an_earlier_draw_are_passed_over(
    app: Flask, brand: UUID, game: UUID, clock: Clock, tmp_path: Path
) -> None:
    """A later draw names the earlier one, waits for its result, and both certificates together check it."""
    prizes = [{"label": {"fr": "Maillot"}, "qty": 1, "alternates": 0}]
    first = kit.make_draw(app, brand, game, prizes=prizes)
    second = kit.make_draw(app, brand, game, prizes=prizes, excludes=True)
    fans = kit.enter_many(app, brand, first, {"ada": 5})
    with app.app_context(), db.transaction():
        entering.take_free(service.find(brand, second), fans["ada"].id, at=clock())
    kit.fix(app, brand, first, clock)
    kit.fix(app, brand, second, clock)
    waiting = kit.hold(app, brand, second, clock)
    assert (waiting.state, waiting.trouble) == ("committed", "earlier_draw")
    kit.hold(app, brand, first, clock)
    kit.hold(app, brand, second, clock)

    document = kit.certificate(app, brand, second)
    assert [step["status"] for step in document["draws"]] == [["skip", "prior_winner"]]
    assert len(document["unfilled"]) == 1
    assert len(document["prior_groups"]) == 1
    run = verify(tmp_path, document, earlier=kit.certificate(app, brand, first))
    assert run.returncode == 0, run.stdout


def test_a_fan_who_leaves_for_good_after_the_commitment_stays_a_nameless_leaf(
    app: Flask, brand: UUID, game: UUID, clock: Clock, tmp_path: Path
) -> None:
    """Erasure forgets the salt, so nobody can tell whose leaf it is; the list and the draw stay as committed."""
    draw = kit.make_draw(app, brand, game)
    fans = kit.enter_many(app, brand, draw, WEIGHTS)
    fixed = kit.fix(app, brand, draw, clock)
    with app.app_context(), db.transaction():
        rights.erase(brand, fans["ada"].id, at=clock())
    assert rows(app, "SELECT count(*) FROM draw_entry WHERE salt IS NULL") == [(1,)]
    kit.hold(app, brand, draw, clock)

    document = kit.certificate(app, brand, draw)
    assert document["commitment"] == fixed.commitment
    assert verify(tmp_path, document, entries=kit.entries_bin(app, brand, draw)).returncode == 0
    with app.app_context(), pytest.raises(Refused, match="not_found"):
        lists.ticket_of(service.find(brand, draw), fans["ada"].id)


def test_a_fan_who_leaves_for_good_before_the_commitment_is_withdrawn_with_their_stake(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Erasure before the list is fixed leaves a leaf of weight 0."""
    draw = kit.make_draw(app, brand, game)
    fans = kit.enter_many(app, brand, draw, {"ada": 5, "bob": 2})
    with app.app_context(), db.transaction():
        rights.erase(brand, fans["ada"].id, at=clock())
    fixed = kit.fix(app, brand, draw, clock)

    assert fixed.commitment is not None
    assert fixed.commitment["entries"]["classes"]["1"] == 1
    assert fixed.commitment["entries"]["W"] == "2"


@pytest.mark.parametrize(
    ("weights", "state"),
    [((2**63 - 2, 1), "committed"), ((2**63 - 1, 1), "committing"), ((2**62, 2**62), "committing")],
)
def test_weights_may_reach_the_last_ticket_and_no_further(
    app: Flask, brand: UUID, game: UUID, clock: Clock, weights: tuple[int, ...], state: str
) -> None:
    """A list of 2^63 − 1 tickets is drawn; one ticket more is refused with a word to the desk, and nothing is lost."""
    draw = kit.make_draw(app, brand, game, most=0)
    kit.enter_many(app, brand, draw, dict(zip(("ada", "bob"), weights, strict=True)))
    fixed = kit.fix(app, brand, draw, clock)

    assert fixed.state == state
    assert fixed.trouble == ("" if state == "committed" else "weights")
    if state == "committed":
        assert kit.hold(app, brand, draw, clock).state == "drawn"


def test_a_ticket_under_way_while_the_list_is_fixed_is_in_it(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """The list waits for plays that saw the draw open; one that comes later sees it closed."""
    draw = kit.make_draw(app, brand, game)
    fans = kit.enter_many(app, brand, draw, {"ada": 1})
    clock.reach(kit.found(app, brand, draw).commits_at)
    late = psycopg.connect(app.config["SETTINGS"].libpq_url)
    late.execute(
        "UPDATE draw_entry SET tickets = tickets + 4 FROM draw WHERE draw.id = draw_entry.draw_id"
        " AND draw.state = 'open' AND draw_entry.fan_id = %s",
        (fans["ada"].id,),
    )

    def fix() -> None:
        with app.app_context():
            freezing.fix(brand, draw)

    work = threading.Thread(target=fix)
    work.start()
    deadline = time.monotonic() + 10
    while kit.found(app, brand, draw).state == "open" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert kit.found(app, brand, draw).state == "committing"
    late.commit()
    late.close()
    work.join()

    fixed = kit.found(app, brand, draw)
    assert fixed.commitment is not None
    assert fixed.commitment["entries"]["W"] == "5"


def test_plays_give_tickets_while_entries_are_open(app: Flask, brand: UUID, game: UUID) -> None:
    """Each finished attempt adds its tickets in its own transaction, capped when weighed; a closed draw gets none."""
    at = now()
    draw = kit.make_draw(app, brand, game, at=at, per_play=2, most=3)
    fan = create_fan(app, brand)
    for _ in range(2):
        assert fan.play(game, points=0).status_code == 200
    (entry,) = rows(app, "SELECT tickets, seq FROM draw_entry WHERE draw_id = %s", draw)
    assert entry == (4, 2)
    with app.app_context():
        found = service.find(brand, draw)
        assert entering.weight_of(entering.mine(found, fan.id), Terms.of(found.terms)) == 3
    with app.app_context(), db.transaction():
        db.driver.execute("UPDATE draw SET closes_at = now()")
    assert fan.play(game, points=0).status_code == 200
    assert rows(app, "SELECT tickets FROM draw_entry WHERE draw_id = %s", draw) == [(4,)]


def test_fifty_taps_at_once_are_one_free_ticket_and_one_stake(
    app: Flask, brand: UUID, game: UUID
) -> None:
    """The free ticket is taken once, a stake with one key is spent once, however often it is sent."""
    at = now()
    draw = kit.make_draw(app, brand, game, at=at, source="stakes", price=10)
    fan = create_fan(app, brand)
    _give(app, brand, fan.id, 100)

    def tap(number: int) -> None:
        with app.app_context(), db.transaction():
            found = service.find(brand, draw)
            if number % 2:
                entering.take_free(found, fan.id, at=at)
            else:
                stakes.stake(found, fan.id, 50, key="same-tap", at=at)

    threads = [threading.Thread(target=tap, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(app, "SELECT free, staked FROM draw_entry") == [(1, 50)]
    assert _balances(app, [fan]) == [50]


def test_the_log_is_one_unbroken_chain(app: Flask, brand: UUID, game: UUID, clock: Clock) -> None:
    """Whatever several writers add at once, every record follows the one before it."""
    other = create_brand(app)

    def write(number: int) -> None:
        with app.app_context(), db.transaction():
            whose = (brand, other)[number % 2]
            log.append(whose, "test", {"n": number, "text": "e\u0301"}, at=clock())

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for whose in (brand, other):
        with app.app_context():
            records = [one.record for one in log.since(whose, 0, 100)]
            assert len(records) == 10
            assert verify_log(records) == log.head(whose)
