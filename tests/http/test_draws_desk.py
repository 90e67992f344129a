"""Draws on the desk over HTTP: made in three steps, final once announced, reviewed by two, held with what is typed."""

from __future__ import annotations

import csv
import html
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from masterapp.brands.models import Asset
from masterapp.db import db, now
from masterapp.draws import freezing, holding, service
from masterapp.draws.protocol.entries import entry_tag
from masterapp.fairness.beacon import current_chain
from masterapp.fairness.demo_beacon import sign
from masterapp.testing import draws as kit
from masterapp.testing.desk import Seat, create_member, session_of, take_seat
from masterapp.testing.draws import START, Clock
from masterapp.testing.factories import create_brand, create_game, create_prize, rows
from masterapp.web.admin import picture_uses

NASTY = '"><img src=x onerror=alert(1)>'
PARIS = ZoneInfo("Europe/Paris")
WEIGHTS = {"ada": 5, "bob": 1, "chloe": 3}


@pytest.fixture
def seat(app: Flask) -> Seat:
    """A marketer at the desk."""
    return take_seat(app, create_brand(app, slug="club", name="Olympique Belleval"))


@pytest.fixture
def game(app: Flask, seat: Seat) -> UUID:
    """A game of a campaign that runs at the time of the tests' clock."""
    return create_game(
        app,
        seat.brand_id,
        opens_at=START - timedelta(days=1),
        closes_at=START + timedelta(days=10),
    )


@pytest.fixture
def campaign(app: Flask, game: UUID) -> UUID:
    """The game's campaign."""
    found: UUID = rows(app, "SELECT campaign_id FROM game WHERE id = %s", game)[0][0]
    return found


def wall(moment: datetime) -> str:
    """A moment as a date field of the brand holds it."""
    return moment.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M")


def form(**changes: str) -> dict[str, str]:
    """The form of a draw as the page posts it."""
    return {
        "template": "plays",
        "title.fr": "Grand tirage",
        "title.en": "Big draw",
        "source": "plays",
        "prizes": "0",
        "prizes.0.label.fr": "Maillot",
        "prizes.0.qty": "1",
        "prizes.0.alternates": "2",
        "closes_at": wall(START + timedelta(days=10)),
        "commits_at": wall(START + timedelta(days=12)),
        "draws_at": wall(START + timedelta(days=13)),
        **changes,
    }


def make(app: Flask, seat: Seat, campaign: UUID, **changes: str) -> UUID:
    """Make a draft through the desk."""
    answer = seat.post(f"/admin/campaigns/{campaign}/draws/new", form(**changes))
    assert answer.status_code == 302, answer.text
    return UUID(answer.location.rsplit("/", 1)[1])


def state(app: Flask, draw: UUID) -> str:
    """The state of a draw."""
    return str(rows(app, "SELECT state FROM draw WHERE id = %s", draw)[0][0])


def logged(app: Flask, draw: UUID) -> list[str]:
    """What the public log says of a draw."""
    statement = "SELECT record ->> 'type' FROM fairness_log WHERE subject_id = %s ORDER BY seq"
    return [kind for (kind,) in rows(app, statement, draw)]


def second(app: Flask, seat: Seat, role: str = "owner") -> Seat:
    """Another member of the same brand."""
    return take_seat(app, seat.brand_id, role)


def test_a_draw_is_announced_in_three_steps(
    app: Flask, seat: Seat, campaign: UUID, clock: Clock
) -> None:
    """The campaign's page offers a draw, its form comes with one prize and the dates, and one button announces it."""
    assert (
        f"/admin/campaigns/{campaign}/draws/new" in seat.get(f"/admin/campaigns/{campaign}/").text
    )
    page = seat.get(f"/admin/campaigns/{campaign}/draws/new").text
    assert 'name="prizes.0.label.fr"' in page
    assert f'value="{wall(START + timedelta(days=10))}"' in page
    assert f'value="{wall(START + timedelta(days=12))}"' in page

    draw = make(app, seat, campaign)
    shown = html.unescape(seat.get(f"/admin/draws/{draw}").text)
    assert "With the announcement this becomes final" in shown
    answer = seat.post(f"/admin/draws/{draw}/announce", {"revision": "1"})
    assert answer.status_code == 302
    assert state(app, draw) == "open"
    assert logged(app, draw) == ["draw_announced"]
    page = seat.get(f"/admin/draws/{draw}").text
    assert f"/play/club/draws/{draw}" in page
    assert "<svg" in page
    listed = seat.get(f"/admin/campaigns/{campaign}/").text
    assert "Big draw" in listed
    assert "Entries close" in listed


def test_two_taps_make_one_draw(app: Flask, seat: Seat, campaign: UUID, clock: Clock) -> None:
    """The same form sent several times at once makes one draft, and announcing it twice puts one record on the log."""
    sent = {**form(), "once": str(uuid4()), "csrf_token": seat.token()}
    cookies = list(seat.client._cookies.values())

    def tap(path: str, data: dict[str, str]) -> int:
        client = app.test_client()
        for cookie in cookies:
            client._cookies[cookie._storage_key] = cookie
        return client.post(path, data=data).status_code

    with ThreadPoolExecutor(4) as all_at_once:
        taps = [
            all_at_once.submit(tap, f"/admin/campaigns/{campaign}/draws/new", sent)
            for _ in range(4)
        ]
        assert {one.result() for one in taps} == {302}
    ((draw,),) = rows(app, "SELECT id FROM draw")
    with ThreadPoolExecutor(4) as all_at_once:
        taps = [
            all_at_once.submit(tap, f"/admin/draws/{draw}/announce", {"revision": "1"})
            for _ in range(4)
        ]
        assert {one.result() for one in taps} == {302}
    assert logged(app, draw) == ["draw_announced"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title.fr": "", "title.en": ""}, "title", "Fill this text in"),
        ({"prizes": ""}, "prizes", "Add at least one prize."),
        ({"prizes.0.value": "plenty"}, "prizes.0.value", "Write an amount"),
        ({"prizes.0.qty": "many"}, "prizes.0.qty", "Not a valid integer"),
        ({"source": "stakes", "price": "0"}, "price", "how many points"),
        ({"source": "tier"}, "threshold", "how many plays"),
        ({"source": "magic"}, "source", "Choose one of"),
        ({"closes_at": ""}, "closes_at", "Choose a date."),
        ({"closes_at": "soon"}, "closes_at", "Write a day and an hour"),
        ({"closes_at": "2020-01-01T10:00"}, "closes_at", "over already"),
        ({"commits_at": wall(START)}, "commits_at", "once entries are closed"),
        ({"draws_at": wall(START + timedelta(days=12))}, "draws_at", "at least 15 minutes"),
        ({"draws_at": "2027-03-28T02:30"}, "draws_at", "Clocks go forward"),
        ({"prizes.0.picture": str(uuid4())}, "prizes.0.picture", "does not exist any more"),
    ],
)
def test_what_is_typed_wrong_is_kept_and_explained(
    app: Flask,
    seat: Seat,
    campaign: UUID,
    clock: Clock,
    changes: dict[str, str],
    field: str,
    words: str,
) -> None:
    """Each mistake is explained at its field in both languages, what was typed stays, and nothing is saved."""
    path = f"/admin/campaigns/{campaign}/draws/new"
    sent = form(**{"prizes.0.description.fr": NASTY, **changes})
    answer = seat.post(path, sent)
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert words in page
    assert f'id="f-{field.replace(".", "-")}-error"' in page or f'id="field-{field}-error"' in page
    assert "<img src=x" not in answer.text
    french = html.unescape(seat.post(f"{path}?lang=fr", sent).text)
    assert words not in french
    assert rows(app, "SELECT count(*) FROM draw") == [(0,)]


def test_tiers_are_made_together(app: Flask, seat: Seat, campaign: UUID, clock: Clock) -> None:
    """One form makes a draft for each threshold, once however often it is sent; equal thresholds are refused."""
    page = seat.get(f"/admin/campaigns/{campaign}/draws/new?from=tiers").text
    assert 'name="tiers.2.threshold"' in page
    sent = {
        "template": "tiers",
        "once": str(uuid4()),
        "title.en": "Crowd",
        "tiers": ["0", "1", "2"],
        "per_play": "2",
        "most": "10",
        **{name: value for name, value in form().items() if name.endswith("_at")},
    }
    for number, threshold in enumerate(("5000", "1000", "9000")):
        sent[f"tiers.{number}.threshold"] = threshold
        sent[f"tiers.{number}.label.en"] = f"Prize {number}"
    path = f"/admin/campaigns/{campaign}/draws/new"
    same = seat.post(path, {**sent, "tiers.0.threshold": "1000"})
    assert same.status_code == 422
    assert "Two tiers have the same number" in same.text
    for _ in range(2):
        assert seat.post(path, sent).status_code == 302
    made = rows(
        app,
        "SELECT title ->> 'en', terms -> 'threshold', terms -> 'per_play' FROM draw"
        " ORDER BY (terms ->> 'threshold')::int",
    )
    assert made == [("Crowd 1/3", 1000, 2), ("Crowd 2/3", 5000, 2), ("Crowd 3/3", 9000, 2)]


def test_drafts_are_announced_together_or_not_at_all(
    app: Flask, seat: Seat, campaign: UUID, clock: Clock
) -> None:
    """The campaign's page announces all drafts in one step; one that was changed since holds all of them back."""
    drafts = sorted(str(make(app, seat, campaign)) for _ in range(3))
    path = f"/admin/campaigns/{campaign}/draws/announce"
    assert "3 drafts are not announced yet." in seat.get(f"/admin/campaigns/{campaign}/").text
    seat.post(f"/admin/draws/{drafts[2]}/edit", form(revision="1"))
    stale = seat.post(path, {"draft": [f"{one}:1" for one in drafts]}, follow_redirects=True)
    assert "Somebody changed this" in stale.text
    assert [state(app, UUID(one)) for one in drafts] == ["draft"] * 3
    for wrong in ("x:1", f"{uuid4()}:1", f"{drafts[0]}:", ":1"):
        assert seat.post(path, {"draft": [wrong]}).status_code == 404
    sent = {"draft": [f"{drafts[0]}:1", f"{drafts[1]}:1", f"{drafts[2]}:2"]}
    for _ in range(2):
        assert seat.post(path, sent).status_code == 302
    assert [state(app, UUID(one)) for one in drafts] == ["open"] * 3
    assert len(rows(app, "SELECT 1 FROM fairness_log")) == 3


def test_a_draw_is_found_and_stands_in_the_calendar(app: Flask, seat: Seat, campaign: UUID) -> None:
    """An announced draw is a dot in the strip of the months, and the palette finds it by its title."""
    later = {
        name: wall(now() + timedelta(days=days))
        for days, name in enumerate(("closes_at", "commits_at", "draws_at"), 1)
    }
    draw = make(app, seat, campaign, **later)
    assert 'class="strip-draw"' not in seat.get("/admin/campaigns/").text
    seat.post(f"/admin/draws/{draw}/announce", {"revision": "1"})
    page = seat.get("/admin/campaigns/").text
    assert 'class="strip-draw"' in page
    assert f"/admin/draws/{draw}" in page
    hits = seat.get("/admin/search.json?q=big dr").get_json()
    assert [hit["address"] for hit in hits] == [f"/admin/draws/{draw}"]


def test_a_picture_of_a_prize_is_not_deleted(app: Flask, seat: Seat, campaign: UUID) -> None:
    """The library says which draw uses a picture; a prize takes only pictures of its own brand."""
    with app.app_context(), db.transaction() as session:
        pictures = [
            Asset(brand_id=brand, name="x", sha256=str(brand), width=1, height=1, content=b"x")
            for brand in (seat.brand_id, create_brand(app, slug="rival"))
        ]
        session.add_all(pictures)
        session.flush()
        ours, theirs = (picture.id for picture in pictures)
    foreign = form(**{"prizes.0.picture": str(theirs)})
    assert seat.post(f"/admin/campaigns/{campaign}/draws/new", foreign).status_code == 422
    later = {
        name: wall(now() + timedelta(days=days))
        for days, name in enumerate(("closes_at", "commits_at", "draws_at"), 1)
    }
    make(app, seat, campaign, **{"prizes.0.picture": str(ours)}, **later)
    with app.test_request_context("/?lang=en"):
        assert picture_uses.place(seat.brand_id, ours) == "the draw “Big draw”"


def test_the_crowds_counter_is_shown(app: Flask, seat: Seat, campaign: UUID, clock: Clock) -> None:
    """A tier that is open says how many plays of its threshold there are, on its page and for the page's script."""
    draw = make(app, seat, campaign, source="tier", threshold="50")
    seat.post(f"/admin/draws/{draw}/announce", {"revision": "1"})
    assert "0 of 50 plays" in seat.get(f"/admin/draws/{draw}").text
    told = seat.get(f"/admin/draws/{draw}/counter.json").get_json()
    assert told == {
        "entrants": 0,
        "tickets": 0,
        "state": "open",
        "plays": 0,
        "words": "0 of 50 plays",
    }
    assert "0 of 50 plays" in seat.get(f"/admin/campaigns/{campaign}/").text


def test_an_edit_from_an_old_page_is_refused_and_kept(
    app: Flask, seat: Seat, campaign: UUID, clock: Clock
) -> None:
    """Whoever saves second is told and keeps what they typed; what nobody has seen is not announced."""
    draw = make(app, seat, campaign)
    path = f"/admin/draws/{draw}/edit"
    assert 'value="Big draw"' in seat.get(path).text
    assert seat.post(path, form(revision="1", **{"title.en": "First"})).status_code == 302
    answer = seat.post(path, form(revision="1", **{"title.en": "Second"}))
    assert answer.status_code == 409
    assert 'value="Second"' in answer.text
    assert seat.post(f"/admin/draws/{draw}/announce", {"revision": "1"}).status_code == 409
    assert state(app, draw) == "draft"
    assert seat.post(f"/admin/draws/{draw}/announce", {"revision": "2"}).status_code == 302
    assert seat.post(path, form(revision="2")).status_code == 409
    assert seat.get(path).status_code == 302
    assert rows(app, "SELECT title ->> 'en' FROM draw") == [("First",)]


def test_an_announced_draw_is_put_off_only(
    app: Flask, seat: Seat, campaign: UUID, clock: Clock
) -> None:
    """Later dates are taken and logged; earlier, missing or unreadable ones are explained at their field."""
    draw = make(app, seat, campaign)
    seat.post(f"/admin/draws/{draw}/announce", {"revision": "1"})
    path = f"/admin/draws/{draw}/dates"
    later = {
        "commits_at": wall(START + timedelta(days=14)),
        "draws_at": wall(START + timedelta(days=16)),
    }
    earlier = seat.post(path, {**later, "draws_at": wall(START + timedelta(days=12, hours=5))})
    assert earlier.status_code == 409
    assert "only be put off to a later date" in earlier.text
    for wrong in ("", "soon"):
        assert seat.post(path, {**later, "draws_at": wrong}).status_code == 422
    assert seat.post(path, later).status_code == 302
    assert rows(app, "SELECT draws_at FROM draw") == [(START + timedelta(days=16),)]
    assert logged(app, draw) == ["draw_announced", "draw_postponed"]


def test_a_draw_is_called_off_with_a_reason(
    app: Flask, seat: Seat, campaign: UUID, game: UUID, clock: Clock
) -> None:
    """A draft is deleted; an announced draw asks why and goes on record; once its list is fixed nothing stops it."""
    draft = make(app, seat, campaign)
    assert seat.post(f"/admin/draws/{draft}/call-off").status_code == 302
    assert seat.get(f"/admin/draws/{draft}").status_code == 404
    draw = kit.make_draw(app, seat.brand_id, game)
    answer = seat.post(f"/admin/draws/{draw}/call-off", {"reason": " "})
    assert answer.status_code == 422
    assert "Say why" in answer.text
    for _ in range(2):
        answer = seat.post(f"/admin/draws/{draw}/call-off", {"reason": "The partner left"})
        assert answer.status_code == 302
    assert logged(app, draw) == ["draw_announced", "draw_cancelled"]
    fixed = kit.make_draw(app, seat.brand_id, game)
    kit.fix(app, seat.brand_id, fixed, clock)
    answer = seat.post(f"/admin/draws/{fixed}/call-off", {"reason": "I do not like it"})
    assert answer.status_code == 409
    assert state(app, fixed) == "committed"


# Review


def test_leaving_an_entry_out_takes_two_people(
    app: Flask, seat: Seat, game: UUID, clock: Clock
) -> None:
    """One member proposes, a second agrees; the log names the tag alone, the list keeps the leaf without tickets."""
    other = second(app, seat)
    draw = kit.make_draw(app, seat.brand_id, game)
    fans = kit.enter_many(app, seat.brand_id, draw, WEIGHTS)
    path = f"/admin/draws/{draw}/entries/{fans['ada'].id}"
    sent = {"do": "exclude", "reason": "fraud", "sentence": "Five accounts from one phone."}
    for _ in range(2):
        assert seat.post(path, sent).status_code == 302
    ((proposal, held),) = rows(app, "SELECT id, state FROM proposal")
    assert held == "open"
    assert "1 exclusion waits" in seat.get(f"/admin/draws/{draw}").text
    decide = f"/admin/draws/{draw}/exclusions/{proposal}"
    page = seat.post(decide, {"do": "agree"}, follow_redirects=True).text
    assert "A second person has to agree too" in page
    assert rows(app, "SELECT count(*) FROM draw_entry WHERE verdict = 3") == [(0,)]
    for _ in range(2):
        assert other.post(decide, {"do": "agree"}).status_code == 302
    ((tag, data),) = rows(
        app,
        "SELECT encode(tag, 'hex'), data FROM draw_entry JOIN fairness_log"
        " ON record ->> 'type' = 'draw_class_changed' WHERE verdict = 3",
    )
    assert data == {"draw_id": str(draw), "tag": tag, "from": 0, "to": 3, "reason": "fraud"}
    fixed = kit.fix(app, seat.brand_id, draw, clock)
    assert fixed.commitment is not None
    assert fixed.commitment["entries"]["classes"] == {"0": 2, "1": 0, "2": 0, "3": 1, "4": 0}
    assert fixed.commitment["entries"]["W"] == "4"


def test_a_second_yes_on_the_page_of_decisions_counts(
    app: Flask, seat: Seat, game: UUID, clock: Clock
) -> None:
    """The page of all decisions shows an exclusion in words and carries it out."""
    other = second(app, seat)
    draw = kit.make_draw(app, seat.brand_id, game)
    fans = kit.enter_many(app, seat.brand_id, draw, WEIGHTS)
    sent = {"do": "exclude", "reason": "age", "sentence": "Is fifteen years old."}
    seat.post(f"/admin/draws/{draw}/entries/{fans['bob'].id}", sent)
    page = other.get("/admin/decisions/").text
    assert "An entry left out of a draw" in page
    assert "Is fifteen years old." in page
    ((proposal,),) = rows(app, "SELECT id FROM proposal")
    assert other.post(f"/admin/decisions/{proposal}", {"do": "agree"}).status_code == 302
    assert rows(app, "SELECT count(*) FROM draw_entry WHERE verdict = 3") == [(1,)]


def test_an_exclusion_needs_a_reason_and_somebody_to_agree(
    app: Flask, seat: Seat, game: UUID, clock: Clock
) -> None:
    """Reason and sentence are asked for at their field; a brand with one marketer is told to invite another."""
    draw = kit.make_draw(app, seat.brand_id, game)
    fans = kit.enter_many(app, seat.brand_id, draw, WEIGHTS)
    path = f"/admin/draws/{draw}/entries/{fans['ada'].id}"
    answer = seat.post(path, {"do": "exclude", "reason": "mood", "sentence": ""})
    assert answer.status_code == 422
    assert "Choose the reason." in answer.text
    assert "Say in one sentence" in answer.text
    sent = {"do": "exclude", "reason": "fraud", "sentence": "Five accounts from one phone."}
    assert "there is none" in seat.post(path, sent, follow_redirects=True).text
    assert rows(app, "SELECT count(*) FROM proposal") == [(0,)]
    assert seat.post(path, {"do": "dance"}).status_code == 400
    stranger = f"/admin/draws/{draw}/entries/{uuid4()}"
    create_member(app, seat.brand_id, "owner")
    assert seat.post(stranger, sent).status_code == 404
    assert seat.post(stranger, {"do": "verify"}).status_code == 404


def test_what_was_decided_is_undone_until_the_list_is_fixed(
    app: Flask, seat: Seat, game: UUID, clock: Clock
) -> None:
    """A check before winning is asked for and taken back by one person, each on record; then it is too late."""
    draw = kit.make_draw(app, seat.brand_id, game)
    fans = kit.enter_many(app, seat.brand_id, draw, WEIGHTS)
    path = f"/admin/draws/{draw}/entries/{fans['ada'].id}"
    for do, verdict in (("verify", 4), ("undo", 0), ("verify", 4)):
        for _ in range(2):
            assert seat.post(path, {"do": do}).status_code == 302
        assert rows(app, "SELECT verdict FROM draw_entry WHERE fan_id = %s", fans["ada"].id) == [
            (verdict,)
        ]
    assert logged(app, draw) == ["draw_announced", *["draw_class_changed"] * 3]
    fixed = kit.fix(app, seat.brand_id, draw, clock)
    assert fixed.commitment is not None
    assert fixed.commitment["entries"]["classes"]["4"] == 1
    page = seat.post(path, {"do": "undo"}, follow_redirects=True).text
    assert "The list of this draw is fixed" in page
    assert logged(app, draw).count("draw_class_changed") == 3


def test_a_proposal_is_too_late_once_the_list_is_fixed(
    app: Flask, seat: Seat, game: UUID, clock: Clock
) -> None:
    """A second yes after the list was fixed changes nothing and says why."""
    other = second(app, seat)
    draw = kit.make_draw(app, seat.brand_id, game)
    fans = kit.enter_many(app, seat.brand_id, draw, WEIGHTS)
    sent = {"do": "exclude", "reason": "fraud", "sentence": "Five accounts from one phone."}
    seat.post(f"/admin/draws/{draw}/entries/{fans['ada'].id}", sent)
    kit.fix(app, seat.brand_id, draw, clock)
    ((proposal,),) = rows(app, "SELECT id FROM proposal")
    page = other.post(
        f"/admin/draws/{draw}/exclusions/{proposal}", {"do": "agree"}, follow_redirects=True
    ).text
    assert "The list of this draw is fixed" in page
    assert rows(app, "SELECT state FROM proposal") == [("open",)]
    assert rows(app, "SELECT count(*) FROM draw_entry WHERE verdict = 3") == [(0,)]


def test_entries_are_searched(app: Flask, seat: Seat, game: UUID, clock: Clock) -> None:
    """The heaviest entry comes first; number, e-mail and class narrow the list, and no sign is a wildcard."""
    draw = kit.make_draw(app, seat.brand_id, game)
    fans = kit.enter_many(app, seat.brand_id, draw, WEIGHTS)
    path = f"/admin/draws/{draw}/entries"
    page = seat.get(path).text
    assert page.index("ada@") < page.index("chloe@") < page.index("bob@")
    found = seat.get(f"{path}?q=bob").text
    assert "bob@" in found
    assert "ada@" not in found
    number = rows(app, "SELECT number FROM fan WHERE id = %s", fans["chloe"].id)[0][0]
    assert "chloe@" in seat.get(f"{path}?q={number}").text
    assert "No entry found" in seat.get(f"{path}?q=%25").text
    seat.post(f"{path}/{fans['bob'].id}", {"do": "verify"})
    found = seat.get(f"{path}?class=verify").text
    assert "bob@" in found
    assert "ada@" not in found
    for odd in ("?class=x", "?first=-3", "?first=a", "?q=%00", "?q=" + "x" * 3000):
        assert seat.get(path + odd).status_code == 200


# Holding


def test_a_draw_is_held_with_a_pasted_signature(
    app: Flask, seat: Seat, game: UUID, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every relay down the page asks for the signature; a wrong one is explained, the right one draws."""
    draw = kit.make_draw(app, seat.brand_id, game)
    kit.enter_many(app, seat.brand_id, draw, WEIGHTS)
    fixed = kit.fix(app, seat.brand_id, draw, clock)
    assert fixed.commitment is not None
    number = fixed.commitment["entropy"][-1]["round"]
    path = f"/admin/draws/{draw}/beacon"
    monkeypatch.setattr("masterapp.fairness.beacon.obtain", _silent)
    kit.hold(app, seat.brand_id, draw, clock)
    page = html.unescape(seat.get(f"/admin/draws/{draw}").text)
    assert "No relay of the public beacon answers." in page
    assert f"Signature of round {number}" in page
    assert (
        "No relay of the public beacon answers."
        in seat.get(f"/admin/campaigns/{fixed.campaign_id}/").text
    )
    for wrong in ("", "f" * 96, '{"round": 1}', "x" * 20_000):
        answer = seat.post(path, {"signature": wrong})
        assert answer.status_code == 422
        assert f"not the signature of round {number}" in answer.text
    with app.app_context():
        right = sign(number).hex()
        assert current_chain().name
    assert seat.post(path, {"signature": right}).status_code == 302
    with app.app_context():
        holding.hold(seat.brand_id, draw)
    assert seat.post(path, {"signature": right}).status_code == 409
    page = html.unescape(seat.get(f"/admin/draws/{draw}").text)
    assert "winner 1" in page
    assert "certificate.json" in page
    assert logged(app, draw) == ["draw_announced", "draw_committed", "draw_beacon", "draw_result"]


def _silent(number: int, **_: Any) -> None:
    from masterapp.fairness.beacon import BeaconUnavailable

    raise BeaconUnavailable([f"round {number}: no relay answers"])


def test_dice_are_recorded_once(app: Flask, seat: Seat, game: UUID, clock: Clock) -> None:
    """Dice before a bailiff: forty digits however they are spaced, a named witness, and nobody types them again."""
    draw = kit.make_draw(app, seat.brand_id, game, chance="dice")
    kit.enter_many(app, seat.brand_id, draw, WEIGHTS)
    path = f"/admin/draws/{draw}/dice"
    digits = {"rolls": "1234 5678 90 " * 4, "witness": "Maître Duval, commissaire de justice"}
    early = seat.post(path, digits)
    assert early.status_code == 409
    kit.fix(app, seat.brand_id, draw, clock)
    assert "data-dice" in seat.get(f"/admin/draws/{draw}").text
    short = seat.post(path, {**digits, "rolls": "1234"})
    assert short.status_code == 422
    assert "Type the 40 digits" in short.text
    assert "Maître Duval" in html.unescape(short.text)
    nobody = seat.post(path, {**digits, "witness": ""})
    assert nobody.status_code == 422
    assert "Name the witness" in nobody.text
    assert seat.post(path, digits).status_code == 302
    assert seat.post(path, digits).status_code == 409
    held = kit.hold(app, seat.brand_id, draw, clock)
    assert held.state == "drawn"
    assert logged(app, draw).count("draw_dice") == 1


def test_the_sample_is_opened_to_an_auditor_by_the_owner(
    app: Flask, seat: Seat, game: UUID, clock: Clock
) -> None:
    """Each line names the fan behind a ticket of the sample with what opens the tag; the log says it was opened."""
    owner = second(app, seat)
    draw = kit.make_draw(app, seat.brand_id, game)
    fans = kit.enter_many(app, seat.brand_id, draw, WEIGHTS)
    path = f"/admin/draws/{draw}/audit.csv"
    assert owner.post(path).status_code == 409
    kit.fix(app, seat.brand_id, draw, clock)
    kit.hold(app, seat.brand_id, draw, clock)
    assert seat.post(path).status_code == 403
    answer = owner.post(path)
    assert answer.mimetype == "text/csv"
    lines = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))[1:]
    assert sorted(int(line[0]) for line in lines) == list(range(1, 10))
    numbers = dict(rows(app, "SELECT number, id FROM fan"))
    held = dict.fromkeys(WEIGHTS, 0)
    names = {fan.id: name for name, fan in fans.items()}
    for _ticket, _leaf, _weight, number, _email, tag, salt, identity in lines:
        assert entry_tag(draw, bytes.fromhex(salt), json.loads(identity)).hex() == tag
        held[names[numbers[int(number)]]] += 1
    assert held == WEIGHTS
    assert logged(app, draw)[-1] == "audit_opened"


def test_an_unlocked_or_lapsed_draw_says_so(
    app: Flask, seat: Seat, campaign: UUID, game: UUID, clock: Clock
) -> None:
    """A tier below its threshold ends as not unlocked, in words on both pages."""
    draw = kit.make_draw(app, seat.brand_id, game, source="tier", threshold=10)
    clock.reach(kit.found(app, seat.brand_id, draw).commits_at)
    with app.app_context():
        freezing.fix(seat.brand_id, draw)
    assert state(app, draw) == "lapsed"
    for path in (f"/admin/draws/{draw}", f"/admin/campaigns/{campaign}/"):
        assert "Not unlocked" in seat.get(path).text


@pytest.mark.parametrize("trouble", ["clock", "weights", "beacon", "dice_missing", "earlier_draw"])
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_trouble_comes_with_its_cure(
    app: Flask, seat: Seat, game: UUID, campaign: UUID, clock: Clock, trouble: str, locale: str
) -> None:
    """Whatever holds a draw up is said in one sentence with its cure, in both languages, on both pages."""
    from flask_babel import force_locale

    from masterapp.draws.wording import TROUBLES

    draw = kit.make_draw(app, seat.brand_id, game)
    with app.app_context(), db.transaction():
        service.find(seat.brand_id, draw).trouble = trouble
    with app.test_request_context(), force_locale(locale):
        told = [str(TROUBLES[trouble].sentence), str(TROUBLES[trouble].cure)]
    for path in (f"/admin/draws/{draw}", f"/admin/campaigns/{campaign}/"):
        page = html.unescape(seat.get(f"{path}?lang={locale}").text)
        for sentence in told:
            assert sentence in page


# Who may


PATHS = (
    "/admin/draws/{draw}",
    "/admin/draws/{draw}/edit",
    "/admin/draws/{draw}/entries",
    "/admin/draws/{draw}/counter.json",
    "/admin/campaigns/{campaign}/draws/new",
)
WRITES = (
    "/admin/campaigns/{campaign}/draws/new",
    "/admin/draws/{draw}/edit",
    "/admin/draws/{draw}/announce",
    "/admin/draws/{draw}/dates",
    "/admin/draws/{draw}/call-off",
    "/admin/draws/{draw}/beacon",
    "/admin/draws/{draw}/dice",
    "/admin/draws/{draw}/audit.csv",
    "/admin/draws/{draw}/entries/{fan}",
    "/admin/draws/{draw}/exclusions/{fan}",
)


def test_another_brands_draws_do_not_exist(
    app: Flask, seat: Seat, game: UUID, campaign: UUID, clock: Clock
) -> None:
    """Neither a page nor a form reaches a draw, campaign or entry of another brand."""
    draw = kit.make_draw(app, seat.brand_id, game)
    fan = kit.enter_many(app, seat.brand_id, draw, {"ada": 1})["ada"].id
    thief = take_seat(app, create_brand(app, slug="rival"), "owner", email="thief@example.org")
    named = {"draw": draw, "campaign": campaign, "fan": fan}
    for path in PATHS:
        assert thief.get(path.format(**named)).status_code == 404, path
    for path in WRITES:
        sent = {**form(), "do": "agree", "revision": "1"}
        assert thief.post(path.format(**named), sent).status_code == 404, path
    assert logged(app, draw) == ["draw_announced"]


@pytest.mark.parametrize("role", ["analyst", "support", "store_manager", "cashier"])
def test_other_roles_look_on_or_stay_out(
    app: Flask, seat: Seat, game: UUID, campaign: UUID, clock: Clock, role: str
) -> None:
    """Analysts look at draws and entries without a button; others see nothing; nobody else writes."""
    draw = kit.make_draw(app, seat.brand_id, game)
    fan = kit.enter_many(app, seat.brand_id, draw, {"ada": 1})["ada"].id
    named = {"draw": draw, "campaign": campaign, "fan": fan}
    other = take_seat(app, seat.brand_id, role)
    looks = (f"/admin/draws/{draw}", f"/admin/draws/{draw}/entries")
    for path in looks:
        answer = other.get(path)
        assert answer.status_code == (200 if role == "analyst" else 403)
        assert 'value="exclude"' not in answer.text
        assert "/call-off" not in answer.text
    for path in WRITES:
        assert other.post(path.format(**named), {"do": "verify"}).status_code == 403, path


def test_a_form_without_its_token_is_refused(
    app: Flask, seat: Seat, game: UUID, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A post that did not come from our page calls nothing off."""
    draw = kit.make_draw(app, seat.brand_id, game)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = seat.client.post(f"/admin/draws/{draw}/call-off", data={"reason": "Because"})
    assert answer.status_code == 403
    assert state(app, draw) == "open"


def test_rows_are_opened(app: Flask, seat: Seat, campaign: UUID) -> None:
    """A closed prize is answered as open fields under its own key; anything else is not found."""
    sent = {"module": "draw", "path": "prizes", "key": "3", "value": '{"label": {"fr": "Vélo"}}'}
    page = seat.post("/admin/draws/rows", sent).text
    assert 'name="prizes.3.label.fr"' in page
    assert "Vélo" in page
    for wrong in ({"module": "x"}, {"path": "nothing"}, {"key": '"><b>'}):
        assert seat.post("/admin/draws/rows", {**sent, **wrong}).status_code == 404


def test_what_nobody_won_is_drawn_again(
    app: Flask, seat: Seat, campaign: UUID, clock: Clock
) -> None:
    """The second chance says when nothing is left, and refuses to announce a draw of nothing."""
    path = f"/admin/campaigns/{campaign}/draws/new"
    assert "Nothing is left to draw" in seat.get(f"{path}?from=second_chance").text
    answer = seat.post(path, form(template="second_chance"))
    assert answer.status_code == 422
    assert rows(app, "SELECT count(*) FROM draw") == [(0,)]


def test_a_second_chance_is_announced_in_one_step(app: Flask, seat: Seat, game: UUID) -> None:
    """Once the games are over the page lists what is left, and one form, sent twice, draws it again once."""
    create_prize(app, seat.brand_id, game, stock=3)
    with app.app_context(), db.transaction():
        db.driver.execute(
            "UPDATE campaign SET opens_at = now() - interval '2 days', closes_at = now() - interval '1 second'"
        )
    campaign = rows(app, "SELECT id FROM campaign")[0][0]
    path = f"/admin/campaigns/{campaign}/draws/new"
    assert "What is left" in seat.get(f"{path}?from=second_chance").text
    dates = {
        name: wall(now() + timedelta(days=days))
        for days, name in enumerate(("closes_at", "commits_at", "draws_at"), 1)
    }
    sent = {"template": "second_chance", "once": str(uuid4()), "title.en": "Once more", **dates}
    untitled = seat.post(path, {**sent, "title.en": " "})
    assert untitled.status_code == 422
    assert "Fill this text in" in untitled.text
    assert seat.post(path, {**sent, "draws_at": "soon"}).status_code == 422
    for _ in range(2):
        assert seat.post(path, sent).status_code == 302
    assert rows(app, "SELECT state, source, prizes -> 0 -> 'qty' FROM draw") == [
        ("open", "second_chance", 3)
    ]


def test_a_session_of_nobody_is_sent_to_the_door(app: Flask, seat: Seat, campaign: UUID) -> None:
    """Without a member there is no page of draws."""
    assert session_of(app, seat.brand_id, seat.member_id)
    answer = app.test_client().get(f"/admin/campaigns/{campaign}/draws/new")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location
