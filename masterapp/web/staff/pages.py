"""The till's one page, and what makes it an app that opens without a network."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from masterapp.brands.access import allow, current_member, current_stores, public
from masterapp.brands.models import Brand, Member, Store
from masterapp.coupons.api import TILL
from masterapp.db import db
from masterapp.texts import LOCALES
from masterapp.web import assets
from masterapp.web.staff import wording

blueprint = Blueprint("staff", __name__, url_prefix="/staff", template_folder="templates")


@blueprint.get("/")
@allow(*TILL)
def till() -> str:
    """Open on the scanner; a code in the address was scanned with a phone's camera."""
    member = current_member()
    brand = db.session.get_one(Brand, member.brand_id)
    stores = open_stores(member.brand_id, current_stores())
    return render_template(
        "staff/till.html",
        scheme="dark",
        brand=brand,
        member=member,
        stores=stores,
        island=island(brand, member, stores),
    )


def island(brand: Brand, member: Member, stores: list[Store]) -> dict[str, Any]:
    """Return what the page's script needs to know."""
    return {
        "member": str(member.id),
        "zone": brand.time_zone,
        "stores": [
            {"id": str(store.id), "name": store.name, "city": store.city} for store in stores
        ],
        "token": generate_csrf(),
        "api": "/api/v1/staff",
        "sign_in": "/staff/sign-in?next=/staff/",
        "wasm": assets.asset("vendor/zxing-wasm/zxing_reader.wasm"),
        "icons": assets.asset("icons.svg"),
        "scanned": request.args.get("code", "")[:300],
        "texts": wording.texts(),
    }


def open_stores(brand_id: UUID, limited: frozenset[UUID] | None) -> list[Store]:
    """Return the open stores in which the member works."""
    query = select(Store).where(Store.brand_id == brand_id, Store.active).order_by(Store.name)
    if limited is not None:
        query = query.where(Store.id.in_(limited))
    return list(db.session.scalars(query))


@blueprint.post("/language")
@allow(*TILL)
def language() -> BaseResponse:
    """Remember the language in which the member works."""
    chosen = request.form.get("language", "")
    if chosen in LOCALES:
        current_member().locale = chosen
    return redirect(url_for("staff.till"))


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a phone needs to install the till as an app; it is fetched without a session."""
    answer = jsonify(
        name=wording.APP_NAME,
        short_name=wording.APP_NAME,
        id="/staff/",
        start_url="/staff/",
        scope="/staff/",
        display="standalone",
        background_color="#0b0d13",
        theme_color="#0b0d13",
        icons=[
            _icon("icon-192.png", "192x192", "any"),
            _icon("icon-512.png", "512x512", "any"),
            _icon("icon-512.png", "512x512", "maskable"),
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    address = assets.asset(f"staff/icons/{name}")
    return {"src": address, "sizes": sizes, "type": "image/png", "purpose": purpose}


@blueprint.get("/worker.js")
@public
def worker() -> Response:
    """The service worker; it stands here because it may only look after addresses beside it."""
    answer = assets.serve(assets.FOLDER, "staff/worker.js")
    # A worker's own answer says what it may fetch: our own files, and nothing else.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'"
    return answer


@blueprint.get("/offline")
@public
def offline() -> str:
    """What the app shows when it is opened without a network; kept by the service worker, so in both languages."""
    pages = []
    for locale in LOCALES:
        with force_locale(locale):
            pages.append((locale, *wording.offline()))
    return render_template("staff/offline.html", scheme="dark", pages=pages)
