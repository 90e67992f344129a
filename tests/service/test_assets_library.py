"""The picture library: what comes in is re-encoded, what is dangerous is refused, what goes out is signed."""

from __future__ import annotations

import io
import struct
import zlib
from uuid import UUID, uuid4

import pytest
from flask import Flask
from PIL import Image

from masterapp.brands import assets
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.testing.factories import create_brand

SECRET = "s" * 40


def encoded(kind: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    """Return a small picture in a format."""
    target = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(target, kind, **options)
    return target.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Return a tiny PNG that says it has this many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_every_accepted_format_becomes_webp(kind: str) -> None:
    """A picture of each accepted format comes out as WebP of the same size."""
    result = assets.reencode(encoded(kind))
    image = Image.open(io.BytesIO(result.content))
    assert (image.format, image.size) == ("WEBP", (64, 48))


def test_large_pictures_are_made_small() -> None:
    """No side is longer than 1600 pixels."""
    result = assets.reencode(encoded("JPEG", (4000, 1000)))
    assert (result.width, result.height) == (1600, 400)


def test_metadata_is_dropped_and_the_picture_stands_upright() -> None:
    """A photo taken sideways with a position in it comes out upright and without the position."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "at home"
    result = assets.reencode(encoded("JPEG", (80, 40), exif=exif))
    image = Image.open(io.BytesIO(result.content))
    assert image.size == (40, 80)
    assert not dict(image.getexif())
    assert b"at home" not in result.content


def test_transparency_is_kept() -> None:
    """A crest without a background keeps none."""
    target = io.BytesIO()
    Image.new("RGBA", (10, 10), (200, 0, 0, 0)).save(target, "PNG")
    image = Image.open(io.BytesIO(assets.reencode(target.getvalue()).content))
    assert image.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<SVG></SVG>', "SVG"),
        (b"", "not a picture"),
        (b"hello", "not a picture"),
        (b"%PDF-1.7", "not a picture"),
        (encoded("PNG")[:60], "not a picture"),
        (encoded("JPEG")[:200], "not a picture"),
        (encoded("BMP"), "not a picture"),
        (encoded("TIFF"), "not a picture"),
        (bomb(50_000, 50_000), "too many pixels"),
        (bomb(9_000, 9_000), "too many pixels"),
    ],
)
def test_what_is_no_honest_picture_is_refused_with_the_cure(content: bytes, words: str) -> None:
    """SVG, broken files, other formats and bombs are refused in a sentence that says what to do."""
    with pytest.raises(Refused) as caught:
        assets.reencode(content)
    assert words in caught.value.fields["file"][0]


def test_blocks_hide_what_is_inside_them() -> None:
    """A reduced picture has one colour per block, so that no detail of the original is left."""
    whole = assets.reencode(encoded("PNG", (400, 200))).content
    image = Image.open(io.BytesIO(assets.pixelated(whole, 4))).convert("RGB")
    assert image.size == (400, 200)
    colours = {image.getpixel((x, y)) for x in range(400) for y in range(200)}
    assert len(colours) <= 4 * 2


def test_an_address_names_one_picture_and_one_sharpness() -> None:
    """An address is read back exactly; with a changed letter or another key it is not found."""
    brand, asset = uuid4(), uuid4()
    for blocks in (None, 1, 400):
        address = assets.address(brand, str(asset), blocks, SECRET)
        token = address.removeprefix("/media/")
        assert assets.read_address(token, SECRET) == (brand, asset, blocks)
        for wrong in ("A" + token[1:], token[:-1], token + "AAAA", "", "é", token[:20]):
            if wrong != token:
                with pytest.raises(Refused):
                    assets.read_address(wrong, SECRET)
        for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
            if last != token[-1]:
                with pytest.raises(Refused):
                    assets.read_address(token[:-1] + last, SECRET)
        with pytest.raises(Refused):
            assets.read_address(token, "other" * 10)


def test_the_same_picture_is_kept_once(full_app: Flask) -> None:
    """Uploading a picture twice gives the first one."""
    brand = create_brand(full_app)
    with full_app.test_request_context(), db.transaction():
        first = assets.add(brand, "C:\\fakepath\\my crest.png", encoded("PNG"))
        assert assets.add(brand, "other.png", encoded("PNG")).id == first.id
        assert first.name == "my crest"


def test_a_picture_in_use_stays(full_app: Flask) -> None:
    """The brand's logo cannot be deleted from the library; an unused picture can."""
    from masterapp.brands import service as brands
    from masterapp.brands.models import Brand

    brand_id = create_brand(full_app)
    member = UUID(int=1)
    with full_app.test_request_context(), db.transaction():
        brand = db.session.get_one(Brand, brand_id)
        logo = assets.add(brand_id, "logo.png", encoded("PNG"))
        spare = assets.add(brand_id, "spare.png", encoded("PNG", (10, 10)))
        theme = {"accent": "#112233", "font": "inter", "radius": "soft", "logo": str(logo.id)}
        brands.change_theme(brand, theme, member_id=member)
        with pytest.raises(Refused, match="invalid"):
            assets.remove(logo, member_id=member)
        assets.remove(spare, member_id=member)
        assert [asset.id for asset in assets.library(brand_id)] == [logo.id]
