"""A fan whose entry two people left out of a draw is told why, and what was written about them goes when they go."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from masterapp.db import db, now
from masterapp.draws import reviewing, service
from masterapp.fairness import four_eyes
from masterapp.fans import rights
from masterapp.testing import draws as kit
from masterapp.testing.desk import create_member
from masterapp.testing.draws import Clock
from masterapp.testing.factories import Player, create_brand, create_game, rows

SENTENCE = "Five accounts from one phone."


@pytest.fixture
def brand(app: Flask) -> UUID:
    """A brand whose fans have a cookie of its name."""
    return create_brand(app, slug="fair")


@pytest.fixture
def draw(app: Flask, brand: UUID, clock: Clock) -> UUID:
    """A draw that is open."""
    return kit.make_draw(app, brand, create_game(app, brand))


@pytest.fixture
def fans(app: Flask, brand: UUID, draw: UUID) -> dict[str, Player]:
    """Two fans in the draw; two members left Ada's entry out, with a remark between them."""
    fans = kit.enter_many(app, brand, draw, {"ada": 2, "bob": 1})
    one, two = (create_member(app, brand, email=f"{name}@team.example") for name in "ab")
    with app.app_context(), db.transaction():
        proposal = reviewing.propose_exclusion(
            service.find(brand, draw),
            fans["ada"].id,
            reason="several_accounts",
            sentence=SENTENCE,
            member_id=one,
            at=now(),
        )
        four_eyes.decide(
            brand, proposal.id, member_id=two, agrees=True, note="I know this phone.", at=now()
        )
    return fans


def page(app: Flask, draw: UUID, fan: Player | None, language: str = "en") -> str:
    """The draw's page as this fan sees it."""
    client = app.test_client() if fan is None else fan.browser
    answer = client.get(f"/play/fair/draws/{draw}?lang={language}")
    assert answer.status_code == 200
    return answer.text


def test_the_fan_reads_the_reason_and_nobody_else_does(
    app: Flask, brand: UUID, draw: UUID, fans: dict[str, Player], clock: Clock
) -> None:
    """Reason, sentence and until when it can be taken back; others see none of it; put back, it is gone."""
    mine = page(app, draw, fans["ada"])
    assert "Two people decided to leave your entry out" in mine
    assert "Several accounts of one person" in mine
    assert SENTENCE in mine
    assert "until the list is fixed" in mine
    assert "Take my free ticket" not in mine
    assert "Take my free ticket" in page(app, draw, fans["bob"])
    assert "Plusieurs comptes d’une même personne" in page(app, draw, fans["ada"], "fr")
    for other in (fans["bob"], None):
        assert SENTENCE not in page(app, draw, other)
    with app.app_context(), db.transaction():
        member = rows(app, "SELECT id FROM member")[0][0]
        reviewing.put_back(service.find(brand, draw), fans["ada"].id, at=now(), member_id=member)
    assert SENTENCE not in page(app, draw, fans["ada"])


def test_after_the_list_is_fixed_nothing_can_be_taken_back(
    app: Flask, brand: UUID, draw: UUID, fans: dict[str, Player], clock: Clock
) -> None:
    """The reason stays in sight, the way back does not."""
    kit.fix(app, brand, draw, clock)
    mine = page(app, draw, fans["ada"])
    assert SENTENCE in mine
    assert "until the list is fixed" not in mine


def test_what_was_written_about_a_fan_can_be_taken_out_and_erased(
    app: Flask, brand: UUID, draw: UUID, fans: dict[str, Player], clock: Clock
) -> None:
    """The download has it; after the erasure no table holds a word of it, and the decision is still there."""
    with app.app_context():
        (entry,) = rights.export_data(brand, fans["ada"].id)["draws"]
        (told,) = entry["proposed_to_leave_out"]
    assert (told["reason"], told["sentence"]) == ("several_accounts", SENTENCE)
    assert told["state"] == "accepted"

    with app.app_context(), db.transaction():
        rights.erase(brand, fans["ada"].id, at=now())

    for (table,) in rows(app, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        for (row,) in rows(app, f'SELECT row_to_json(t)::text FROM "{table}" AS t'):
            assert "one phone" not in row, table
            assert "this phone" not in row, table
    assert rows(app, "SELECT state, payload ->> 'reason' FROM proposal") == [
        ("accepted", "several_accounts")
    ]
