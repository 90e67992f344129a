"""The offers: a list with what was given and used, one form, and the import of code lists with its progress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_decimal
from sqlalchemy import select

from masterapp.brands import stores
from masterapp.brands.access import allow
from masterapp.campaigns.calendar import to_local
from masterapp.coupons import lists, offers
from masterapp.coupons.models import CodeImport, Offer
from masterapp.db import db, now
from masterapp.errors import Refused
from masterapp.insight.table import as_csv
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.texts import translate_plural
from masterapp.web.admin import posted
from masterapp.web.admin.kit import Kit
from masterapp.web.admin.shell import MAKERS, READERS, desk

blueprint = Blueprint(
    "admin_offers", __name__, url_prefix="/admin/offers", template_folder="templates"
)

REASONS = {
    "duplicate": _l("already known"),
    "characters": _l("other characters than letters, digits and - _ . / +"),
    "too_short": _l("fewer than 4 letters and digits"),
    "too_long": _l("more than 40 characters"),
}
SHOWN_IMPORTS = 5


@blueprint.get("")
@allow(*READERS, "store_manager")
def index() -> str:
    """List the offers."""
    return render_template(
        "admin/offers/index.html", here="offers", offers=offers.of_brand(desk().brand.id), at=now()
    )


@blueprint.get("/new")
@allow(*MAKERS)
def new() -> str:
    """Show the form of a new offer."""
    return _form(None, {"per_fan": 1, "valid_days": 30, "active": True, "code_source": "generated"})


@blueprint.get("/<uuid:offer_id>")
@allow(*MAKERS)
def edit(offer_id: UUID) -> str:
    """Show an offer: its figures, its form and its code lists."""
    counted = offers.counted(desk().brand.id, offer_id)
    return _form(counted, _typed(counted.offer))


@blueprint.post("/new", endpoint="create")
@blueprint.post("/<uuid:offer_id>")
@allow(*MAKERS)
def save(offer_id: UUID | None = None) -> Any:
    """Save an offer."""
    member = desk().member
    counted = offers.counted(member.brand_id, offer_id) if offer_id else None
    key, made = posted.once(Offer)
    if offer_id is None and made is not None:
        return redirect(url_for("admin_offers.edit", offer_id=made.id))
    errors: posted.Errors = {}
    values = _posted(errors)
    saved: list[Offer] = []

    def work() -> None:
        offer = counted.offer if counted else None
        try:
            saved.append(offers.save(member.brand_id, offer, values, member_id=member.id, key=key))
        except Refused as refusal:
            refusal.fields.update(errors)
            raise
        if errors:
            raise Refused("invalid", fields=errors)

    errors_found, refusal = posted.attempt(work)
    if refusal:
        again = {**values, **request.form.to_dict(), "store_ids": values["store_ids"]}
        return _form(counted, again, errors_found), 422
    flash(_("Saved."), "good")
    return redirect(url_for("admin_offers.edit", offer_id=saved[0].id))


def _posted(errors: posted.Errors) -> dict[str, Any]:
    form = request.form
    stock = form.get("stock", "").strip()
    return {
        **{name: posted.localised(name) for name in offers.LONGEST},
        "value_cents": posted.cents(form.get("value", "")),
        "valid_from": posted.local_time("valid_from", errors),
        "valid_until": posted.local_time("valid_until", errors, later=True),
        "valid_days": posted.whole(form.get("valid_days", "") or "0"),
        "per_fan": posted.whole(form.get("per_fan", "") or "0"),
        "stock": posted.whole(stock) if stock else None,
        "code_source": form.get("code_source"),
        "shop_url": form.get("shop_url", ""),
        "store_ids": form.getlist("store_ids"),
        "active": "active" in form,
    }


def _typed(offer: Offer) -> dict[str, Any]:
    zone = desk().zone
    euros, cents = divmod(offer.value_cents, 100)
    return {
        **{name: getattr(offer, name) for name in offers.LONGEST},
        "value": f"{euros}.{cents:02d}" if offer.value_cents else "",
        "valid_from": to_local(offer.valid_from, zone),
        "valid_until": to_local(offer.valid_until, zone),
        "valid_days": offer.valid_days,
        "per_fan": offer.per_fan,
        "stock": "" if offer.stock is None else offer.stock,
        "code_source": offer.code_source,
        "shop_url": offer.shop_url,
        "store_ids": offer.store_ids,
        "active": offer.active,
    }


def _form(
    counted: offers.Counted | None, typed: Mapping[str, Any], errors: posted.Errors | None = None
) -> str:
    brand_id = desk().brand.id
    offer = counted.offer if counted else None
    return render_template(
        "admin/offers/offer.html",
        here="offers",
        counted=counted,
        offer=offer,
        typed=typed,
        errors=errors or {},
        kit=Kit(),
        stores=[store for store in stores.of_brand(brand_id) if store.active],
        by_store=offers.used_by_store(brand_id, offer.id) if offer else [],
        imports=[_progress(found) for found in _imports(brand_id, offer)] if offer else [],
        at=now(),
    )


# Code lists


@blueprint.post("/<uuid:offer_id>/codes")
@allow(*MAKERS)
def upload(offer_id: UUID) -> Response:
    """Take a list of codes in; the file is the body, so that a large one is not copied about."""
    request.max_content_length = lists.MOST_BYTES
    if (request.content_length or 0) > lists.MOST_BYTES:
        raise Refused("too_large", limit=f"{lists.MOST_BYTES // 1024 // 1024} MB")
    member = desk().member
    name = request.args.get("name", "").replace("\0", "") or "codes.csv"
    content = request.get_data(cache=False)
    waiting = lists.submit(member.brand_id, offer_id, member.id, name, content)
    db.session.refresh(waiting)
    return jsonify(_progress(waiting))


@blueprint.get("/<uuid:offer_id>/codes/<uuid:import_id>.json")
@allow(*MAKERS)
def progress(offer_id: UUID, import_id: UUID) -> Response:
    """Say how far an import is."""
    return jsonify(_progress(_import(offer_id, import_id)))


@blueprint.get("/<uuid:offer_id>/codes/<uuid:import_id>.csv")
@allow(*MAKERS)
def problems(offer_id: UUID, import_id: UUID) -> Response:
    """Hand out the lines that could not be used."""
    found = _import(offer_id, import_id)
    rows = [(number, text, str(REASONS[reason])) for number, text, reason in found.problems]
    answer = Response(as_csv((_("Line"), _("Text"), _("Reason")), rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="lines.csv"'
    return answer


def _imports(brand_id: UUID, offer: Offer | None) -> list[CodeImport]:
    if offer is None:
        return []
    return list(
        db.session.scalars(
            select(CodeImport)
            .where(CodeImport.brand_id == brand_id, CodeImport.offer_id == offer.id)
            .order_by(CodeImport.created_at.desc(), CodeImport.id.desc())
            .limit(SHOWN_IMPORTS)
        )
    )


def _import(offer_id: UUID, import_id: UUID) -> CodeImport:
    found = db.session.get(CodeImport, (desk().brand.id, import_id))
    if found is None or found.offer_id != offer_id:
        raise Refused("not_found")
    return found


def _progress(found: CodeImport) -> dict[str, Any]:
    """Return an import as the page shows it."""
    rejected = sum(found.rejected.values())
    address: dict[str, Any] = {"offer_id": found.offer_id, "import_id": found.id}
    return {
        "name": found.file_name,
        "state": found.state,
        "share": round(1000 * found.lines_done / found.lines) if found.lines else 0,
        "words": _words(found, rejected),
        "details": [
            f"{number} × {REASONS[reason]}" for reason, number in sorted(found.rejected.items())
        ],
        "address": url_for("admin_offers.progress", **address),
        "problems": url_for("admin_offers.problems", **address) if rejected else None,
    }


def _words(found: CodeImport, rejected: int) -> str:
    if found.state == "unreadable":
        return _("No codes were found in this file: one code a line, at most a million lines.")
    if found.state == "waiting":
        return _("Waiting for its turn…")
    words = _many("%(n)s code imported", "%(n)s codes imported", found.accepted)
    if rejected:
        words += ", " + _many("%(n)s line left out", "%(n)s lines left out", rejected)
    return words


def _many(one: str, many: str, number: int) -> str:
    return translate_plural(one, many, number, n=format_decimal(number))
