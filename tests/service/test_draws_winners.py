"""After a draw: winners are told, claim, are checked and served; places fall vacant before two people."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from masterapp.db import db
from masterapp.draws import claims, outcome, service, tasks, winners
from masterapp.errors import Refused
from masterapp.exact import canonical
from masterapp.fairness import log
from masterapp.fans import rights
from masterapp.testing import draws as kit
from masterapp.testing import winners as after
from masterapp.testing.draws import Clock
from masterapp.testing.factories import create_game, rows
from masterapp.testing.team import create_member

VERIFIER = Path(__file__).parents[2] / "static" / "verify" / "verify_draw.py"


@pytest.fixture
def game(app: Flask, brand: UUID) -> UUID:
    """A game whose campaign has the draws."""
    return create_game(app, brand)


@pytest.fixture
def two(app: Flask, brand: UUID) -> tuple[UUID, UUID]:
    """Two members who can agree."""
    return create_member(app, brand), create_member(app, brand, "marketer")


def checked(folder: Path, document: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run the published verifier on a certificate."""
    (folder / "certificate.json").write_bytes(canonical.encode(document))
    return subprocess.run(
        [sys.executable, str(VERIFIER), "certificate.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def at_once(*works: Callable[[], None]) -> list[str]:
    """Do several things at the same moment and return the codes of the refusals, sorted."""
    told: list[str] = []
    ready = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        ready.wait()
        try:
            work()
        except Refused as refusal:
            told.append(refusal.code)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def jobs_of(app: Flask, task: str) -> int:
    """How many jobs of this name wait."""
    names = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo'"
    return int(rows(app, names, task)[0][0])


def test_winners_are_told_once_and_alternates_stand_by(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Two jobs tell each winner once, until midnight in Paris after the last day; alternates hear nothing."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock, claim_days=14)
    for _ in range(2):
        with app.app_context():
            tasks.tell_winners(str(brand), str(draw))

    states = [(one.kind, one.state) for one in after.places(app, brand, draw)]
    assert states == [("winner", "notified")] * 2 + [("alternate", "standing_by")] * 2
    assert after.place(app, brand, draw).deadline_at == datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert jobs_of(app, "send_win_letter") == 2
    alternate = after.place(app, brand, draw, "alternate")
    with app.app_context(), pytest.raises(Refused, match="not_found"):
        winners.own(brand, alternate.fan_id, alternate.id)


def test_a_prize_goes_from_the_claim_to_the_hands_and_the_draw_is_settled(
    app: Flask, brand: UUID, game: UUID, clock: Clock, two: tuple[UUID, UUID], tmp_path: Path
) -> None:
    """Each step once however often it is tapped; delivery forgets the address; the certificate has the label."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock)
    for rank in (1, 2):
        winner = after.place(app, brand, draw, rank=rank)
        with pytest.raises(Refused, match="conflict"):
            after.step(app, winner, clock, "check", two[0])
        for _ in range(2):
            after.claim(app, winner, clock)
        with pytest.raises(Refused, match="invalid"):
            after.step(app, winner, clock, "check", two[0], note="x")
        for name in ("check", "check", "uncheck", "check", "send", "unsend", "send"):
            after.step(app, winner, clock, name, two[0])
        assert (after.place(app, brand, draw, rank=rank).address or {})["city"] == "Lyon"
        for _ in range(2):
            after.step(app, winner, clock, "deliver", two[0])
        assert after.place(app, brand, draw, rank=rank).address is None
    with app.app_context():
        tasks.renew_certificate(str(brand), str(draw))

    assert kit.found(app, brand, draw).state == "settled"
    document = kit.certificate(app, brand, draw)
    assert [one["label"] for one in document["labels"]] == ["Camille D., 69"] * 2
    run = checked(tmp_path, document)
    assert run.returncode == 0, run.stdout
    with app.app_context():
        shown = winners.published(service.find(brand, draw))
    assert [(one["label"], one["kind"]) for one in shown] == [("Camille D., 69", "winner")] * 2
    kinds = [row[0] for row in rows(app, "SELECT record ->> 'type' FROM fairness_log ORDER BY seq")]
    assert kinds.count("draw_settled") == 1
    with pytest.raises(Refused, match="conflict"):
        after.step(app, after.place(app, brand, draw), clock, "check", two[0])


def test_reminders_leave_at_half_time_and_before_the_end_and_never_after_a_claim(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Each reminder is due once, whichever job asks how often; who has claimed gets none."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock, claim_days=14)
    after.claim(app, after.place(app, brand, draw, rank=2), clock)

    def remind() -> list[int]:
        for _ in range(2):
            with app.app_context():
                tasks.remind_winners(str(brand), str(draw))
        return [one.reminders for one in after.places(app, brand, draw)]

    assert remind() == [0, 0, 0, 0]
    clock.pass_by(days=8)
    assert remind() == [1, 0, 0, 0]
    clock.pass_by(days=5)
    assert remind() == [2, 0, 0, 0]
    clock.pass_by(days=9)
    assert remind() == [2, 0, 0, 0]
    assert jobs_of(app, "send_win_letter") == 4


def test_who_does_not_answer_is_replaced_when_two_members_agree(
    app: Flask, brand: UUID, game: UUID, clock: Clock, two: tuple[UUID, UUID], tmp_path: Path
) -> None:
    """The clock proposes once, one yes changes nothing, the second lets the first alternate in, with their own time."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock, claim_days=7)
    after.claim(app, after.place(app, brand, draw, rank=2), clock)
    with pytest.raises(Refused, match="invalid"):
        after.propose(app, after.place(app, brand, draw), clock, "NO_REPLY", two[0])
    clock.reach(after.place(app, brand, draw).deadline_at)
    for _ in range(2):
        with app.app_context():
            tasks.close_claims(str(brand), str(draw))
    late = after.place(app, brand, draw)
    proposal, reason, made_by = after.waiting(app, late)
    assert (reason, made_by) == ("NO_REPLY", None)
    assert rows(app, "SELECT count(*) FROM proposal") == [(1,)]
    with pytest.raises(Refused, match="claim_over"):
        after.claim(app, late, clock)

    after.decide(app, brand, proposal, clock, two[0])
    assert after.place(app, brand, draw).state == "notified"
    with pytest.raises(Refused, match="two_people"):
        after.decide(app, brand, proposal, clock, two[0])
    after.decide(app, brand, proposal, clock, two[1])

    vacant, first = after.place(app, brand, draw), after.place(app, brand, draw, "alternate")
    assert (vacant.state, first.state) == ("vacant", "notified")
    assert first.deadline_at is not None
    assert first.deadline_at > clock()
    assert after.place(app, brand, draw, "alternate", 2).state == "standing_by"
    document = kit.certificate(app, brand, draw)
    (fallen,) = document["vacancies"]
    assert (fallen["slot"], fallen["reason"]) == (["P1", "winner", 1], "NO_REPLY")
    assert fallen["approvers"] == [f"member:{one}" for one in two]
    assert document["substitutions"]["NO_REPLY"] == 1
    run = checked(tmp_path, document)
    assert run.returncode == 0, run.stdout
    (entry,) = rows(app, "SELECT data FROM fairness_log WHERE record ->> 'type' = 'draw_vacancy'")
    assert entry[0]["stepped_in"] == [["P1", "alternate", 1]]


def test_evidence_stays_with_the_proposal_and_only_its_hash_is_public(
    app: Flask, brand: UUID, game: UUID, clock: Clock, two: tuple[UUID, UUID]
) -> None:
    """The certificate and the log carry the salted hash of the evidence, and neither its words nor a fan's."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock)
    winner = after.place(app, brand, draw)
    after.claim(app, winner, clock, style="full")
    proposal = after.propose(
        app, winner, clock, "DUPLICATE_ACCOUNT", two[0], "Zoé Quelqu’un has two accounts."
    )
    after.decide(app, brand, proposal, clock, two[1])

    ((payload,),) = rows(app, "SELECT payload FROM proposal")
    expected = hashlib.sha256(f"{payload['salt']}\n{payload['evidence']}".encode()).hexdigest()
    document = kit.certificate(app, brand, draw)
    assert document["vacancies"][0]["evidence_sha256"] == expected
    assert document["labels"] == []
    public = canonical.encode(document).decode() + str(rows(app, "SELECT data FROM fairness_log"))
    for word in ("Zoé", "Camille", "Durand", "69008", "@example.org", payload["salt"]):
        assert word not in public
    assert after.place(app, brand, draw).address is None


def test_alternates_step_in_by_rank_until_none_is_left(
    app: Flask, brand: UUID, game: UUID, clock: Clock, two: tuple[UUID, UUID], tmp_path: Path
) -> None:
    """An alternate who stands by can be passed over; without any left the prize is nobody's, and it settles."""
    prizes = [{"label": {"fr": "Maillot"}, "qty": 1, "alternates": 3}]
    draw, _fans = after.hold_and_tell(app, brand, game, clock, prizes=prizes)

    def fall(kind: str, rank: int, reason: str) -> None:
        winner = after.place(app, brand, draw, kind, rank)
        proposal = after.propose(app, winner, clock, reason, two[0])
        after.decide(app, brand, proposal, clock, two[1])

    fall("alternate", 2, "COMPETITOR")
    fall("winner", 1, "STAFF_OR_HOUSEHOLD")
    assert after.place(app, brand, draw, "alternate", 1).state == "notified"
    fall("alternate", 1, "RULES_FRAUD")
    assert after.place(app, brand, draw, "alternate", 3).state == "notified"
    assert kit.found(app, brand, draw).state == "drawn"
    fall("alternate", 3, "INELIGIBLE_AGE")

    assert kit.found(app, brand, draw).state == "settled"
    with app.app_context():
        found = service.find(brand, draw)
        assert outcome.unawarded(found, outcome.places(found)) == {"P1": 1}
        assert winners.published(found) == []
    run = checked(tmp_path, kit.certificate(app, brand, draw))
    assert run.returncode == 0, run.stdout


def test_a_claim_and_an_approval_at_the_same_instant_leave_one_result(
    app: Flask, brand: UUID, game: UUID, clock: Clock, two: tuple[UUID, UUID]
) -> None:
    """Whoever comes first happens, and the other is told: never a claimed place that is vacant."""
    outcomes = set()
    for number in range(4):
        draw, _fans = after.hold_and_tell(
            app, brand, game, clock, weights={f"{name}{number}": 2 for name in after.WEIGHTS}
        )
        winner = after.place(app, brand, draw)
        proposal = after.propose(app, winner, clock, "DUPLICATE_ACCOUNT", two[0])

        def claim(winner: Any = winner) -> None:
            after.claim(app, winner, clock)

        def agree(proposal: UUID = proposal) -> None:
            after.decide(app, brand, proposal, clock, two[1])

        refused = at_once(*((claim, agree) if number % 2 else (agree, claim)))
        now_is, alternate = (
            after.place(app, brand, draw),
            after.place(app, brand, draw, "alternate"),
        )
        assert len(refused) == 1
        assert (now_is.state, alternate.state, refused[0]) in (
            ("claimed", "standing_by", "conflict"),
            ("vacant", "notified", "claim_over"),
        )
        assert (now_is.vacancy is None) == (now_is.state == "claimed")
        outcomes.add(now_is.state)
    assert outcomes <= {"claimed", "vacant"}


def test_fifty_taps_are_one_claim_and_one_step(
    app: Flask, brand: UUID, game: UUID, clock: Clock, two: tuple[UUID, UUID]
) -> None:
    """However often a claim, its refusal or a step arrives at once, the audit trail has it once."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock)
    winner, other = after.place(app, brand, draw), after.place(app, brand, draw, rank=2)

    def give_up() -> None:
        with app.app_context(), db.transaction():
            winners.decline(brand, other.fan_id, other.id, clock())

    assert at_once(*[lambda: after.claim(app, winner, clock)] * 15, *[give_up] * 10) == []
    assert at_once(*[lambda: after.step(app, winner, clock, "check", two[0])] * 10) == []
    trail = dict(rows(app, "SELECT action, count(*) FROM audit_record GROUP BY action"))
    assert (trail["winner_claimed"], trail["winner_declined"], trail["winner_checked"]) == (1, 1, 1)
    assert after.waiting(app, other)[1:] == ("DECLINED", None)


def test_what_is_given_up_or_erased_waits_for_two_members(
    app: Flask, brand: UUID, game: UUID, clock: Clock, two: tuple[UUID, UUID]
) -> None:
    """Neither can be claimed any more; a no lets who gave up by mistake claim; an erased fan has no address."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock)
    first, second = after.place(app, brand, draw), after.place(app, brand, draw, rank=2)
    with app.app_context(), db.transaction():
        winners.decline(brand, first.fan_id, first.id, clock())
    with pytest.raises(Refused, match="claim_over"):
        after.claim(app, first, clock)
    after.decide(app, brand, after.waiting(app, first)[0], clock, two[0], agrees=False)
    after.claim(app, first, clock)
    assert after.place(app, brand, draw).state == "claimed"

    after.claim(app, second, clock)
    with app.app_context(), db.transaction():
        rights.erase(brand, second.fan_id, at=clock())
    gone = after.place(app, brand, draw, rank=2)
    assert (gone.state, gone.address, gone.label) == ("claimed", None, "")
    assert after.waiting(app, second)[1:] == ("DECLINED", None)
    with pytest.raises(Refused, match="proposal_waiting"):
        after.step(app, second, clock, "check", two[0])
    alternate = after.place(app, brand, draw, "alternate")
    with app.app_context(), db.transaction():
        rights.erase(brand, alternate.fan_id, at=clock())
    for member in two:
        after.decide(app, brand, after.waiting(app, second)[0], clock, member)
    assert after.waiting(app, alternate)[1:] == ("DECLINED", None)


def test_a_late_winner_whom_the_members_keep_can_claim(
    app: Flask, brand: UUID, game: UUID, clock: Clock, two: tuple[UUID, UUID]
) -> None:
    """One no to the vacancy leaves the prize with its winner, and the clock does not propose it again."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock, claim_days=1)
    winner = after.place(app, brand, draw)
    clock.reach(winner.deadline_at)
    with app.app_context():
        tasks.close_claims(str(brand), str(draw))
    after.decide(app, brand, after.waiting(app, winner)[0], clock, two[0], agrees=False)
    with app.app_context():
        tasks.close_claims(str(brand), str(draw))
    assert after.waiting(app, winner) is None
    after.claim(app, winner, clock)
    assert after.place(app, brand, draw).state == "claimed"


def test_winners_of_one_household_are_pointed_out_and_open_draws_follow(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Two spellings of one address are one household; entries of open draws are grouped by it, fixed lists stay."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock)
    first, second = after.place(app, brand, draw), after.place(app, brand, draw, rank=2)
    later = kit.make_draw(app, brand, game, at=clock())
    with app.app_context(), db.transaction():
        from masterapp.draws import entering

        for winner in (first, second):
            entering.take_free(service.find(brand, later), winner.fan_id, at=clock())
    groups = "SELECT count(DISTINCT grouping) FROM draw_entry WHERE draw_id = %s"
    entries = kit.entries_bin(app, brand, draw)
    assert rows(app, groups, later) == [(2,)]
    after.claim(app, first, clock)
    after.claim(
        app,
        second,
        clock,
        line="12bis, Avenue Frères Lumière",
        more="appartement 3",
        postcode="69 008",
        city="LYON 8E",
    )
    assert rows(app, groups, later) == [(1,)]
    assert kit.entries_bin(app, brand, draw) == entries
    with app.app_context():
        found = winners.same_household(service.find(brand, draw))
    assert {key: [one.id for one in others] for key, others in found.items()} == {
        first.id: [second.id],
        second.id: [first.id],
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", "  "),
        ("last_name", "x" * 61),
        ("line", ""),
        ("postcode", "6900"),
        ("postcode", "６９００８"),
        ("city", "<b>Lyon</b>"),
        ("country", "ZZ"),
        ("style", "photo"),
        ("true", ""),
        ("more", "a\u202eb"),
    ],
)
def test_a_claim_that_lacks_something_says_how_to_mend_it(
    app: Flask, field: str, value: str
) -> None:
    """Every wrong field has a sentence of its own, and nothing else is blamed."""
    with app.test_request_context(), pytest.raises(Refused, match="invalid") as told:
        claims.read({**after.FORM, field: value}, sent=True)
    assert list(told.value.fields) == [field]


@pytest.mark.parametrize(
    ("style", "form", "label"),
    [
        ("none", {}, ""),
        ("first", {}, "Camille"),
        ("full", {}, "Camille D., 69"),
        ("full", {"postcode": "97410"}, "Camille D., 974"),
        ("full", {"country": "BE", "postcode": "1000"}, "Camille D."),
    ],
)
def test_a_winner_is_published_as_they_chose(
    app: Flask, style: str, form: dict[str, str], label: str
) -> None:
    """The label has no more than the chosen words: never the last name, the street or the town."""
    with app.test_request_context():
        assert claims.read({**after.FORM, **form, "style": style}, sent=True).label == label


def test_the_log_stays_one_chain_with_what_happened_after_the_draw(
    app: Flask, brand: UUID, game: UUID, clock: Clock, two: tuple[UUID, UUID]
) -> None:
    """Vacancies and the settlement follow the draw in the same chain."""
    from masterapp.exact.log import verify_log

    prizes = [{"label": {"fr": "Maillot"}, "qty": 1, "alternates": 0}]
    draw, _fans = after.hold_and_tell(app, brand, game, clock, prizes=prizes)
    proposal = after.propose(app, after.place(app, brand, draw), clock, "COMPETITOR", two[0])
    after.decide(app, brand, proposal, clock, two[1])
    with app.app_context():
        records = [one.record for one in log.since(brand, 0, 100)]
        assert verify_log(records) == log.head(brand)
    assert [one["type"] for one in records[-2:]] == ["draw_vacancy", "draw_settled"]
