"""Edits that touch published odds: one person proposes, a second one agrees, and what is sealed stays as it is."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from masterapp.campaigns import games, publishing, service
from masterapp.db import db, now
from masterapp.fairness.demo_beacon import sign
from masterapp.prizes import seals
from masterapp.prizes import service as prizes
from masterapp.testing.desk import Seat, take_seat
from masterapp.testing.factories import create_brand, rows

MOMENTS = "SELECT * FROM winning_moment ORDER BY seal_id, j"


@dataclass
class Published:
    """A published game with a prize, and the member who made it."""

    app: Flask
    seat: Seat
    campaign: UUID
    game: UUID
    prize: UUID

    def form(self, **changes: str) -> dict[str, str]:
        """Return the prize list as the page posts it."""
        revision = rows(self.app, "SELECT revision FROM game WHERE id = %s", self.game)[0][0]
        return {
            "revision": str(revision),
            "prizes": "0",
            "prizes.0.id": str(self.prize),
            "prizes.0.label.en": "Shirt",
            "prizes.0.stock": "5",
            "prizes.0.per_fan": "1",
            **{f"prizes.0.{name.replace('_en', '.en')}": text for name, text in changes.items()},
            "confirmed": "yes",
        }

    def save(self, **changes: str) -> str:
        """Post the confirmed prize list and return the page that follows."""
        path = f"/admin/games/{self.game}/prizes"
        return html.unescape(self.seat.post(path, self.form(**changes), follow_redirects=True).text)

    def proposal(self) -> UUID:
        """Return the one proposal that waits."""
        [(proposal,)] = rows(self.app, "SELECT id FROM proposal WHERE state = 'open'")
        return proposal  # type: ignore[no-any-return]


@pytest.fixture
def live(full_app: Flask, seat: Seat) -> Published:
    """A live scratch card with five shirts."""
    with full_app.test_request_context(), db.transaction():
        at = now()
        game = service.create(seat.brand_id, "instant_win", None, locale="en", member_id=None)
        campaign = service.find(seat.brand_id, game.campaign_id)
        campaign.rules = {"en": "Rules"}
        campaign.opens_at, campaign.closes_at = at - timedelta(days=1), at + timedelta(days=9)
        draft = prizes.Draft(None, {"en": "Shirt"}, stock=5)
        prizes.replace(game, campaign, [draft], seen=game.revision, now=at, member_id=None)
        publishing.publish(campaign, ["en"], now=at, member_id=None)
        return Published(full_app, seat, campaign.id, game.id, prizes.of_game(game)[0].id)


def test_one_person_is_not_enough(live: Published) -> None:
    """More stock changes nothing until a second member agrees; the proposer's second yes is none."""
    second = take_seat(live.app, live.seat.brand_id, "owner")
    before = rows(live.app, MOMENTS)

    page = live.save(stock="9")
    assert "It counts as soon as a second owner or marketer agrees." in page
    assert "Still to be won: 5 now, 9 after this change." in page
    again = live.seat.post(
        f"/admin/decisions/{live.proposal()}", {"do": "agree"}, follow_redirects=True
    )
    assert "A second person has to agree too." in html.unescape(again.text)
    assert rows(live.app, MOMENTS) == before
    assert rows(live.app, "SELECT stock FROM prize") == [(5,)]

    done = second.post(
        f"/admin/decisions/{live.proposal()}", {"do": "agree"}, follow_redirects=True
    )

    assert "Agreed, and done." in done.text
    assert rows(live.app, "SELECT stock FROM prize") == [(9,)]
    after = rows(live.app, MOMENTS)
    assert len(after) == 9
    assert set(before) <= set(after)
    assert rows(live.app, "SELECT number, count FROM seal ORDER BY number") == [(1, 5), (2, 4)]


def test_two_taps_of_the_second_person_are_one_yes(live: Published) -> None:
    """Agreeing twice adds the units once."""
    second = take_seat(live.app, live.seat.brand_id, "owner")
    live.save(stock="9")
    proposal = live.proposal()
    for _tap in range(2):
        assert second.post(f"/admin/decisions/{proposal}", {"do": "agree"}).status_code == 302
    assert rows(live.app, "SELECT count(*) FROM winning_moment") == [(9,)]


def test_alone_nobody_can_change_what_was_promised(live: Published) -> None:
    """A brand with one maker is told to invite a second, before and after confirming, and nothing is proposed."""
    first = live.seat.post(
        f"/admin/games/{live.game}/prizes", {**live.form(stock="9"), "confirmed": ""}
    )
    assert "Invite one under “Members”" in html.unescape(first.text)
    assert "Propose these changes" not in first.text
    answer = live.seat.post(f"/admin/games/{live.game}/prizes", live.form(stock="9"))
    assert answer.status_code == 409
    assert rows(live.app, "SELECT count(*) FROM proposal") == [(0,)]
    assert rows(live.app, "SELECT stock FROM prize") == [(5,)]


def test_words_need_nobody_else(live: Published) -> None:
    """A new description of a live prize applies at once."""
    live.save(description_en="In blue")
    assert rows(live.app, "SELECT description ->> 'en' FROM prize") == [("In blue",)]
    assert rows(live.app, "SELECT count(*) FROM proposal") == [(0,)]


def test_fewer_than_is_promised_is_refused_with_the_way_out(live: Published) -> None:
    """Lowering the stock of a sealed prize is refused at its field, even as a proposal."""
    take_seat(live.app, live.seat.brand_id, "owner")
    page = live.save(stock="4")
    assert "At least 5: so many winning moments are sealed" in page
    assert rows(live.app, "SELECT count(*) FROM proposal") == [(0,)]


def test_a_no_ends_it_and_a_stale_proposal_says_so(live: Published) -> None:
    """A refused proposal changes nothing; one that no longer fits cannot be carried out and stays open."""
    second = take_seat(live.app, live.seat.brand_id, "owner")
    live.save(stock="9")
    second.post(f"/admin/decisions/{live.proposal()}", {"do": "refuse", "note": "too many"})
    assert rows(live.app, "SELECT state FROM proposal") == [("refused",)]

    live.save(stock="8")
    live.save(label_en="Signed shirt")
    done = second.post(
        f"/admin/decisions/{live.proposal()}", {"do": "agree"}, follow_redirects=True
    )
    assert "something changed since" in done.text
    assert rows(live.app, "SELECT stock FROM prize") == [(5,)]
    assert len(second.get("/admin/decisions/").text) > 1000


def test_dates_of_a_live_campaign_need_two(live: Published) -> None:
    """A later end is proposed, and made when the second agrees; sealed moments do not move."""
    second = take_seat(live.app, live.seat.brand_id, "owner")
    before = rows(live.app, MOMENTS)
    [(opens, closes, revision)] = rows(
        live.app, "SELECT opens_at, closes_at, revision FROM campaign"
    )
    later = closes + timedelta(days=2)
    form = {
        "revision": str(revision),
        "opens_at": opens.strftime("%Y-%m-%dT%H:%M"),
        "closes_at": later.strftime("%Y-%m-%dT%H:%M"),
        "confirmed": "yes",
    }
    live.seat.post(f"/admin/campaigns/{live.campaign}/dates", form)
    assert rows(live.app, "SELECT closes_at FROM campaign") == [(closes,)]
    second.post(f"/admin/decisions/{live.proposal()}", {"do": "agree"})
    assert rows(live.app, "SELECT closes_at > %s FROM campaign", closes) == [(True,)]
    assert rows(live.app, MOMENTS) == before


def test_the_pace_of_a_live_game_needs_two(live: Published) -> None:
    """Jitter and expected attempts are published odds: they change when two agree, a draft's at once."""
    second = take_seat(live.app, live.seat.brand_id, "owner")
    form = {
        "revision": live.form()["revision"],
        "profile": "hand",
        "weekday": ["7"] * 24,
        "weekend": ["9"] * 24,
        "jitter": "8",
        "open_hours": "12",
        "expected_plays": "1000",
        "confirmed": "yes",
    }
    live.seat.post(f"/admin/games/{live.game}/moments", form)
    assert rows(live.app, "SELECT count(*) FROM prize_pace") == [(0,)]
    second.post(f"/admin/decisions/{live.proposal()}", {"do": "agree"})
    assert rows(
        live.app, "SELECT profile, jitter, expected_plays, weekday->>0 FROM prize_pace"
    ) == [("hand", 8, 1000, "7")]
    page = live.seat.get(f"{place(live)}?lang=en").text
    assert "About one attempt in 200 hits" in page


def place(live: Published) -> str:
    """Return the address of the game."""
    [(campaign, game)] = rows(
        live.app,
        "SELECT campaign.slug, game.slug FROM game JOIN campaign ON campaign.id = game.campaign_id",
    )
    return f"/play/club/campaigns/{campaign}/{game}"


@pytest.mark.parametrize("wrong", ["jitter", "weekday", "profile"])
def test_a_pace_that_makes_no_sense_is_explained(live: Published, wrong: str) -> None:
    """Bad numbers, a week of zeroes and an unknown profile are refused at their field."""
    form = {
        "revision": live.form()["revision"],
        "profile": "noon" if wrong == "profile" else "usual",
        "weekday": ["0" if wrong == "weekday" else "5"] * 24,
        "weekend": ["5"] * 24,
        "jitter": "0" if wrong == "jitter" else "3",
        "open_hours": "0",
        "expected_plays": "0",
    }
    answer = live.seat.post(f"/admin/games/{live.game}/moments", form)
    assert answer.status_code == 422
    assert f"{wrong}-error" in answer.text


def test_another_brands_proposals_and_seals_do_not_exist(live: Published) -> None:
    """Members of another brand cannot see, decide or paste anything; readers cannot decide."""
    take_seat(live.app, live.seat.brand_id, "owner")
    live.save(stock="9")
    stranger = take_seat(live.app, create_brand(live.app, slug="other"), email="s@other.example")
    analyst = take_seat(live.app, live.seat.brand_id, "analyst")
    seal = rows(live.app, "SELECT id FROM seal")[0][0]
    proposal = live.proposal()

    assert stranger.post(f"/admin/decisions/{proposal}", {"do": "agree"}).status_code == 404
    assert "Shirt" not in stranger.get("/admin/decisions/").text
    assert stranger.post(f"/admin/games/{live.game}/seals/{seal}").status_code == 404
    assert analyst.post(f"/admin/decisions/{proposal}", {"do": "agree"}).status_code == 403
    assert live.seat.post(f"/admin/decisions/{proposal}", {"do": "maybe"}).status_code == 400


def test_a_round_is_pasted_at_the_desk(
    full_app: Flask, seat: Seat, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """While the beacon is out of reach the desk says so; a forged signature is refused, the genuine one seals."""
    monkeypatch.setattr(seals, "needs_no_waiting", lambda _plan: False)
    live: Published = request.getfixturevalue("live")
    path = f"/admin/games/{live.game}/moments"
    assert "Waiting for the beacon" in seat.get(path).text
    assert "wait for the public beacon" in seat.get(f"/admin/games/{live.game}/prizes").text
    [(seal, number)] = rows(full_app, "SELECT id, (plan->'beacon'->>'round')::bigint FROM seal")

    where = f"/admin/games/{live.game}/seals/{seal}"
    forged = seat.post(where, {"signature": sign(number + 1).hex()})
    assert forged.status_code == 422
    assert f"signature of round {number}" in html.unescape(forged.text)
    seat.post(where, {"signature": sign(number).hex()})

    assert rows(full_app, "SELECT count(*) FROM winning_moment") == [(5,)]
    assert "Waiting for the beacon" not in seat.get(path).text


def test_the_published_document_checks(live: Published, tmp_path: Path) -> None:
    """What fans can download passes the command that any third party runs, and hides what is to be won."""
    address = place(live)
    for language, words in (("en", "How prizes are won"), ("fr", "Comment on gagne")):
        page = live.seat.get(f"{address}/fairness?lang={language}")
        assert page.status_code == 200
        assert words in html.unescape(page.text)
        assert live.seat.get(f"{address}/statement?lang={language}").status_code == 200
        paper = live.seat.get(f"{address}/statement.pdf?lang={language}")
        assert paper.mimetype == "application/pdf"
        assert paper.data.startswith(b"%PDF")
    found = live.seat.get(f"{address}/fairness.json")
    hidden = [str(t_ms) for (t_ms,) in rows(live.app, "SELECT t_ms FROM winning_moment")]
    assert not any(t_ms in found.text for t_ms in hidden)
    file = tmp_path / "fairness.json"
    file.write_bytes(found.data)
    done = live.app.test_cli_runner().invoke(args=["prizes", "check", str(file)])
    assert done.exit_code == 0, done.output
    assert "the plan has the fingerprint" in done.output

    [(seal,)] = rows(live.app, "SELECT id FROM seal")
    j = rows(live.app, "SELECT j FROM winning_moment WHERE seal_id = %s LIMIT 1", seal)[0][0]
    assert live.seat.get(f"{address}/fairness/1/{j}.json").status_code == 404
    with live.app.app_context(), db.transaction():
        db.driver.execute("UPDATE winning_moment SET taken_at = now() WHERE j = %s", (j,))
    assert live.seat.get(f"{address}/fairness/1/{j}.json").json["j"] == j
    assert len(live.seat.get(f"{address}/fairness/1.json?after=-1").json["wins"]) == 1
    assert live.seat.get(f"{address}/fairness/1.json?after={j}").json["wins"] == []
    for wrong in ("/fairness/2.json", "/fairness/1/9.json", f"/fairness/1/{2**40}.json"):
        assert live.seat.get(address + wrong).status_code == 404
    statement = live.seat.get(f"{address}/statement.json").json
    assert statement["prizes"][0]["promised"] == 5
    assert json.dumps(statement["complete"]) == "false"
    with live.app.app_context():
        assert games.find(live.seat.brand_id, live.game).id == live.game
