"""Giving coupons: stock, limit per fan, validity and listed codes stay exact however many ask at once."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from masterapp.coupons import codes
from masterapp.coupons.service import issue, validity
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.testing.shop import Shop, add_fans, add_offer, committed, open_shop, till_app


@pytest.fixture
def shop_app(clean_database: str) -> Iterator[Flask]:
    """An application whose pool is large enough for a hundred fans at the same moment."""
    app = till_app(clean_database, connections=110)
    yield app
    app.extensions["masterapp-engine"].dispose()


@pytest.fixture
def shop(shop_app: Flask) -> Shop:
    """A brand with stores, staff and a fan."""
    return open_shop(shop_app)


def give(app: Flask, shop: Shop, offer: UUID, fan: UUID | None = None, **options: Any) -> str:
    """Give a coupon in a transaction of its own; return its code, or the refusal's."""
    try:
        with committed(app):
            return issue(shop.brand, offer, fan or shop.fan, **options).code
    except Refused as refusal:
        return refusal.code


def at_once(app: Flask, works: list[Callable[[], str]]) -> list[str]:
    """Do all this work at the same moment, each on a connection of its own that is already open."""
    start = Barrier(len(works))

    def run(work: Callable[[], str]) -> str:
        with app.app_context():
            db.driver.execute("SELECT 1")
            start.wait(30)
            db.rollback()
            return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def rows(url: str, query: str) -> list[Any]:
    """Read the database from outside."""
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_a_hundred_connections_get_one_coupon(
    shop_app: Flask, shop: Shop, clean_database: str
) -> None:
    """Of a hundred taps of one fan at the same moment exactly one is given a coupon."""
    offer = add_offer(shop_app, shop, stock=1000)
    answers = at_once(shop_app, [lambda: give(shop_app, shop, offer)] * 100)
    assert Counter(answers)["offer_fan_limit"] == 99
    assert rows(clean_database, "SELECT issued FROM offer") == [(1,)]
    assert rows(clean_database, "SELECT count(*) FROM coupon") == [(1,)]
    assert rows(
        clean_database,
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_coupon'",
    ) == [(1,)]


def test_fifty_fans_get_ten_coupons(shop_app: Flask, shop: Shop, clean_database: str) -> None:
    """A stock of ten gives ten coupons to fifty fans who ask at the same moment, no more and no fewer."""
    offer = add_offer(shop_app, shop, stock=10)
    fans = add_fans(shop_app, shop, 50)
    answers = at_once(shop_app, [lambda fan=fan: give(shop_app, shop, offer, fan) for fan in fans])
    assert Counter(answers)["offer_sold_out"] == 40
    assert rows(clean_database, "SELECT issued FROM offer") == [(10,)]
    assert rows(clean_database, "SELECT count(DISTINCT fan_id) FROM coupon") == [(10,)]


def test_listed_codes_are_given_once_each(shop_app: Flask, shop: Shop, clean_database: str) -> None:
    """Twenty listed codes go to twenty of forty fans who ask at the same moment, each code once."""
    listed = [f"Till-{number:04d}" for number in range(20)]
    offer = add_offer(shop_app, shop, listed=listed)
    fans = add_fans(shop_app, shop, 40)
    answers = at_once(shop_app, [lambda fan=fan: give(shop_app, shop, offer, fan) for fan in fans])
    given = [answer for answer in answers if answer != "offer_sold_out"]
    assert sorted(given) == listed
    assert rows(clean_database, "SELECT issued FROM offer") == [(20,)]
    assert rows(clean_database, "SELECT count(*) FROM imported_code WHERE taken_at IS NULL") == [
        (0,)
    ]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"active": False}, "offer_not_open"),
        ({"valid_until": datetime(2020, 1, 1, tzinfo=UTC)}, "offer_ended"),
        ({"stock": 0}, "offer_sold_out"),
        ({"listed": (), "code_source": "imported"}, "offer_sold_out"),
    ],
)
def test_a_refused_coupon_changes_nothing(
    shop_app: Flask, shop: Shop, clean_database: str, values: dict[str, Any], refusal: str
) -> None:
    """A refusal says why, and the caller may go on and commit: nothing was written."""
    offer = add_offer(shop_app, shop, **values)
    with committed(shop_app), pytest.raises(Refused) as caught:
        issue(shop.brand, offer, shop.fan)
    assert caught.value.code == refusal
    assert rows(clean_database, "SELECT issued FROM offer") == [(0,)]
    assert rows(clean_database, "SELECT count(*) FROM coupon") == [(0,)]


def test_a_refused_listed_code_stays_free(shop_app: Flask, shop: Shop, clean_database: str) -> None:
    """A fan at the limit takes no code off the list."""
    offer = add_offer(shop_app, shop, listed=["ABCD-1", "ABCD-2"])
    assert give(shop_app, shop, offer) == "ABCD-1"
    assert give(shop_app, shop, offer) == "offer_fan_limit"
    assert rows(clean_database, "SELECT code FROM imported_code WHERE taken_at IS NULL") == [
        ("ABCD-2",)
    ]


def test_no_limit_per_fan(shop_app: Flask, shop: Shop) -> None:
    """An offer without a limit per fan gives the same fan as many as the stock has."""
    offer = add_offer(shop_app, shop, per_fan=0, stock=3)
    answers = [give(shop_app, shop, offer) for _ in range(4)]
    assert answers[3] == "offer_sold_out"
    assert len({codes.fold(code) for code in answers[:3]}) == 3


def test_a_transaction_that_fails_gives_nothing(
    shop_app: Flask, shop: Shop, clean_database: str
) -> None:
    """When the caller's transaction ends badly, coupon, stock and e-mail are as before."""
    offer = add_offer(shop_app, shop, stock=1)

    def fail_after_giving() -> None:
        with committed(shop_app):
            issue(shop.brand, offer, shop.fan)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_giving()
    assert rows(clean_database, "SELECT issued FROM offer") == [(0,)]
    assert rows(clean_database, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]
    assert codes.is_well_formed(codes.fold(give(shop_app, shop, offer)))


def test_a_foreign_offer_or_fan_is_not_found(shop_app: Flask, shop: Shop) -> None:
    """Neither another brand's offer nor another brand's fan can be named."""
    other = open_shop(shop_app, "Autre")
    offer = add_offer(shop_app, shop)
    assert give(shop_app, other, offer) == "not_found"
    assert give(shop_app, shop, offer, other.fan) == "not_found"


def test_days_of_validity_are_whole_days_of_the_brand() -> None:
    """A code given late in the evening is still good until the end of its last whole day in the brand's zone."""
    evening = datetime(2026, 6, 30, 21, 59, tzinfo=UTC)  # 23:59 in Paris.
    end = validity(evening, None, None, 7, "Europe/Paris")
    assert end == datetime(2026, 7, 7, 22, 0, tzinfo=UTC)
    assert validity(evening, None, evening + timedelta(days=2), 7, "Europe/Paris") == (
        evening + timedelta(days=2)
    )
    assert validity(evening, evening + timedelta(days=10), None, 1, "Europe/Paris") == datetime(
        2026, 7, 11, 22, 0, tzinfo=UTC
    )
    assert validity(evening, None, None, 0, "Europe/Paris") is None
