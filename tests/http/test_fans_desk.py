"""The CRM on the desk: who sees which fans, what filters find, and what an export contains."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from masterapp.db import db, now
from masterapp.fans.models import Fan
from masterapp.testing.desk import take_seat
from masterapp.testing.factories import (
    Player,
    create_brand,
    create_fan,
    create_game,
    create_prize,
    rows,
)


@pytest.fixture
def owner(app: Flask, brand: UUID) -> Any:
    """The brand's owner, signed in."""
    return take_seat(app, brand, "owner")


def table_of(answer: Any) -> list[list[str]]:
    """The rows of an export."""
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_the_table_shows_the_brands_fans_and_no_others(app: Flask, brand: UUID, owner: Any) -> None:
    """A fan of another brand is neither in the table nor behind their id."""
    create_fan(app, brand, "ada@here.example")
    stranger = create_fan(app, create_brand(app), "bob@elsewhere.example")

    page = owner.get("/admin/fans").get_data(as_text=True)

    assert "ada@here.example" in page
    assert "bob@elsewhere.example" not in page
    assert owner.get(f"/admin/fans/{stranger.id}").status_code == 404
    assert owner.get(f"/admin/fans/{stranger.id}/data.json").status_code == 404
    assert owner.post(f"/admin/fans/{stranger.id}/erase", data={"number": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=ada", {"ada@one.example"}),
        ("q=ONE.example", {"ada@one.example", "a_b@one.example"}),
        ("q=a_b", {"a_b@one.example"}),
        ("q=%25", set()),
        ("points=50", {"ada@one.example"}),
        ("winners=1", {"ada@one.example"}),
        ("consent=-offers:email", {"ada@one.example", "a_b@one.example", "carl@two.example"}),
        ("consent=offers:email", set()),
        ("from=2999-01-01", set()),
        ("points=nonsense&from=nonsense&campaign=nonsense&before=x&consent=x", None),
    ],
)
def test_filters_find_what_they_say(
    app: Flask, brand: UUID, owner: Any, asked: str, found: set[str] | None
) -> None:
    """Every filter narrows the table; one that cannot be read is left out."""
    ada = create_fan(app, brand, "ada@one.example")
    create_fan(app, brand, "a_b@one.example")
    create_fan(app, brand, "carl@two.example")
    game = create_game(app, brand)
    create_prize(app, brand, game)
    ada.play(game, win=True, points=60)

    lines = table_of(owner.get(f"/admin/fans/export.csv?{asked}"))[1:]

    everybody = {"ada@one.example", "a_b@one.example", "carl@two.example"}
    assert {line[2] for line in lines} == (everybody if found is None else found)


def test_an_export_cannot_run_formulas(app: Flask, brand: UUID, owner: Any) -> None:
    """A name that a spreadsheet would run as a formula is text in the export; the page escapes markup."""
    create_fan(app, brand, display_name='=HYPERLINK("http://evil.example")')
    create_fan(app, brand, display_name="<script>alert(1)</script>")

    names = {line[1] for line in table_of(owner.get("/admin/fans/export.csv"))}

    assert '\'=HYPERLINK("http://evil.example")' in names
    assert "<script>alert" not in owner.get("/admin/fans").get_data(as_text=True)


def test_ten_thousand_fans_are_exported_in_little_memory(
    app: Flask, brand: UUID, owner: Any
) -> None:
    """The export is sent row by row while it is read, complete, and noted in the audit trail."""
    with app.app_context(), db.transaction():
        db.driver.execute(
            "INSERT INTO fan (brand_id, id, email, email_key, display_name, locale, source, created_at)"
            " SELECT %s, gen_random_uuid(), 'f' || n || '@x.example', 'f' || n || '@x.example', 'F ' || n,"
            " 'fr', '{}', now()"
            " FROM generate_series(1, 10000) AS n",
            (brand,),
        )

    answer = owner.get("/admin/fans/export.csv", buffered=False)

    assert answer.is_streamed
    assert len(table_of(answer)) == 10_001
    assert rows(app, "SELECT action FROM audit_record WHERE action = 'fans_exported'") == [
        ("fans_exported",)
    ]


def test_the_panel_tells_a_fans_story(app: Flask, brand: UUID, fan: Player, owner: Any) -> None:
    """Plays, points and prizes of a fan stand in their panel, whatever room they come from."""
    game = create_game(app, brand)
    create_prize(app, brand, game)
    fan.play(game, win=True, points=10, score=3)

    panel = owner.get(f"/admin/fans/{fan.id}", headers={"Accept-Language": "en"}).get_data(
        as_text=True
    )

    for words in ("Joined", "Played", "+10", "Won", "Shirt", "score 3"):
        assert words in panel


def test_erasing_a_fan_needs_the_number_typed_again(
    app: Flask, brand: UUID, fan: Player, owner: Any
) -> None:
    """A slip erases nobody; the right number erases name and e-mail and leaves the ledger's sums."""
    fan.play(create_game(app, brand), points=10)
    (number,) = rows(app, "SELECT number FROM fan WHERE id = %s", fan.id)[0]

    owner.post(f"/admin/fans/{fan.id}/erase", data={"number": "0"})
    assert rows(app, "SELECT erased_at FROM fan WHERE id = %s", fan.id) == [(None,)]
    owner.post(f"/admin/fans/{fan.id}/erase", data={"number": str(number)})

    assert rows(app, "SELECT email, display_name FROM fan WHERE id = %s", fan.id) == [(None, "")]
    assert rows(app, "SELECT sum(amount) FROM point_entry WHERE brand_id = %s", brand) == [(10,)]
    assert fan.play(create_game(app, brand)).status_code == 401


def test_exclusions_are_read_line_by_line(app: Flask, brand: UUID, owner: Any) -> None:
    """Addresses and domains are normalised, doubles count once, and a line that is neither is named."""
    good = {
        "values": "@Agency.example\nrival.example\n\n Bob@Rival.Example \n@agency.example",
        "reason": "staff",
    }
    bad = {"values": "@fine.example\nnot a domain", "reason": "staff"}

    assert owner.post("/admin/exclusions", data=good).status_code == 302
    refused = owner.post("/admin/exclusions", data=bad)

    assert refused.status_code == 422
    assert "not a domain" in refused.get_data(as_text=True)
    assert rows(app, "SELECT value FROM exclusion ORDER BY value") == [
        ("@agency.example",),
        ("@rival.example",),
        ("bob@rival.example",),
    ]


def test_a_removed_line_lets_the_fan_play_again(app: Flask, brand: UUID, owner: Any) -> None:
    """Taking a domain off the list takes effect at the next play."""
    owner.post("/admin/exclusions", data={"values": "@club.example", "reason": "staff"})
    fan, game = create_fan(app, brand, "zoe@club.example"), create_game(app, brand)
    assert fan.play(game).json["code"] == "excluded_staff"
    (line,) = rows(app, "SELECT id FROM exclusion")

    owner.post(f"/admin/exclusions/{line[0]}/remove")

    assert fan.play(game).status_code == 200


def test_an_erased_fan_is_not_in_the_table(app: Flask, brand: UUID, owner: Any) -> None:
    """The table holds people only, not the nameless rows that keep the sums true."""
    with app.app_context(), db.transaction() as session:
        session.add(Fan(brand_id=brand, erased_at=now()))

    assert len(table_of(owner.get("/admin/fans/export.csv"))) == 1
