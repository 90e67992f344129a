"""The till's API: right answers for one's own store, and a clear refusal for everything else."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from masterapp.brands.models import Member
from masterapp.coupons import codes
from masterapp.testing.shop import Shop, add_coupon, add_offer, committed, open_shop, staff_client
from masterapp.testing.statements import counted

VERDICT = "/api/v1/staff/coupons/verdict"
USES = "/api/v1/staff/redemptions"


@pytest.fixture
def shop(app: Flask) -> Shop:
    """A brand with stores, staff and a fan."""
    return open_shop(app)


@pytest.fixture
def till(app: Flask, shop: Shop) -> FlaskClient:
    """The browser of the cashier."""
    return staff_client(app, shop.brand, shop.cashier)


@pytest.fixture
def coupon(app: Flask, shop: Shop) -> str:
    """The code of a good coupon."""
    return add_coupon(app, shop, add_offer(app, shop))


def ask(client: FlaskClient, store: UUID, code: str, **more: Any) -> Any:
    """Ask for a verdict in English."""
    body = {"code": code, "store": str(store), **more}
    return client.post(VERDICT, json=body, headers={"Accept-Language": "en"})


def use(client: FlaskClient, store: UUID, code: str, key: str = "tap-00000001") -> Any:
    """Use a code."""
    return client.post(USES, json={"code": code, "store": str(store), "key": key})


def test_scan_use_undo(shop: Shop, till: FlaskClient, coupon: str) -> None:
    """The whole way: valid with what to do, redeemed, already used with time and store, undone, valid again."""
    store = shop.stores[0]
    good = ask(till, store, coupon).json
    assert (good["verdict"], good["label"]) == ("valid", "10 € de remise")
    assert good["till_note"] == "Déduire 10 € du panier"
    used = use(till, store, coupon).json
    assert used["verdict"] == "redeemed"
    assert used["redemption"]["undo_until"]
    assert use(till, store, coupon).json["redemption"]["id"] == used["redemption"]["id"]
    again = ask(till, store, coupon).json
    assert again["verdict"] == "already_used"
    assert "Stade Sport Lyon" in again["message"]
    assert again["redemption"]["id"] == used["redemption"]["id"]
    listed = till.get(USES, query_string={"store": store}).json["redemptions"]
    assert [(line["code"], line["undone"]) for line in listed] == [(coupon, False)]
    answer = till.post(f"{USES}/{used['redemption']['id']}/undo", json={"reason": "Wrong item"})
    assert answer.status_code == 204
    assert ask(till, store, coupon).json["verdict"] == "valid"
    assert till.get(USES, query_string={"store": store}).json["redemptions"][0]["undone"]


def test_a_second_tap_is_refused(shop: Shop, till: FlaskClient, coupon: str) -> None:
    """Another tap, with another key, is refused and told when and where the first was."""
    use(till, shop.stores[0], coupon)
    answer = use(till, shop.stores[0], coupon, "tap-00000002")
    assert (answer.status_code, answer.json["code"]) == (409, "coupon_used")
    assert answer.json["facts"]["store"] == "Stade Sport Lyon"


def test_the_other_store_is_closed_to_a_cashier(app: Flask, shop: Shop, coupon: str) -> None:
    """A cashier is refused in a store where they do not work; their manager is not."""
    cashier = staff_client(app, shop.brand, shop.cashier)
    manager = staff_client(app, shop.brand, shop.manager)
    for answer in (
        ask(cashier, shop.stores[1], coupon),
        use(cashier, shop.stores[1], coupon),
        cashier.get(USES, query_string={"store": shop.stores[1]}),
        ask(cashier, uuid4(), coupon),
    ):
        assert (answer.status_code, answer.json["code"]) == (403, "store_not_yours")
    assert ask(manager, shop.stores[1], coupon).json["verdict"] == "valid"


def test_another_brand_sees_nothing(app: Flask, shop: Shop, till: FlaskClient, coupon: str) -> None:
    """Another brand's staff learn nothing of the code, the store or the use, not even that they exist."""
    used = use(till, shop.stores[0], coupon).json["redemption"]["id"]
    other = open_shop(app, "Autre")
    stranger = staff_client(app, other.brand, other.manager)
    assert ask(stranger, other.stores[0], coupon).json["verdict"] == "unknown"
    assert use(stranger, other.stores[0], coupon).json["code"] == "coupon_unknown"
    assert use(stranger, shop.stores[0], coupon).json["code"] == "store_not_yours"
    answer = stranger.post(f"{USES}/{used}/undo", json={"reason": "Curious"})
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("role", ["marketer", "analyst", "support"])
def test_other_roles_have_no_till(app: Flask, shop: Shop, coupon: str, role: str) -> None:
    """Only owners, store managers and cashiers use coupons."""
    with committed(app) as session:
        session.get_one(Member, (shop.brand, shop.manager)).role = role
    client = staff_client(app, shop.brand, shop.manager)
    assert ask(client, shop.stores[0], coupon).json["code"] == "role_required"
    assert use(client, shop.stores[0], coupon).json["code"] == "role_required"


def test_nobody_is_told_to_sign_in(app: Flask, shop: Shop, coupon: str) -> None:
    """Without a member's session every question is refused."""
    answer = ask(app.test_client(), shop.stores[0], coupon)
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_required")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "", "store": str(uuid4())},
        {"code": "x" * 301, "store": str(uuid4())},
        {"code": "ABCD", "store": "not-an-id"},
        {"code": ["ABCD"], "store": str(uuid4())},
        {"code": "ABCD", "store": str(uuid4()), "brand": str(uuid4())},
        {"code": "ABCD", "store": str(uuid4()), "key": "short"},
        {"code": "ABCD", "store": str(uuid4()), "key": "blank in key"},
    ],
)
def test_bad_fields_are_named(till: FlaskClient, body: dict[str, Any]) -> None:
    """A missing, oversized, mistyped or unknown field is answered with its name."""
    answer = till.post(USES, json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert answer.json["fields"]


@pytest.mark.parametrize("raw", [b'{"code": "\xff\xfe"}', b"{", b"[]", b"null", b""])
def test_unreadable_bodies_are_refused(till: FlaskClient, raw: bytes) -> None:
    """Invalid UTF-8, broken JSON or another shape is a refusal, never an error of ours."""
    answer = till.post(USES, data=raw, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.json["code"] in ("malformed", "invalid")


@pytest.mark.parametrize("code", ["\x00", "'; DROP TABLE coupon; --", "🎟️" * 30, " "])
def test_strange_codes_are_unknown(shop: Shop, till: FlaskClient, code: str) -> None:
    """Whatever a scanner reads, the answer is a verdict."""
    assert ask(till, shop.stores[0], code).json["verdict"] == "unknown"


def test_a_slip_is_told_from_a_stranger(shop: Shop, till: FlaskClient, coupon: str) -> None:
    """A wrong character is named as such; a well-formed code of nobody is unknown."""
    slip = ("2" if coupon[0] == "3" else "3") + coupon[1:]
    assert ask(till, shop.stores[0], slip).json["verdict"] == "mistyped"
    assert ask(till, shop.stores[0], codes.new_code()).json["verdict"] == "unknown"


@pytest.mark.parametrize("reason", ["", "  ", "ab", "x" * 201, "null\x00byte", "line\nbreak"])
def test_an_undo_needs_a_reason(till: FlaskClient, shop: Shop, coupon: str, reason: str) -> None:
    """A reason is words; without one the use stands."""
    used = use(till, shop.stores[0], coupon).json["redemption"]["id"]
    assert till.post(f"{USES}/{used}/undo", json={"reason": reason}).status_code == 422
    assert ask(till, shop.stores[0], coupon).json["verdict"] == "already_used"


def test_a_forged_use_is_refused(app: Flask, shop: Shop, coupon: str) -> None:
    """A page of another site cannot make a signed-in till use a coupon."""
    till = staff_client(app, shop.brand, shop.cashier)
    body = {"code": coupon, "store": str(shop.stores[0]), "key": "forged-tap"}
    answer = till.post(USES, json=body, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.json["code"]) == (403, "forged")


def test_a_redemption_costs_few_statements(shop: Shop, till: FlaskClient, coupon: str) -> None:
    """Over HTTP, with the member's session checked, a use costs two statements between BEGIN and COMMIT."""
    with counted() as seen:
        assert use(till, shop.stores[0], coupon).json["verdict"] == "redeemed"
    assert len(seen) == 2
