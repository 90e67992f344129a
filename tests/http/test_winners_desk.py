"""Winners over HTTP: whose page it is, what the desk may do with whom, bad input, double posts, and parcels."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from masterapp.prizes import handing
from masterapp.testing import winners as after
from masterapp.testing.desk import Seat, take_seat
from masterapp.testing.draws import Clock
from masterapp.testing.factories import (
    create_brand,
    create_fan,
    create_game,
    create_offer,
    create_prize,
    rows,
)
from masterapp.testing.team import create_store


@pytest.fixture
def brand(app: Flask) -> UUID:
    """A brand with a known address."""
    return create_brand(app, slug="club", name="Olympe")


@pytest.fixture
def game(app: Flask, brand: UUID) -> UUID:
    """A game whose campaign has the draws."""
    return create_game(app, brand)


def winners_page(draw: UUID) -> str:
    """The desk's page of a draw's winners."""
    return f"/admin/draws/{draw}/winners"


def test_a_win_opens_for_its_own_fan_only(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Strangers sign in first; another fan, another brand's fan and an alternate who stands by find nothing."""
    draw, fans = after.hold_and_tell(app, brand, game, clock)
    winner, alternate = after.place(app, brand, draw), after.place(app, brand, draw, "alternate")
    path = f"/play/club/me/wins/{winner.id}"
    answer = app.test_client().get(path)
    assert (answer.status_code, "/sign-in" in answer.location) == (302, True)
    other_brand = create_brand(app, slug="rival")
    rival = create_fan(app, other_brand).browser
    standing_by = fans[alternate.fan_id].browser
    for client, address in (
        (create_fan(app, brand).browser, path),
        (rival, path.replace("club", "rival")),
        (standing_by, f"/play/club/me/wins/{alternate.id}"),
    ):
        for tail in ("", "/give-up"):
            assert client.get(address + tail).status_code == 404
            assert client.post(address + tail, data=after.FORM).status_code == 404
    assert str(alternate.id) not in standing_by.get("/play/club/me").text
    assert rows(app, "SELECT DISTINCT state FROM draw_winner ORDER BY state") == [
        ("notified",),
        ("standing_by",),
    ]


def test_a_claim_posted_twice_is_one_and_bad_input_is_told_at_its_field(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """A wrong postcode keeps what was typed; the right form sent twice leads to the same page and one claim."""
    draw, fans = after.hold_and_tell(app, brand, game, clock)
    winner = after.place(app, brand, draw)
    client, path = fans[winner.fan_id].browser, f"/play/club/me/wins/{winner.id}"
    wrong = client.post(path + "?lang=en", data={**after.FORM, "postcode": "69"})
    assert wrong.status_code == 422
    assert "A French postcode has five digits" in wrong.text
    assert "Frères-Lumière" in wrong.text
    nul = client.post(path, data={**after.FORM, "city": "Ly\0on"})
    assert nul.status_code == 422
    for _ in range(2):
        answer = client.post(path, data=after.FORM)
        assert (answer.status_code, answer.location) == (303, path)
    claims = "SELECT count(*) FROM audit_record WHERE action = 'winner_claimed'"
    assert rows(app, claims) == [(1,)]
    assert "<script" not in after.place(app, brand, draw).label


def test_no_address_is_asked_for_what_is_not_sent(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """A prize handed over in person asks for a name alone, keeps no address typed anyway, and skips the parcel."""
    prizes = [{"label": {"fr": "Visite"}, "qty": 1, "alternates": 0, "posted": False}]
    draw, fans = after.hold_and_tell(app, brand, game, clock, prizes=prizes)
    winner = after.place(app, brand, draw)
    client, path = fans[winner.fan_id].browser, f"/play/club/me/wins/{winner.id}"
    assert 'name="line"' not in client.get(path).text
    assert client.post(path, data=after.FORM).status_code == 303
    kept = after.place(app, brand, draw)
    assert kept.address == {"first_name": "Camille", "last_name": "Durand"}
    assert kept.label == "Camille D."
    seat = take_seat(app, brand)
    for do in ("check", "deliver"):
        seat.post(f"{winners_page(draw)}/{winner.id}/step", {"do": do, "note": "Jo, passport"})
    assert after.place(app, brand, draw).state == "delivered"
    assert rows(app, "SELECT state FROM draw") == [("settled",)]
    assert rows(app, "SELECT household FROM fan WHERE id = %s", winner.fan_id) == [(None,)]


def test_a_late_claim_is_told_so(app: Flask, brand: UUID, game: UUID, clock: Clock) -> None:
    """After the deadline the page has no form, and a form kept open claims nothing."""
    draw, fans = after.hold_and_tell(app, brand, game, clock, claim_days=1)
    winner = after.place(app, brand, draw)
    client, path = fans[winner.fan_id].browser, f"/play/club/me/wins/{winner.id}"
    clock.reach(winner.deadline_at)
    assert "data-claim" not in client.get(path).text
    assert client.post(path, data=after.FORM, follow_redirects=True).status_code == 200
    assert client.get(f"{path}/give-up").status_code == 409
    assert after.place(app, brand, draw).state == "notified"


def test_the_desk_goes_step_by_step_and_undoes_a_mis_tap(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """A check needs a note, a step tapped twice is one, and each state shows the one button of the next step."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock)
    winner = after.place(app, brand, draw)
    after.claim(app, winner, clock)
    seat = take_seat(app, brand, "support")
    path = f"{winners_page(draw)}/{winner.id}/step"
    assert seat.post(path, {"do": "check", "note": ""}).status_code == 422
    assert seat.post(path, {"do": "deliver"}).status_code == 302
    assert seat.post(path, {"do": "fly"}).status_code == 400
    for do, state in (("check", "checked"), ("send", "sent"), ("unsend", "checked")):
        for _ in range(2):
            assert seat.post(path, {"do": do, "note": "Jo, passport"}).status_code == 302
        assert after.place(app, brand, draw).state == state
    page = seat.get(winners_page(draw)).text
    assert 'value="send"' in page
    assert 'value="uncheck"' in page
    assert "Frères-Lumière" in page


def test_parcels_hold_what_a_parcel_needs_and_no_more(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """One line for each checked winner, no address of e-mail or number, no formula, and the export is on record."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock)
    first, second = after.place(app, brand, draw), after.place(app, brand, draw, rank=2)
    after.claim(app, first, clock, more="=1+1")
    after.claim(app, second, clock)
    seat = take_seat(app, brand)
    after.step(app, first, clock, "check", seat.member_id)
    answer = seat.get(f"{winners_page(draw)}/parcels.csv")
    heads, line = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert len(heads) == 9
    assert line[1:5] == ["Camille", "Durand", "12 bis av. des Frères-Lumière", "'=1+1"]
    assert line[5:] == ["69008", "Lyon", "FR", "Maillot"]
    assert "@" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert rows(app, "SELECT data FROM audit_record WHERE action = 'parcels_exported'") == [
        ({"rows": 1},)
    ]


def test_a_vacancy_is_proposed_by_one_member_and_decided_by_another(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """A reason and evidence are needed; the proposer alone changes nothing; the second yes lets the alternate in."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock)
    winner = after.place(app, brand, draw)
    first, second = take_seat(app, brand, "owner"), take_seat(app, brand)
    path = f"{winners_page(draw)}/{winner.id}/vacancy"
    wrong = first.post(path, {"reason": "TOO_LUCKY", "evidence": "no"})
    assert wrong.status_code == 422
    assert "Choose one of the reasons" in wrong.text
    early = first.post(path, {"reason": "NO_REPLY", "evidence": "We hear nothing."})
    assert early.status_code == 422
    for _ in range(2):
        form = {"reason": "COMPETITOR", "evidence": "Works for a rival club."}
        assert first.post(path, form).status_code == 302
    (proposal, reason, made_by) = after.waiting(app, winner)
    assert (reason, made_by) == ("COMPETITOR", first.member_id)
    assert "Works for a competitor" in second.get(winners_page(draw)).text
    assert "Maillot, winner 1" in second.get("/admin/decisions/").text
    for seat in (first, second):
        seat.post(f"/admin/decisions/{proposal}", {"do": "agree"})
        expected = "notified" if seat is first else "vacant"
        assert after.place(app, brand, draw).state == expected
    assert after.place(app, brand, draw, "alternate").state == "notified"


@pytest.mark.parametrize("role", ["analyst", "store_manager", "cashier"])
def test_addresses_are_closed_to_who_sends_nothing(
    app: Flask, brand: UUID, game: UUID, clock: Clock, role: str
) -> None:
    """Neither the page, nor the parcels, nor a step or a vacancy; support sees the page but proposes no vacancy."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock)
    winner, page = after.place(app, brand, draw), winners_page(draw)
    seat, support = take_seat(app, brand, role), take_seat(app, brand, "support")
    assert seat.get(page).status_code == 403
    assert seat.get(f"{page}/parcels.csv").status_code == 403
    for who, act, status in (
        (seat, "step", 403),
        (seat, "vacancy", 403),
        (support, "vacancy", 403),
    ):
        assert who.post(f"{page}/{winner.id}/{act}", {"do": "check"}).status_code == status
    assert support.get(page).status_code == 200
    assert "Propose a vacancy" not in support.get(page).text


def test_another_brands_desk_finds_nothing(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Pages, parcels, steps and vacancies of another brand's draw do not exist."""
    draw, _fans = after.hold_and_tell(app, brand, game, clock)
    winner = after.place(app, brand, draw)
    rival = take_seat(app, create_brand(app), "owner")
    page = winners_page(draw)
    assert rival.get(page).status_code == 404
    assert rival.get(f"{page}/parcels.csv").status_code == 404
    assert rival.post(f"{page}/{winner.id}/step", {"do": "check"}).status_code == 404
    form = {"reason": "COMPETITOR", "evidence": "Works for a rival club."}
    assert rival.post(f"{page}/{winner.id}/vacancy", form).status_code == 404


def _win(app: Flask, brand: UUID, game: UUID, **values: Any) -> UUID:
    """Let a fan win a prize of a game, and return the grant."""
    create_prize(app, brand, game, **values)
    assert create_fan(app, brand).play(game, win=True).status_code == 200
    return UUID(str(rows(app, "SELECT id FROM prize_grant ORDER BY id DESC LIMIT 1")[0][0]))


def _campaign(app: Flask, game: UUID) -> UUID:
    return UUID(str(rows(app, "SELECT campaign_id FROM game WHERE id = %s", game)[0][0]))


def test_a_prize_of_a_game_is_handed_over_once_and_taken_back(app: Flask) -> None:
    """Two taps are one; the mis-tap is undone; another brand's and a role without business find nothing."""
    brand = create_brand(app)
    game = create_game(app, brand)
    grant = _win(app, brand, game)
    campaign = _campaign(app, game)
    seat, rival = take_seat(app, brand, "support"), take_seat(app, create_brand(app), "owner")
    page, path = f"/admin/campaigns/{campaign}/handing", f"/admin/grants/{grant}/handing"
    assert "Shirt" in seat.get(page).text
    assert rival.get(page).status_code == 404
    assert rival.post(path, {"do": "hand_over", "campaign": str(campaign)}).status_code == 404
    assert take_seat(app, brand, "analyst").get(page).status_code == 403
    assert seat.post(path, {"do": "steal", "campaign": str(campaign)}).status_code == 400
    assert seat.post(path, {"do": "hand_over", "campaign": "x"}).status_code == 400
    for do, state in (
        ("hand_over", "handed_over"),
        ("take_back", "won"),
        ("hand_over", "handed_over"),
    ):
        for _ in range(2):
            seat.post(path, {"do": do, "campaign": str(campaign)})
        assert rows(app, "SELECT state FROM prize_grant") == [(state,)]
    assert "Shirt" in seat.get(f"{page}?state=handed_over").text
    assert "Shirt" not in seat.get(page).text
    trail = "SELECT count(*) FROM audit_record WHERE action = 'prize_handed_over'"
    assert rows(app, trail) == [(2,)]


def test_a_coupon_that_was_a_prize_is_handed_over_at_the_till(app: Flask) -> None:
    """The use of the coupon marks its prize, and no other; undone at the till, the prize waits again."""
    brand = create_brand(app)
    game = create_game(app, brand)
    other = _win(app, brand, game, per_fan=1)
    grant = _win(app, brand, game, offer_id=create_offer(app, brand))
    code = rows(app, "SELECT code FROM coupon WHERE grant_id = %s", grant)[0][0]
    store = create_store(app, brand)
    seat: Seat = take_seat(app, brand, "owner")
    answer = seat.client.post(
        "/api/v1/staff/redemptions",
        json={"store": str(store), "code": code, "key": "a-key-of-this-test"},
    )
    assert answer.json["verdict"] == "redeemed", answer.text
    states = dict(rows(app, "SELECT id, state FROM prize_grant"))
    assert (states[grant], states[other]) == ("handed_over", "won")
    with app.app_context():
        assert handing.counts(brand, _campaign(app, game)) == {"won": 1, "handed_over": 1}
    use = answer.json["redemption"]["id"]
    undone = seat.client.post(
        f"/api/v1/staff/redemptions/{use}/undo", json={"reason": "wrong customer"}
    )
    assert undone.status_code == 204, undone.text
    assert dict(rows(app, "SELECT id, state FROM prize_grant"))[grant] == "won"
