"""What the fields of a form choose from: the brand's languages, its offers and pictures, and the kinds of games."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from masterapp.campaigns import hooks
from masterapp.coupons.models import Offer
from masterapp.db import db
from masterapp.registry import registry
from masterapp.texts import translate as _
from masterapp.web.admin.shell import desk, picture_address
from masterapp.web.ui import local


class Kit:
    """Handed to the form's macros."""

    new_offer = "/admin/offers/new"
    offers_source = "/admin/games/offers.json"

    def __init__(self) -> None:
        self.brand_id = desk().brand.id
        self.locales = desk().brand.locales
        self.offers = offers(self.brand_id)
        self.pictures = Pictures(self.brand_id)

    @property
    def mechanics(self) -> list[tuple[str, str]]:
        """The kinds of games of this installation, by slug."""
        return [(module.slug, local(dict(module.manifest.name))) for module in registry]


class Pictures:
    """Addresses of the brand's pictures by id; a text that is no id has none."""

    def __init__(self, brand_id: UUID) -> None:
        self.brand_id = brand_id

    def get(self, asset_id: str) -> str | None:
        """Return the signed address of a picture."""
        try:
            return picture_address(self.brand_id, UUID(asset_id))
        except ValueError:
            return None


def offers(brand_id: UUID) -> list[tuple[str, str]]:
    """Return the brand's offers to choose from, each with what is left of it."""
    rows = db.session.scalars(
        select(Offer).where(Offer.brand_id == brand_id, Offer.active).order_by(Offer.id.desc())
    )
    return [(str(offer.id), f"{local(offer.label)} — {_left(offer)}") for offer in rows]


def known_offers(brand_id: UUID, offer_ids: set[str]) -> set[str]:
    """Return those of the ids that are offers of the brand which still give coupons."""
    return offer_ids & {offer_id for offer_id, _words in offers(brand_id)}


hooks.known["offer"] = known_offers


def _left(offer: Offer) -> str:
    if offer.stock is None:
        return str(_("unlimited"))
    return str(_("%(n)s left", n=max(0, offer.stock - offer.issued)))
