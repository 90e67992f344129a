"""The desk's forms over HTTP: mistakes are explained and kept, danger is refused, live changes are shown first."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from PIL import Image

from masterapp.campaigns import games, publishing, service
from masterapp.db import db, now
from masterapp.prizes import service as prizes
from masterapp.testing.desk import Seat, take_seat
from masterapp.testing.factories import create_brand, create_offer, rows

NASTY = '"><img src=x onerror=alert(1)>'
Maker = Callable[..., tuple[UUID, UUID]]


@pytest.fixture
def make_game(full_app: Flask, seat: Seat) -> Maker:
    """A function that makes a campaign from a module's first starter, published when asked for."""

    def make(
        module: str = "instant_win", brand_id: UUID | None = None, *, published: bool = False
    ) -> tuple[UUID, UUID]:
        with full_app.test_request_context(), db.transaction():
            brand = brand_id or seat.brand_id
            game = service.create(brand, module, None, locale="en", member_id=None)
            campaign = service.find(brand, game.campaign_id)
            if published:
                at = now()
                service.describe(
                    campaign, {"rules": {"en": "R"}}, seen=campaign.revision, member_id=None
                )
                service.schedule(
                    campaign,
                    at - timedelta(days=1),
                    at + timedelta(days=9),
                    seen=campaign.revision,
                    now=at - timedelta(days=2),
                    member_id=None,
                )
                draft = prizes.Draft(None, {"en": "Shirt"}, stock=5)
                prizes.replace(game, campaign, [draft], seen=game.revision, now=at, member_id=None)
                publishing.publish(campaign, ["en"], now=at, member_id=None)
            return campaign.id, game.id

    return make


def content(full_app: Flask, seat: Seat, game_id: UUID, **changes: str) -> dict[str, str]:
    """Return the content form of a scratch card as the page would post it."""
    with full_app.app_context():
        game = games.find(seat.brand_id, game_id)
        config = games.version(game).config
        return {
            "revision": str(game.revision),
            "game_title.en": "Card",
            "skin": config["skin"],
            "title.en": "The card",
            "consolation": "5",
            "seat_rows": "8",
            "seats_per_row": "12",
            **changes,
        }


def test_what_is_typed_wrong_is_kept_and_explained(
    full_app: Flask, seat: Seat, make_game: Maker
) -> None:
    """A form with errors comes back with everything typed, each error at its field, and saves nothing."""
    _campaign, game = make_game()
    form = content(full_app, seat, game, **{"title.en": NASTY, "consolation": "plenty"})
    answer = seat.post(f"/admin/games/{game}/content", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="plenty"' in page
    assert html.escape(NASTY, quote=False) in html.unescape(page) or "&lt;img" in page
    assert "<img src=x" not in page
    assert rows(full_app, "SELECT revision FROM game") == [(1,)]


def test_an_edit_from_an_old_page_is_refused_and_kept(
    full_app: Flask, seat: Seat, make_game: Maker
) -> None:
    """Whoever saves second is told, and what they typed is still in the form."""
    _campaign, game = make_game()
    form = content(full_app, seat, game)
    assert seat.post(f"/admin/games/{game}/content", form).status_code == 302
    answer = seat.post(f"/admin/games/{game}/content", {**form, "title.en": "My words"})
    assert answer.status_code == 409
    assert "My words" in answer.get_data(as_text=True)


def test_a_live_campaign_shows_the_changes_before_they_count(
    full_app: Flask, seat: Seat, make_game: Maker
) -> None:
    """An edit of a published game is listed first, and made only when it is confirmed."""
    _campaign, game = make_game(published=True)
    form = content(full_app, seat, game, **{"title.en": "New words"})
    answer = seat.post(f"/admin/games/{game}/content", form)
    page = answer.get_data(as_text=True)
    assert "What this changes" in page
    assert "New words" in page
    assert rows(full_app, "SELECT count(*) FROM game_version") == [(1,)]
    kept = seat.post(f"/admin/games/{game}/content", {**form, "confirmed": "no"})
    assert kept.status_code == 200
    assert 'value="New words"' in kept.get_data(as_text=True)
    seat.post(f"/admin/games/{game}/content", {**form, "confirmed": "yes"})
    assert rows(full_app, "SELECT count(*) FROM game_version") == [(2,)]


def test_more_stock_on_a_live_campaign_says_what_it_means(
    full_app: Flask, seat: Seat, make_game: Maker
) -> None:
    """Topping up a prize shows how many are left before and after, and adds the moments once a second person agrees."""
    _campaign, game = make_game(published=True)
    prize = rows(full_app, "SELECT id FROM prize")[0][0]
    with full_app.app_context():
        revision = games.find(seat.brand_id, game).revision
    form = {
        "revision": str(revision),
        "prizes": "0",
        "prizes.0.id": str(prize),
        "prizes.0.label.en": "Shirt",
        "prizes.0.stock": "9",
        "prizes.0.per_fan": "1",
        "prizes.0.value": "12,50 €",
    }
    page = seat.post(f"/admin/games/{game}/prizes", form).get_data(as_text=True)
    assert "Still to be won: 5 now, 9 after this change." in html.unescape(page)
    second = take_seat(full_app, seat.brand_id, "owner")
    seat.post(f"/admin/games/{game}/prizes", {**form, "confirmed": "yes"})
    assert rows(full_app, "SELECT count(*) FROM winning_moment") == [(5,)]
    proposal = rows(full_app, "SELECT id FROM proposal")[0][0]
    second.post(f"/admin/decisions/{proposal}", {"do": "agree"})
    assert rows(full_app, "SELECT count(*) FROM winning_moment") == [(9,)]
    assert rows(full_app, "SELECT value_cents FROM prize") == [(1250,)]


def test_an_offer_of_another_brand_cannot_be_chosen(
    full_app: Flask, seat: Seat, make_game: Maker
) -> None:
    """A coupon game takes an offer of its own brand, and an error at the field for anybody else's."""
    _campaign, game = make_game("coupon")
    other = create_brand(full_app, slug="other")
    ours, theirs = create_offer(full_app, seat.brand_id), create_offer(full_app, other)
    form = {"revision": "1", "game_title.en": "C", "title.en": "C", "claims": "1"}
    answer = seat.post(f"/admin/games/{game}/content", {**form, "offer": str(theirs)})
    assert answer.status_code == 422
    assert "does not exist any more" in answer.get_data(as_text=True)
    answer = seat.post(f"/admin/games/{game}/content", {**form, "offer": str(ours)})
    assert answer.status_code == 302


def test_dates_are_the_brands_own(full_app: Flask, seat: Seat, make_game: Maker) -> None:
    """Dates are read in the brand's zone; a skipped hour and an end before the beginning are explained."""
    campaign, _game = make_game()
    path = f"/admin/campaigns/{campaign}/dates"

    def send(opens: str, closes: str) -> int:
        revision = rows(full_app, "SELECT revision FROM campaign")[0][0]
        form = {"revision": str(revision), "opens_at": opens, "closes_at": closes}
        return int(seat.post(path, form).status_code)

    assert send("2030-07-01T09:00", "2030-07-31T18:00") == 302
    assert rows(
        full_app, "SELECT extract(hour FROM opens_at AT TIME ZONE 'UTC') FROM campaign"
    ) == [(7,)]
    assert send("2030-07-01T09:00", "2030-06-01T18:00") == 422
    assert send("2030-03-31T02:30", "2030-07-31T18:00") == 422
    assert send("soon", "2030-07-31T18:00") == 422


def picture(kind: str = "PNG") -> bytes:
    """Return a small picture."""
    target = io.BytesIO()
    Image.new("RGB", (20, 10), (200, 30, 30)).save(target, kind)
    return target.getvalue()


def upload(seat: Seat, name: str, body: bytes) -> Any:
    """Send a file to the picture library as the picker does."""
    parts = {"csrf_token": (b"", seat.token().encode()), "file": (name.encode(), body)}
    lines = b""
    for field, (file_name, content) in parts.items():
        named = b'; filename="%s"' % file_name if file_name else b""
        head = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
        lines += head % (field.encode(), named) + content + b"\r\n"
    return seat.client.post(
        "/admin/pictures/",
        data=lines + b"--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers={"Accept": "application/json"},
    )


def test_a_picture_is_uploaded_and_served(seat: Seat) -> None:
    """An uploaded picture gets a signed address that serves it as WebP, for good and without scripts."""
    answer = upload(seat, "<img src=x onerror=alert(1)>.png", picture())
    assert answer.status_code == 201
    body = answer.get_json()
    served = seat.app.test_client().get(body["address"])
    assert served.mimetype == "image/webp"
    assert "immutable" in served.headers["Cache-Control"]
    assert "sandbox" in served.headers["Content-Security-Policy"]
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    library = seat.get("/admin/pictures/").get_data(as_text=True)
    assert "<img src=x" not in library
    again = seat.app.test_client().get(
        body["address"], headers={"If-None-Match": served.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("a.svg", b"<svg onload=alert(1)>", 422),
        ("a.png", b"not a picture", 422),
        ("a.png", b"", 422),
        ("a.png", b"x" * (10 * 1024 * 1024), 413),
    ],
)
def test_bad_uploads_are_refused_in_words(seat: Seat, name: str, body: bytes, status: int) -> None:
    """An SVG, a file that is no picture and one of 10 MB are refused with a sentence; nothing is kept."""
    answer = upload(seat, name, body)
    assert answer.status_code == status
    assert answer.get_json()["message"]
    assert rows(seat.app, "SELECT count(*) FROM asset") == [(0,)]


@pytest.mark.parametrize(
    "path",
    [
        "/admin/campaigns/{campaign}/",
        "/admin/campaigns/{campaign}/dates",
        "/admin/campaigns/{campaign}/rules",
        "/admin/campaigns/{campaign}/publish",
        "/admin/campaigns/{campaign}/share",
        "/admin/campaigns/{campaign}/poster.pdf",
        "/admin/campaigns/{campaign}/figures/plays.csv",
        "/admin/games/{game}/content",
        "/admin/games/{game}/prizes",
        "/admin/preview/{game}/frame",
        "/admin/campaigns/new?campaign={campaign}",
        "/admin/stores/{game}",
        "/media/{game}",
    ],
)
def test_what_belongs_to_another_brand_is_not_found(
    full_app: Flask, seat: Seat, make_game: Maker, path: str
) -> None:
    """No page shows anything of another brand, nor says that it exists."""
    campaign, game = make_game("instant_win", create_brand(full_app, slug="other"))
    assert seat.get(path.format(campaign=campaign, game=game)).status_code == 404


def test_writes_to_another_brand_are_not_found(
    full_app: Flask, seat: Seat, make_game: Maker
) -> None:
    """No form reaches a campaign, game, picture or store of another brand."""
    campaign, game = make_game("instant_win", create_brand(full_app, slug="other"))
    for path in (
        f"/admin/campaigns/{campaign}/dates",
        f"/admin/campaigns/{campaign}/rules",
        f"/admin/campaigns/{campaign}/publish",
        f"/admin/campaigns/{campaign}/origins",
        f"/admin/campaigns/{campaign}/state",
        f"/admin/games/{game}/content",
        f"/admin/games/{game}/prizes",
        f"/admin/games/{game}/state",
        f"/admin/preview/{game}/draft",
        f"/admin/pictures/{uuid4()}",
        f"/admin/stores/{uuid4()}",
    ):
        assert seat.post(path, {"do": "archive"}).status_code == 404, path


def test_a_form_without_its_token_is_refused(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    """A post that did not come from our page changes nothing."""
    monkeypatch.setitem(seat.app.config, "WTF_CSRF_ENABLED", True)
    answer = seat.client.post("/admin/stores/new", data={"name": "S", "code": "S"})
    assert answer.status_code == 403
    assert rows(seat.app, "SELECT count(*) FROM store") == [(0,)]


@pytest.mark.parametrize("role", ["analyst", "support", "store_manager", "cashier"])
def test_other_roles_cannot_change_campaigns(full_app: Flask, make_game: Maker, role: str) -> None:
    """Only owners and marketers change campaigns, prizes, pictures and the brand."""
    campaign, game = make_game()
    brand = rows(full_app, "SELECT brand_id FROM campaign")[0][0]
    other = take_seat(full_app, brand, role)
    for path in (
        f"/admin/campaigns/{campaign}/publish",
        f"/admin/games/{game}/content",
        f"/admin/games/{game}/prizes",
        "/admin/pictures/",
        "/admin/brand/theme",
    ):
        assert other.post(path).status_code == 403, path
    expected = 200 if role == "analyst" else 403
    assert other.get(f"/admin/campaigns/{campaign}/").status_code == expected


def test_the_poster_is_a_pdf_in_both_languages(seat: Seat, make_game: Maker) -> None:
    """The QR poster comes as PDF; an unknown language is not found."""
    campaign, _game = make_game()
    for locale in ("fr", "en"):
        answer = seat.get(f"/admin/campaigns/{campaign}/poster.pdf?locale={locale}")
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF")
    assert seat.get(f"/admin/campaigns/{campaign}/poster.pdf?locale=xx").status_code == 404


def test_a_question_file_becomes_rows_and_names_bad_lines(seat: Seat) -> None:
    """An uploaded question file is answered with rows to add and the lines that could not be read."""
    gift = b"::One:: Who won in 1998? {=France ~Brazil}\n\n::Two:: Broken {=\n"
    answer = seat.post(
        "/admin/games/import/quiz/questions",
        {"file": (io.BytesIO(gift), "bank.gift")},
        content_type="multipart/form-data",
        headers={"Accept": "application/json"},
    )
    report = answer.get_json()
    assert answer.status_code == 200
    assert json.loads(report["rows"][0]["packed"])["text"]
    assert report["problems"]
    assert seat.post("/admin/games/import/quiz/nothing").status_code == 404
    assert seat.post("/admin/games/import/nothing/questions").status_code == 404


def test_a_closed_row_opens_as_fields(seat: Seat) -> None:
    """A closed row is answered as open fields under its own key, nested lists included."""
    answer = seat.post(
        "/admin/games/rows",
        {
            "module": "quiz",
            "path": "questions",
            "key": "12",
            "value": json.dumps({"kind": "choose_one", "text": {"en": "Who?"}}),
        },
    )
    page = answer.get_data(as_text=True)
    assert 'name="questions.12.text.en"' in page
    assert "Who?" in page
    for wrong in (
        {"module": "quiz", "path": "nothing", "key": "1"},
        {"module": "nothing", "path": "questions", "key": "1"},
        {"module": "quiz", "path": "questions", "key": '"><b>'},
    ):
        assert seat.post("/admin/games/rows", wrong).status_code in (400, 404)


def test_the_preview_judges_in_memory(full_app: Flask, seat: Seat, make_game: Maker) -> None:
    """A draft is viewed and played without any row being written; a forged state is refused."""
    _campaign, game = make_game()
    form = content(full_app, seat, game, **{"title.en": "Preview me"})
    first = seat.post(f"/admin/preview/{game}/draft?lang=en", form).get_json()
    assert first["data"]["view"]["title"] == "Preview me"
    move = {
        "config": first["config"],
        "state": first["state"],
        "move": {"play": True},
        "win": True,
    }
    headers = {"X-CSRFToken": seat.token()}
    answer = seat.client.post(f"/admin/preview/{game}/move", json=move, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.get_json()["play"]["finished"]
    assert answer.get_json()["grants"]
    move["state"] = first["state"][:-2]
    forged = seat.client.post(f"/admin/preview/{game}/move", json=move, headers=headers)
    assert forged.status_code == 400
    assert rows(
        full_app, "SELECT (SELECT count(*) FROM play), (SELECT count(*) FROM progress)"
    ) == [(0, 0)]


def test_figures_are_handed_out_as_safe_csv(full_app: Flask, seat: Seat, make_game: Maker) -> None:
    """Each table of the campaign's page is a CSV file in which no cell is a formula."""
    campaign, game = make_game(published=True)
    with full_app.app_context(), db.transaction():
        db.driver.execute("UPDATE prize SET label = %s", ['{"en": "=1+1"}'])
    assert game
    for name in ("funnel", "plays", "stock", "opt-ins", "refusals"):
        answer = seat.get(f"/admin/campaigns/{campaign}/figures/{name}.csv")
        assert answer.mimetype == "text/csv"
    stock = seat.get(f"/admin/campaigns/{campaign}/figures/stock.csv").get_data(as_text=True)
    assert "'=1+1" in stock
    assert seat.get(f"/admin/campaigns/{campaign}/figures/secrets.csv").status_code == 404


def test_only_our_own_pages_follow_the_language_switch(seat: Seat) -> None:
    """The language switch leads back to the desk and nowhere else."""
    for back in ("https://evil.example/", "//evil.example/admin/", "/\\evil", "/admin\\evil"):
        answer = seat.post("/admin/language", {"language": "fr", "back": back})
        assert answer.headers["Location"] == "/admin/campaigns/"
    answer = seat.post("/admin/language", {"language": "fr", "back": "/admin/stores/"})
    assert answer.headers["Location"] == "/admin/stores/"
