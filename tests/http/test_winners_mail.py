"""Letters of a draw over real SMTP: the code for every entrant, the news for winners, and reminders while they wait."""

from __future__ import annotations

from collections import Counter
from email.message import EmailMessage
from uuid import UUID

import pytest
from flask import Flask

from masterapp.db import db
from masterapp.draws import entering, promise, service, tasks, winners
from masterapp.fans import rights
from masterapp.outreach import draw_letters
from masterapp.testing import draws as kit
from masterapp.testing import winners as after
from masterapp.testing.draws import Clock
from masterapp.testing.factories import create_brand, create_game
from masterapp.testing.mail import Mailbox
from masterapp.testing.team import create_member


@pytest.fixture
def brand(app: Flask) -> UUID:
    """A brand with a known address."""
    return create_brand(app, slug="club", name="Olympe")


@pytest.fixture
def game(app: Flask, brand: UUID) -> UUID:
    """A game whose campaign has the draws."""
    return create_game(app, brand)


def text_of(letter: EmailMessage) -> str:
    """The plain part of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def to(letters: list[EmailMessage]) -> Counter[str]:
    """How many letters each address got."""
    return Counter(str(letter["To"]) for letter in letters)


def test_every_entrant_gets_the_code_before_the_round(
    app: Flask,
    brand: UUID,
    game: UUID,
    clock: Clock,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In batches that go on where the last ended: code, tickets and date in both languages, nothing to unsubscribe."""
    monkeypatch.setattr(draw_letters, "BATCH", 2)
    draw = kit.make_draw(app, brand, game, most=10)
    fans = kit.enter_many(app, brand, draw, {"ada": 1, "bob": 25, "chloe": 3})
    english = kit.enter_many(app, brand, draw, {"emma": 2}, locale="en")
    left = kit.enter_many(app, brand, draw, {"gone": 2, "out": 2})
    with app.app_context(), db.transaction():
        entering.withdraw(service.find(brand, draw), left["out"].id, at=clock())
        rights.erase(brand, left["gone"].id, at=clock())
    fixed = kit.fix(app, brand, draw, clock)

    for _ in range(
        3
    ):  # A worker that does not wait ends before the job that its last one deferred.
        letters = mailbox.collect()

    assert to(letters) == {f"{name}@example.org": 1 for name in (*fans, *english)}
    by_name = {str(letter["To"]).split("@")[0]: text_of(letter) for letter in letters}
    assert fixed.commitment is not None
    code = promise.code_of(fixed)
    assert all(code in text for text in by_name.values())
    assert "10 tickets" in by_name["bob"]
    assert "1 ticket." in by_name["ada"]
    assert "1 novembre 2026 à 16:00" in by_name["ada"]
    assert "You take part with 2 tickets." in by_name["emma"]
    assert f"/play/club/draws/{draw}" in by_name["emma"]
    assert not any(letter["List-Unsubscribe"] for letter in letters)

    with app.app_context():
        draw_letters.tell_entrants(str(brand), str(draw))
    for _ in range(2):
        mailbox.collect()
    keys = Counter(str(letter["Message-ID"]) for letter in mailbox.collect())
    assert len(keys) == 4


def test_the_code_is_not_sent_when_it_is_too_late(
    app: Flask, brand: UUID, game: UUID, clock: Clock, mailbox: Mailbox
) -> None:
    """From the time of the draw on the letter would prove nothing, so it is not sent."""
    draw = kit.make_draw(app, brand, game)
    kit.enter_many(app, brand, draw, {"ada": 1})
    fixed = kit.fix(app, brand, draw, clock)
    clock.reach(fixed.draws_at)
    with app.app_context():
        draw_letters.tell_entrants(str(brand), str(draw))
    assert mailbox.letters == []


def test_winners_get_the_news_and_reminders_until_they_answer(
    app: Flask, brand: UUID, game: UUID, clock: Clock, mailbox: Mailbox
) -> None:
    """One letter each with what, until when and where; two reminders for who waits, none for who claimed or gave up."""
    prizes = [{"label": {"fr": "Maillot", "en": "Shirt"}, "qty": 3, "alternates": 1}]
    weights = {"ada": 5, "bob": 1, "chloe": 3, "david": 20}
    draw, _fans = after.hold_and_tell(app, brand, game, clock, prizes=prizes, weights=weights)
    first = [letter for letter in mailbox.collect() if "tirage" not in str(letter["Subject"])]
    assert len(first) == 3
    assert {str(letter["Subject"]) for letter in first} == {"Vous avez gagné : Maillot"}
    waits = after.place(app, brand, draw, rank=1)
    told = next(text_of(one) for one in first if f"/me/wins/{waits.id}" in text_of(one))
    assert "dimanche 15 novembre 2026" in told

    after.claim(app, after.place(app, brand, draw, rank=2), clock)
    given_up = after.place(app, brand, draw, rank=3)
    with app.app_context(), db.transaction():
        winners.decline(brand, given_up.fan_id, given_up.id, clock())
    before = len(mailbox.letters)
    for days in (8, 5, 0):
        clock.pass_by(days=days)
        for _ in range(2):
            with app.app_context():
                tasks.remind_winners(str(brand), str(draw))
        mailbox.collect()
    reminders = mailbox.letters[before:]
    assert len(reminders) == 2
    assert len({str(one["Message-ID"]) for one in reminders}) == 2
    assert all(f"/me/wins/{waits.id}" in text_of(one) for one in reminders)
    assert {str(one["Subject"]) for one in reminders} == {
        "Rappel : demandez votre lot avant la fin du dimanche 15 novembre 2026"
    }


def test_a_letter_that_was_overtaken_is_not_sent(
    app: Flask, brand: UUID, game: UUID, clock: Clock, mailbox: Mailbox
) -> None:
    """A winner who leaves for good before the job runs gets no letter; an alternate who steps in is told why."""
    prizes = [{"label": {"fr": "Maillot"}, "qty": 1, "alternates": 1}]
    draw, _fans = after.hold_and_tell(app, brand, game, clock, prizes=prizes)
    winner, alternate = after.place(app, brand, draw), after.place(app, brand, draw, "alternate")
    with app.app_context(), db.transaction():
        rights.erase(brand, winner.fan_id, at=clock())
    assert mailbox.collect() == []
    for role in ("owner", "marketer"):
        member = create_member(app, brand, role)
        after.decide(app, brand, after.waiting(app, winner)[0], clock, member)
    (letter,) = mailbox.collect()
    assert "suppléant" in text_of(letter)
    assert f"/me/wins/{alternate.id}" in text_of(letter)
