"""The till: verdicts, a use that happens exactly once, and undoing it within five minutes."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from masterapp.brands.models import Store
from masterapp.coupons import codes
from masterapp.coupons.redemption import Staff, Verdict, recent, redeem, undo, verdict
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.testing.shop import (
    Shop,
    add_cashier,
    add_coupon,
    add_offer,
    committed,
    open_shop,
    till_app,
)
from masterapp.testing.statements import counted

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def shop_app(clean_database: str) -> Iterator[Flask]:
    """An application with a connection for each of forty tills."""
    app = till_app(clean_database, connections=45)
    yield app
    app.extensions["masterapp-engine"].dispose()


@pytest.fixture
def shop(shop_app: Flask) -> Shop:
    """A brand with stores, staff and a fan."""
    return open_shop(shop_app)


def cashier(shop: Shop) -> Staff:
    """The cashier of the first store."""
    return Staff(shop.brand, shop.cashier, "cashier")


def manager(shop: Shop) -> Staff:
    """The manager of both stores."""
    return Staff(shop.brand, shop.manager, "store_manager")


def use(
    app: Flask, shop: Shop, code: str, key: str, *, store: int = 0, at: datetime = NOON
) -> Verdict:
    """Use a code in a transaction of its own: the cashier in the first store, the manager in the second."""
    staff = manager(shop) if store else cashier(shop)
    with committed(app):
        return redeem(staff, shop.stores[store], code, key, at)


def look(app: Flask, shop: Shop, code: str, *, store: int = 0, at: datetime = NOON) -> Verdict:
    """Ask for the verdict on a code."""
    with app.app_context():
        return verdict(manager(shop), shop.stores[store], code, at)


def take_back(app: Flask, staff: Staff, use_id: UUID, at: datetime) -> None:
    """Undo a use in a transaction of its own."""
    with committed(app):
        undo(staff, use_id, "Wrong item", at)


def test_a_coupon_is_used_once(shop_app: Flask, shop: Shop) -> None:
    """A good code is valid, then used; afterwards every till is told when and in which store."""
    code = add_coupon(shop_app, shop, add_offer(shop_app, shop))
    assert look(shop_app, shop, code).word == "valid"
    used = use(shop_app, shop, code, "first-tap")
    assert used.word == "redeemed"
    assert used.coupon
    assert used.coupon.used_at == NOON
    later = look(shop_app, shop, code.lower(), store=1, at=NOON + timedelta(hours=1))
    assert later.word == "already_used"
    assert later.coupon
    assert (later.coupon.used_at, later.coupon.used_store) == (NOON, "Stade Sport Lyon")
    with pytest.raises(Refused) as caught:
        use(shop_app, shop, code, "second-tap", store=1)
    assert caught.value.code == "coupon_used"
    assert caught.value.facts["store"] == "Stade Sport Lyon"


def test_forty_tills_at_once(shop_app: Flask, shop: Shop, clean_database: str) -> None:
    """Of forty tills that use one coupon at the same moment exactly one succeeds."""
    code = add_coupon(shop_app, shop, add_offer(shop_app, shop))
    start = Barrier(40)

    def run(number: int) -> str:
        with shop_app.app_context():
            db.driver.execute("SELECT 1")
            start.wait(30)
            db.rollback()
            try:
                return use(shop_app, shop, code, f"tap-{number:04d}", store=number % 2).word
            except Refused as refusal:
                return refusal.code

    with ThreadPoolExecutor(40) as pool:
        answers = Counter(pool.map(run, range(40)))
    assert answers == {"redeemed": 1, "coupon_used": 39}
    with psycopg.connect(clean_database) as connection:
        assert connection.execute("SELECT count(*) FROM redemption").fetchone() == (1,)


def test_the_same_tap_gives_the_same_answer(shop_app: Flask, shop: Shop) -> None:
    """A tap that is sent again, even by twenty retries at once, is answered as it was the first time."""
    code = add_coupon(shop_app, shop, add_offer(shop_app, shop))
    first = use(shop_app, shop, code, "one-tap-only")
    assert first.coupon
    with ThreadPoolExecutor(20) as pool:
        again = list(
            pool.map(
                lambda minute: use(
                    shop_app, shop, code, "one-tap-only", at=NOON + timedelta(minutes=minute)
                ),
                range(20),
            )
        )
    assert {(answer.word, answer.coupon and answer.coupon.use_id) for answer in again} == {
        ("redeemed", first.coupon.use_id)
    }
    assert {answer.coupon and answer.coupon.used_at for answer in again} == {NOON}


def test_a_key_serves_one_coupon(shop_app: Flask, shop: Shop) -> None:
    """A key that came with one coupon is refused with another, and the other stays unused."""
    offer = add_offer(shop_app, shop)
    one, other = add_coupon(shop_app, shop, offer), add_coupon(shop_app, shop, offer)
    use(shop_app, shop, one, "same-key")
    with pytest.raises(Refused, match="key_reused"):
        use(shop_app, shop, other, "same-key")
    assert look(shop_app, shop, other).word == "valid"


@pytest.mark.parametrize(
    ("coupon", "offer", "word"),
    [
        ({"valid_until": NOON}, {}, "expired"),
        ({"valid_from": NOON + timedelta(seconds=1)}, {}, "not_yet"),
        ({}, {"elsewhere": True}, "wrong_store"),
        ({"valid_from": NOON, "valid_until": NOON + timedelta(seconds=1)}, {}, "valid"),
    ],
)
def test_verdict_and_use_agree(
    shop_app: Flask, shop: Shop, coupon: dict[str, Any], offer: dict[str, Any], word: str
) -> None:
    """What the verdict says is what happens when the code is used, to the second."""
    values = {"store_ids": [str(shop.stores[1])]} if offer else {}
    code = add_coupon(shop_app, shop, add_offer(shop_app, shop, **values), **coupon)
    assert look(shop_app, shop, code).word == word
    if word == "valid":
        assert use(shop_app, shop, code, "a-key-of-mine").word == "redeemed"
    else:
        with pytest.raises(Refused, match=f"coupon_{word}"):
            use(shop_app, shop, code, "a-key-of-mine")


def test_unknown_foreign_and_mistyped_codes(shop_app: Flask, shop: Shop) -> None:
    """A stranger's code and another brand's are unknown alike; a slip in one of ours is named as a slip."""
    other = open_shop(shop_app, "Autre")
    foreign = add_coupon(shop_app, other, add_offer(shop_app, other))
    assert look(shop_app, shop, foreign) == Verdict("unknown")
    assert look(shop_app, shop, codes.new_code()) == Verdict("unknown")
    assert look(shop_app, shop, "nonsense \x00 \ud800?") == Verdict("unknown")
    good = add_coupon(shop_app, shop, add_offer(shop_app, shop))
    slip = ("2" if good[0] == "3" else "3") + good[1:]
    assert look(shop_app, shop, slip) == Verdict("mistyped")


def test_undo_gives_the_coupon_back(shop_app: Flask, shop: Shop, clean_database: str) -> None:
    """An undone use leaves the coupon valid and a record of who undid it and why; it can be used once more."""
    code = add_coupon(shop_app, shop, add_offer(shop_app, shop))
    first = use(shop_app, shop, code, "tap-number-1").coupon
    assert first
    assert first.use_id
    at = NOON + timedelta(minutes=4, seconds=59)
    take_back(shop_app, cashier(shop), first.use_id, at)
    assert look(shop_app, shop, code).word == "valid"
    with pytest.raises(Refused, match="undo_done"):
        take_back(shop_app, cashier(shop), first.use_id, at)
    assert use(shop_app, shop, code, "tap-number-2").word == "redeemed"
    with psycopg.connect(clean_database) as connection:
        trail = connection.execute(
            "SELECT action, actor_id, data->>'reason' FROM audit_record"
        ).fetchall()
    assert trail == [("redemption_undone", shop.cashier, "Wrong item")]
    with shop_app.app_context():
        assert [line.undone_at for line in recent(cashier(shop), shop.stores[0])].count(at) == 1


def test_undo_has_limits(shop_app: Flask, shop: Shop) -> None:
    """Five minutes, one's own use or a manager's own store: everything else is refused with its reason."""
    code = add_coupon(shop_app, shop, add_offer(shop_app, shop))
    used = use(shop_app, shop, code, "tap-number-1").coupon
    assert used
    assert used.use_id
    soon, late = NOON + timedelta(minutes=1), NOON + timedelta(minutes=5)
    colleague = replace(cashier(shop), member_id=add_cashier(shop_app, shop, 0))
    stranger = replace(manager(shop), member_id=add_cashier(shop_app, shop, 1))
    other = open_shop(shop_app, "Autre")
    for staff, at, refusal in (
        (cashier(shop), late, "undo_too_late"),
        (colleague, soon, "undo_not_yours"),
        (stranger, soon, "not_found"),
        (manager(other), soon, "not_found"),
    ):
        with pytest.raises(Refused, match=refusal):
            take_back(shop_app, staff, used.use_id, at)
    take_back(shop_app, manager(shop), used.use_id, soon)


def test_a_cashier_works_in_their_stores(shop_app: Flask, shop: Shop) -> None:
    """Verdict, use and list are refused in a store that is not the person's, is closed, or is another brand's."""
    code = add_coupon(shop_app, shop, add_offer(shop_app, shop))
    other = open_shop(shop_app, "Autre")
    owner = Staff(shop.brand, shop.manager, "owner")
    with committed(shop_app) as session:
        session.get_one(Store, (shop.brand, shop.stores[1])).active = False
    for staff, store in (
        (cashier(shop), shop.stores[1]),
        (manager(shop), shop.stores[1]),
        (owner, other.stores[0]),
        (cashier(other), shop.stores[0]),
    ):
        with shop_app.app_context():
            with pytest.raises(Refused, match="store_not_yours"):
                verdict(staff, store, code, NOON)
            with pytest.raises(Refused, match="store_not_yours"):
                redeem(staff, store, code, "some-key-1", NOON)
            with pytest.raises(Refused, match="store_not_yours"):
                recent(staff, store)
    with shop_app.app_context():
        assert verdict(owner, shop.stores[0], code, NOON).word == "valid"


def test_a_use_is_one_statement(shop_app: Flask, shop: Shop) -> None:
    """Using a good coupon costs one statement besides the transaction's own."""
    code = add_coupon(shop_app, shop, add_offer(shop_app, shop))
    with shop_app.app_context():
        connection = db.driver
        with counted() as seen:
            redeem(cashier(shop), shop.stores[0], code, "counted-tap", NOON)
        assert connection.info.transaction_status.name == "INTRANS"
        db.session.commit()
    assert len(seen) == 1
