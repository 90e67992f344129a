"""The coupon's e-mail, sent by a real worker over real SMTP: its words, and a QR that a camera can read."""

import io
from datetime import UTC, datetime
from uuid import UUID

import zxingcpp
from flask import Flask
from PIL import Image

from masterapp.coupons import lists
from masterapp.coupons.models import CodeImport, Coupon
from masterapp.coupons.service import issue
from masterapp.db import db
from masterapp.fans.models import Fan
from masterapp.testing.factories import Player, create_offer
from masterapp.testing.mail import Mailbox, run_jobs
from masterapp.testing.shop import add_offer, committed, open_shop


def give(app: Flask, fan: Player, offer: UUID) -> str:
    """Give the fan a coupon and return its code."""
    with app.app_context(), db.transaction():
        return issue(fan.brand_id, offer, fan.id).code


def test_a_coupon_comes_by_e_mail(app: Flask, fan: Player, mailbox: Mailbox) -> None:
    """The fan gets one letter in their language, with code, last day, conditions and a QR that leads to the code."""
    offer = create_offer(
        app,
        fan.brand_id,
        conditions={"fr": "Dès 50 € <b>d’achat</b>", "en": "From €50"},
        shop_url="https://shop.example/shirt",
        valid_until=datetime(
            2099, 3, 1, 23, 0, tzinfo=UTC
        ),  # Midnight in Paris: the last day is the first of March.
    )
    code = give(app, fan, offer)
    (letter,) = mailbox.collect()
    assert letter["Subject"] == "Votre bon : 10 € offerts"
    text = letter.get_body(("plain",))
    page = letter.get_body(("html",))
    assert text
    assert page
    assert code in text.get_content()
    assert "1 mars 2099" in text.get_content()
    assert "https://shop.example/shirt" in text.get_content()
    assert "<b>" not in page.get_content()
    assert 'src="cid:qr"' in page.get_content()
    (picture,) = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<qr>"
    found = zxingcpp.read_barcode(Image.open(io.BytesIO(picture.get_content())))
    assert found
    assert found.text.endswith(f"/{code}")


def test_no_letter_without_address_or_use(app: Flask, fan: Player, mailbox: Mailbox) -> None:
    """A fan without an address, or whose coupon has ended before the job ran, gets no letter."""
    give(app, fan, create_offer(app, fan.brand_id))
    with committed(app) as session:
        session.query(Coupon).update({"valid_until": datetime(2020, 1, 1, tzinfo=UTC)})
    give(app, fan, create_offer(app, fan.brand_id))
    with committed(app) as session:
        session.get_one(Fan, (fan.brand_id, fan.id)).email = None
    assert mailbox.collect() == []


def test_a_worker_imports_a_list(app: Flask) -> None:
    """A list that was handed in is imported by the worker."""
    shop = open_shop(app)
    offer = add_offer(app, shop, code_source="imported")
    with committed(app):
        lists.submit(shop.brand, offer, shop.manager, "codes.txt", b"ABCD-1\nABCD-2\n")
    run_jobs(app)
    with committed(app) as session:
        (done,) = session.query(CodeImport)
        assert (done.state, done.accepted) == ("done", 2)
        assert lists.free_codes(shop.brand, offer) == 2
