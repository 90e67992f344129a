"""The fan's coupons over HTTP: one's own list and QR, and nobody else's."""

import io
from uuid import UUID

import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from masterapp.coupons import codes, qr
from masterapp.coupons.service import issue
from masterapp.db import db
from masterapp.fans.registry import ERASERS, EXPORTERS
from masterapp.testing.factories import Player, create_brand, create_fan, create_offer

MINE = "/api/v1/me/coupons"


def give(app: Flask, fan: Player, offer: UUID) -> str:
    """Give the fan a coupon and return its code."""
    with app.app_context(), db.transaction():
        return issue(fan.brand_id, offer, fan.id).code


def test_my_coupons(app: Flask, fan: Player) -> None:
    """A fan lists their own coupons, in their language, each with the address of its QR."""
    code = give(app, fan, create_offer(app, fan.brand_id, shop_url="https://shop.example/"))
    (mine,) = fan.client.get(MINE, headers=fan.headers).json["coupons"]
    assert (mine["code"], mine["state"], mine["stores"]) == (code, "valid", [])
    assert mine["label"] in ("10 € off", "10 € offerts")
    picture = fan.client.get(mine["qr"], headers=fan.headers)
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert b"style" not in picture.data
    assert b"script" not in picture.data


def test_coupons_of_others_are_not_found(app: Flask, fan: Player) -> None:
    """Neither another fan of the brand nor a fan of another brand can see a coupon."""
    give(app, fan, create_offer(app, fan.brand_id))
    (mine,) = fan.client.get(MINE, headers=fan.headers).json["coupons"]
    neighbour = create_fan(app, fan.brand_id)
    stranger = create_fan(app, create_brand(app))
    for other in (neighbour, stranger):
        assert other.client.get(MINE, headers=other.headers).json["coupons"] == []
        assert other.client.get(mine["qr"], headers=other.headers).status_code == 404
    assert app.test_client().get(mine["qr"]).status_code == 401


@pytest.mark.parametrize("source", ["generated", "imported"])
def test_a_camera_reads_the_qr(app: Flask, source: str) -> None:
    """A decoder reads from the picture what leads to the code: the page of ours, or a till's own code bare."""
    code = codes.new_code()
    with app.app_context():
        text = qr.content("stade-sport", code, source)
        picture = qr.png(text)
    found = zxingcpp.read_barcode(Image.open(io.BytesIO(picture)))
    assert found is not None
    assert found.text == text
    assert codes.fold(codes.from_scan(found.text)) == codes.fold(code)
    assert text.startswith("http") == (source == "generated")


def test_a_download_holds_the_coupons(app: Flask, fan: Player) -> None:
    """The download of one's data lists the coupons; after an erasure the unused ones can no longer be used."""
    code = give(app, fan, create_offer(app, fan.brand_id))
    with app.app_context(), db.transaction():
        (line,) = EXPORTERS["coupons"](fan.brand_id, fan.id)
        assert line["code"] == code
        assert ERASERS["coupons"](fan.brand_id, fan.id) is None
    (mine,) = fan.client.get(MINE, headers=fan.headers).json["coupons"]
    assert mine["state"] == "expired"
