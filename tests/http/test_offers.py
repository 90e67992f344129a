"""The offers at the desk: made, changed, refused with a reason for each field, and fed with lists of codes."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from masterapp.coupons import lists
from masterapp.coupons.models import Offer
from masterapp.testing.desk import Seat, take_seat
from masterapp.testing.factories import create_brand
from masterapp.testing.mail import run_jobs
from masterapp.testing.shop import Shop, add_offer, committed, open_shop

LIST = "/admin/offers"
GOOD = {
    "label.fr": "10 € de remise",
    "label.en": "€10 off",
    "till_note.fr": "Déduire 10 €",
    "value": "10",
    "stock": "500",
    "per_fan": "1",
    "valid_days": "30",
    "code_source": "generated",
    "active": "1",
}


@pytest.fixture
def shop(full_app: Flask) -> Shop:
    """A brand with two stores."""
    return open_shop(full_app)


@pytest.fixture
def desk(full_app: Flask, shop: Shop) -> Seat:
    """The brand's marketer."""
    return take_seat(full_app, shop.brand)


def the_offer(app: Flask, brand_id: UUID) -> Offer:
    """Read the brand's one offer."""
    with committed(app) as session:
        offer = session.query(Offer).filter_by(brand_id=brand_id).one()
        session.expunge(offer)
        return offer


def send_list(desk: Seat, offer: UUID, content: bytes, **options: Any) -> Any:
    """Upload a list as the page does."""
    return desk.client.post(
        f"{LIST}/{offer}/codes?name=codes.csv",
        data=content,
        content_type="application/octet-stream",
        headers={"X-CSRFToken": desk.token(), "Accept": "application/json"},
        **options,
    )


def test_an_offer_is_made_and_changed(full_app: Flask, shop: Shop, desk: Seat) -> None:
    """A marketer makes an offer, sees it in the list, and changes it; one store of two limits it to that store."""
    assert "No offer yet" in desk.get(LIST).text
    answer = desk.post(f"{LIST}/new", GOOD)
    assert answer.status_code == 302
    offer = the_offer(full_app, shop.brand)
    assert (offer.label["fr"], offer.stock, offer.value_cents) == ("10 € de remise", 500, 1000)
    assert "€10 off" in desk.get(LIST).text
    assert desk.get(answer.location).status_code == 200
    changed = {**GOOD, "stock": "", "value": "7,50", "store_ids": str(shop.stores[0])}
    assert desk.post(answer.location, changed).status_code == 302
    offer = the_offer(full_app, shop.brand)
    assert (offer.stock, offer.value_cents, offer.store_ids) == (None, 750, [str(shop.stores[0])])
    assert offer.code_source == "generated"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("label.fr", "x" * 81, "Too long: at most 80"),
        ("value", "ten", "Give an amount"),
        ("stock", "-1", "Give a whole number"),
        ("per_fan", "many", "Give a whole number"),
        ("valid_days", "99999", "Give a whole number"),
        ("shop_url", "javascript:alert(1)", "beginning with https://"),
        ("shop_url", "https://", "beginning with https://"),
        ("valid_until", "soon", "Write a day and an hour"),
        ("code_source", "stolen", "Choose where the codes come from"),
    ],
)
def test_a_wrong_field_says_what_to_do(
    full_app: Flask, shop: Shop, desk: Seat, field: str, value: str, words: str
) -> None:
    """A wrong value comes back with its sentence, everything else typed is kept, and nothing is saved."""
    answer = desk.post(f"{LIST}/new", {**GOOD, field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Déduire 10 €" in answer.text
    with committed(full_app) as session:
        assert session.query(Offer).count() == 0


def test_the_stock_stays_above_what_was_given(full_app: Flask, shop: Shop, desk: Seat) -> None:
    """A stock smaller than the coupons already given is refused."""
    offer = add_offer(full_app, shop, stock=10, issued=7)
    answer = desk.post(f"{LIST}/{offer}", {**GOOD, "stock": "6"})
    assert answer.status_code == 422
    assert "At least 7 coupons" in answer.text


def test_words_of_an_offer_are_only_words(full_app: Flask, shop: Shop, desk: Seat) -> None:
    """HTML in an offer's words is shown as text."""
    desk.post(f"{LIST}/new", {**GOOD, "label.en": "<script>alert(1)</script>"})
    assert "<script>alert" not in desk.get(LIST).text


def test_a_list_becomes_codes(full_app: Flask, shop: Shop, desk: Seat) -> None:
    """An uploaded list is imported in the background; the page tells how many codes came and which lines did not."""
    offer = add_offer(full_app, shop, code_source="imported")
    told = send_list(desk, offer, b"ABCD-1\nABCD-2\nABCD-2\n=CMD()\n")
    assert (told.status_code, told.json["state"]) == (200, "waiting")
    run_jobs(full_app)
    told = desk.get(told.json["address"]).json
    assert (told["state"], told["words"]) == ("done", "2 codes imported, 2 lines left out")
    lines = desk.get(told["problems"])
    assert lines.mimetype == "text/csv"
    assert "'=CMD()" in lines.text
    assert "2 codes free" in desk.get(f"{LIST}/{offer}").text


def test_a_list_may_be_large_but_not_endless(full_app: Flask, shop: Shop, desk: Seat) -> None:
    """A list of several megabytes is taken; more than the limit is refused before it is read."""
    offer = add_offer(full_app, shop, code_source="imported")
    assert send_list(desk, offer, b"ABCDEFGHIJ\n" * 300_000).status_code == 200
    answer = send_list(desk, offer, b"A" * (lists.MOST_BYTES + 1))
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_other_roles_and_brands(full_app: Flask, shop: Shop) -> None:
    """Analysts and store managers only look; cashiers and other brands see nothing."""
    offer = add_offer(full_app, shop, code_source="imported")
    for role, sees in (("analyst", 200), ("store_manager", 200), ("cashier", 403)):
        seat = take_seat(full_app, shop.brand, role, email=f"{role}@desk.example")
        assert seat.get(LIST).status_code == sees
        assert seat.get(f"{LIST}/{offer}").status_code == 403
        assert seat.post(f"{LIST}/new", GOOD).status_code == 403
        assert send_list(seat, offer, b"ABCD-1").status_code == 403
    stranger = take_seat(full_app, create_brand(full_app))
    assert stranger.get(f"{LIST}/{offer}").status_code == 404
    assert stranger.post(f"{LIST}/{offer}", GOOD).status_code == 404
    assert send_list(stranger, offer, b"ABCD-1").status_code == 404
    assert stranger.get(f"{LIST}/{offer}/codes/{uuid4()}.json").status_code == 404


def test_a_foreign_store_is_left_out(full_app: Flask, shop: Shop, desk: Seat) -> None:
    """The id of another brand's store in the form changes nothing."""
    other = open_shop(full_app, "Autre")
    desk.post(f"{LIST}/new", {**GOOD, "store_ids": str(other.stores[0])})
    assert the_offer(full_app, shop.brand).store_ids == []
