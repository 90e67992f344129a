"""Importing code lists: all good lines once, a reason for the others, and no half-done work after a crash."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from masterapp.coupons import lists
from masterapp.coupons.models import CodeImport
from masterapp.errors import Refused
from masterapp.testing.shop import Shop, add_coupon, add_offer, committed, open_shop, till_app


@pytest.fixture
def shop_app(clean_database: str) -> Iterator[Flask]:
    """An application with nothing but the database."""
    app = till_app(clean_database, connections=3)
    yield app
    app.extensions["masterapp-engine"].dispose()


@pytest.fixture
def shop(shop_app: Flask) -> Shop:
    """A brand with stores, staff and a fan."""
    return open_shop(shop_app)


def upload(app: Flask, shop: Shop, offer: UUID, content: bytes) -> UUID:
    """Hand a list in."""
    with committed(app):
        return lists.submit(shop.brand, offer, shop.manager, "codes.csv", content).id


def run(app: Flask, shop: Shop, import_id: UUID) -> CodeImport:
    """Do the background job and return the report."""
    with app.app_context():
        lists.run(shop.brand, import_id)
    with committed(app) as session:
        report = session.get_one(CodeImport, (shop.brand, import_id))
        session.refresh(report)
        session.expunge(report)
        return report


def stored(url: str) -> list[Any]:
    """The imported codes in the order in which they will be given."""
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT code FROM imported_code ORDER BY id")]


def test_every_bad_line_is_named(shop_app: Flask, shop: Shop, clean_database: str) -> None:
    """Good lines become codes in the list's order; each other line is reported with number, text and reason."""
    offer = add_offer(shop_app, shop, code_source="imported")
    taken = add_coupon(shop_app, shop, offer)
    text = f"code\nZULU-1\nALFA-2\nzulu 1\nab\n{taken}\nCRÈME-1\n{'X' * 41}\n\nMIKE-3"
    report = run(shop_app, shop, upload(shop_app, shop, offer, text.encode()))
    assert stored(clean_database) == ["ZULU-1", "ALFA-2", "MIKE-3"]
    assert (report.state, report.lines, report.lines_done, report.accepted) == ("done", 10, 10, 3)
    assert report.rejected == {"duplicate": 2, "too_short": 1, "characters": 1, "too_long": 1}
    assert report.problems == [
        [4, "zulu 1", "duplicate"],
        [5, "ab", "too_short"],
        [6, taken, "duplicate"],
        [7, "CRÈME-1", "characters"],
        [8, "X" * 41, "too_long"],
    ]


def test_a_list_imported_twice_adds_nothing(
    shop_app: Flask, shop: Shop, clean_database: str
) -> None:
    """The same list again, also for another offer, gives only duplicates; another brand may use the same codes."""
    offer = add_offer(shop_app, shop, code_source="imported")
    content = b"ABCD-1\nABCD-2\n"
    assert run(shop_app, shop, upload(shop_app, shop, offer, content)).accepted == 2
    other_offer = add_offer(shop_app, shop, code_source="imported")
    again = run(shop_app, shop, upload(shop_app, shop, other_offer, content))
    assert (again.accepted, again.rejected) == (0, {"duplicate": 2})
    neighbour = open_shop(shop_app, "Autre")
    theirs = add_offer(shop_app, neighbour, code_source="imported")
    assert run(shop_app, neighbour, upload(shop_app, neighbour, theirs, content)).accepted == 2


def test_an_import_goes_on_after_a_crash(
    shop_app: Flask, shop: Shop, clean_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies in the third batch leaves two whole batches; the next run does the rest, once."""
    monkeypatch.setattr(lists, "BATCH", 100)
    offer = add_offer(shop_app, shop, code_source="imported")
    content = "\n".join(f"ABCD-{number:04d}" for number in range(950)).encode()
    import_id = upload(shop_app, shop, offer, content)
    keep_new, calls = lists._keep_new, iter(range(10))

    def die_in_the_third(*arguments: Any) -> Any:
        kept = keep_new(*arguments)
        if next(calls) == 2:
            raise SystemExit
        return kept

    with monkeypatch.context() as patch:
        patch.setattr(lists, "_keep_new", die_in_the_third)
        with pytest.raises(SystemExit):
            run(shop_app, shop, import_id)
    assert len(stored(clean_database)) == 200
    report = run(shop_app, shop, import_id)
    assert (report.state, report.accepted, report.rejected) == ("done", 950, {})
    assert len(stored(clean_database)) == 950
    assert run(shop_app, shop, import_id).accepted == 950


@pytest.mark.parametrize("content", [b"", b" \n \n", b"PK\x03\x04\0\0\0"])
def test_a_file_without_lines_is_unreadable(shop_app: Flask, shop: Shop, content: bytes) -> None:
    """An empty file or one that is not text ends as unreadable and keeps nothing."""
    offer = add_offer(shop_app, shop, code_source="imported")
    assert run(shop_app, shop, upload(shop_app, shop, offer, content)).state == "unreadable"


def test_a_list_belongs_to_an_offer_that_uses_lists(shop_app: Flask, shop: Shop) -> None:
    """An offer that makes its own codes, or another brand's, takes no list."""
    generated = add_offer(shop_app, shop)
    other = open_shop(shop_app, "Autre")
    for brand, offer in ((shop, generated), (other, generated)):
        with pytest.raises(Refused, match="not_found"):
            upload(shop_app, brand, offer, b"ABCD-1")


def test_a_long_list_is_quick(shop_app: Flask, shop: Shop) -> None:
    """Fifty thousand lines are imported in seconds."""
    offer = add_offer(shop_app, shop, code_source="imported")
    content = "\n".join(f"LONG-{number:06d}" for number in range(50_000)).encode()
    report = run(shop_app, shop, upload(shop_app, shop, offer, content))
    assert report.accepted == 50_000
    assert report.finished_at
    assert (report.finished_at - report.created_at).total_seconds() < 20
