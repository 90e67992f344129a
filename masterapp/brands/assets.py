"""The picture library: what is uploaded is checked, stripped, re-encoded and kept; addresses are signed.

A picture leaves the server only under an address that we signed, whole or reduced to a few blocks, so that
nobody can ask for more of it than a game has shown.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import io
from collections.abc import Callable
from functools import lru_cache
from typing import IO, Any, NamedTuple
from uuid import UUID

from flask import Request
from PIL import Image, ImageCms, ImageOps
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from masterapp.audit import service as audit
from masterapp.brands.models import Asset
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.texts import lazy_text as _l

LARGEST_UPLOAD = 8 * 1024 * 1024
LONGEST_NAME = 120
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
LONGEST_REDUCED_SIDE = 800
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")
_MAC_BYTES = 12
_WHOLE = 0

_SVG = _l(
    "SVG files can hold programs and are not accepted. Export the picture as PNG, JPEG or WebP."
)
_UNREADABLE = _l("This file is not a picture we can read. Use a PNG, JPEG, WebP, GIF or AVIF file.")
_TOO_MANY_PIXELS = _l(
    "This picture has too many pixels: at most 40 million. Make it smaller first."
)
_EMPTY = _l("Choose a picture file first.")
_IN_USE = _l("This picture is used by %(place)s. Choose another one there first.")


class Encoded(NamedTuple):
    """A picture ready to be kept: WebP bytes without any metadata, and its size."""

    content: bytes
    width: int
    height: int


class Named(NamedTuple):
    """What a signed address names: a brand, one of its pictures, and how many blocks may be seen of it."""

    brand_id: UUID
    asset_id: UUID
    blocks: int | None


#: Rooms above say here whether they use a picture: (brand_id, asset_id) → words for the place, or None.
uses: list[Callable[[UUID, UUID], str | None]] = []


def _refusal(sentence: Any) -> Refused:
    return Refused("invalid", fields={"file": [str(sentence)]})


def read_upload(request: Request, field: str = "file") -> tuple[str, bytes]:
    """Return the name and bytes of an uploaded file, refusing a body that is too large before reading it."""
    request.max_content_length = LARGEST_UPLOAD + 64 * 1024
    if (request.content_length or 0) > request.max_content_length:
        raise Refused("too_large", limit="8 MB")
    upload = request.files.get(field)
    if upload is None or not upload.filename:
        raise _refusal(_EMPTY)
    content = upload.stream.read(LARGEST_UPLOAD + 1)
    if len(content) > LARGEST_UPLOAD:
        raise Refused("too_large", limit="8 MB")
    return upload.filename, content


def reencode(content: bytes) -> Encoded:
    """Decode an uploaded picture and encode it anew as WebP. Raises ``Refused`` with the cure otherwise."""
    try:
        image = _decoded(io.BytesIO(content))
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _refusal(_TOO_MANY_PIXELS) from None
    except Exception:
        # Decoders of hostile bytes fail in every way there is; all of them mean the same to the marketer.
        raise _refusal(_SVG if b"<svg" in content[:4096].lower() else _UNREADABLE) from None
    return Encoded(_webp(image, quality=86, method=4), *image.size)


def _decoded(file: IO[bytes]) -> Image.Image:
    """Open, check and straighten a picture: first frame, upright, sRGB, at most 1600 pixels long."""
    source = Image.open(file, formats=FORMATS)
    if source.width * source.height > MOST_PIXELS:
        raise _refusal(_TOO_MANY_PIXELS)
    source.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))
    upright = ImageOps.exif_transpose(source)
    image = _in_srgb(upright, source.info.get("icc_profile"))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture as RGB or RGBA; a phone's wide colours become the ones every screen shows."""
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if not profile:
        return image
    try:
        converted = ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        )
    except (ImageCms.PyCMSError, OSError):
        return image  # A broken profile is common in the wild; the colours are then taken as sRGB.
    return converted or image


def _webp(image: Image.Image, **options: Any) -> bytes:
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    target = io.BytesIO()
    clean.save(target, "WEBP", **options)
    return target.getvalue()


def add(brand_id: UUID, name: str, content: bytes, *, member_id: UUID | None = None) -> Asset:
    """Keep an uploaded picture; the same picture twice is kept once."""
    encoded = reencode(content)
    digest = hashlib.sha256(encoded.content).hexdigest()
    known = db.session.scalar(
        select(Asset).where(Asset.brand_id == brand_id, Asset.sha256 == digest)
    )
    if known:
        return known
    asset = Asset(
        brand_id=brand_id,
        name=_plain_name(name),
        alt={},
        sha256=digest,
        width=encoded.width,
        height=encoded.height,
        content=encoded.content,
    )
    try:
        with db.session.begin_nested():
            db.session.add(asset)
    except IntegrityError:
        # Another tap kept the same picture at this moment.
        return db.session.scalars(
            select(Asset).where(Asset.brand_id == brand_id, Asset.sha256 == digest)
        ).one()
    audit.record(
        brand_id,
        "picture_added",
        actor_kind="member" if member_id else "system",
        actor_id=member_id,
        object_kind="asset",
        object_id=asset.id,
        name=asset.name,
    )
    return asset


def _plain_name(name: str) -> str:
    """Return the file's name without folders, ending and characters that show as nothing."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = base.rsplit(".", 1)[0] or base
    return "".join(c for c in stem if c.isprintable()).strip()[:LONGEST_NAME] or "picture"


def as_id(text: Any) -> UUID:
    """Return a picture's id from stored JSON, or refuse with ``not_found``."""
    try:
        return UUID(str(text))
    except ValueError:
        raise Refused("not_found") from None


def find(brand_id: UUID, asset_id: UUID) -> Asset:
    """Return a picture of the brand, or refuse with ``not_found``."""
    asset = db.session.get(Asset, (brand_id, asset_id))
    if asset is None:
        raise Refused("not_found")
    return asset


def known(brand_id: UUID, asset_ids: set[str]) -> set[str]:
    """Return those of the ids that are pictures of the brand."""
    if not asset_ids:
        return set()
    wanted = [as_id(asset_id) for asset_id in asset_ids]
    rows = select(Asset.id).where(Asset.brand_id == brand_id, Asset.id.in_(wanted))
    return {str(asset_id) for asset_id in db.session.scalars(rows)}


def library(brand_id: UUID) -> list[Asset]:
    """Return the brand's pictures without their bytes, newest first."""
    rows = select(Asset).where(Asset.brand_id == brand_id).order_by(Asset.id.desc())
    return list(db.session.scalars(rows))


def describe(asset: Asset, name: str, alt: dict[str, str], *, member_id: UUID) -> None:
    """Change a picture's name and the words that stand for it where it cannot be seen."""
    asset.name = _plain_name(f"{name}.")
    asset.alt = {locale: text.strip()[:300] for locale, text in alt.items()}
    audit.record(
        asset.brand_id,
        "picture_described",
        actor_kind="member",
        actor_id=member_id,
        object_kind="asset",
        object_id=asset.id,
        name=asset.name,
    )


def remove(asset: Asset, *, member_id: UUID) -> None:
    """Delete a picture that nothing uses."""
    for used_by in uses:
        place = used_by(asset.brand_id, asset.id)
        if place:
            raise _refusal(str(_IN_USE) % {"place": place})
    audit.record(
        asset.brand_id,
        "picture_removed",
        actor_kind="member",
        actor_id=member_id,
        object_kind="asset",
        object_id=asset.id,
        name=asset.name,
    )
    db.session.delete(asset)


def pixelated(content: bytes, blocks: int) -> bytes:
    """Reduce a picture to *blocks* blocks along its longer side; what the blocks hide is not in the result."""
    image = Image.open(io.BytesIO(content))
    longest = max(image.size)
    blocks = max(1, min(blocks, longest))
    coarse = tuple(max(1, round(side * blocks / longest)) for side in image.size)
    shown = tuple(
        max(1, round(side * min(1.0, LONGEST_REDUCED_SIDE / longest))) for side in image.size
    )
    few = image.resize((coarse[0], coarse[1]), Image.Resampling.BOX)
    return _webp(
        few.resize((shown[0], shown[1]), Image.Resampling.NEAREST), lossless=True, method=2
    )


@lru_cache(maxsize=8192)
def address(brand_id: UUID, asset_id: UUID | str, blocks: int | None, secret: str) -> str:
    """Return the signed, lasting address of a picture, whole or reduced to *blocks*."""
    asset = asset_id if isinstance(asset_id, UUID) else UUID(asset_id)
    named = brand_id.bytes + asset.bytes + (blocks or _WHOLE).to_bytes(2, "big")
    return f"/media/{_signed(named, secret)}"


def read_address(token: str, secret: str) -> Named:
    """Return what a signed address names. Raises ``Refused("not_found")`` for anything we did not sign."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("not_found") from None
    named = raw[:-_MAC_BYTES]
    # Comparing the whole spelling leaves one address per picture: base64 alone would read its last letter loosely.
    if len(named) != 34 or not hmac.compare_digest(token.encode(), _signed(named, secret).encode()):
        raise Refused("not_found")
    blocks = int.from_bytes(named[32:], "big")
    return Named(UUID(bytes=named[:16]), UUID(bytes=named[16:32]), blocks or None)


def _signed(named: bytes, secret: str) -> str:
    return base64.urlsafe_b64encode(named + _mac(named, secret)).rstrip(b"=").decode()


def _mac(named: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"picture address\0" + named, hashlib.sha256)[:_MAC_BYTES]
