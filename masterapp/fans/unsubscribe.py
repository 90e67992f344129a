"""The signed link at the foot of every offer: it withdraws one consent without a sign-in (RFC 8058), for ever."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from masterapp.db import db
from masterapp.errors import Refused
from masterapp.fans import consents
from masterapp.fans.models import Fan
from masterapp.keys import derive_key


class Link(NamedTuple):
    """What an unsubscribe link stands for."""

    brand_id: UUID
    fan_id: UUID
    purpose: str
    channel: str


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(derive_key("unsubscribe link"), salt="unsubscribe")


def write_link_token(link: Link) -> str:
    """Return the last part of the link's address."""
    signed = _signer().dumps([link.brand_id.hex, link.fan_id.hex, link.purpose, link.channel])
    return signed if isinstance(signed, str) else signed.decode()


def read_link_token(token: str, brand_id: UUID) -> Link:
    """Return what the token stands for. Raises ``not_found`` for a forged one or one of another brand."""
    try:
        brand, fan, purpose, channel = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise Refused("not_found") from None
    link = Link(UUID(hex=brand), UUID(hex=fan), purpose, channel)
    if link.brand_id != brand_id or db.session.get(Fan, (link.brand_id, link.fan_id)) is None:
        raise Refused("not_found")
    return link


def unsubscribe(link: Link, proof: consents.Proof, *, at: datetime) -> None:
    """Withdraw the link's consent; doing it twice changes nothing."""
    consents.withdraw(link.brand_id, link.fan_id, link.purpose, link.channel, proof, at=at)
