"""The stores: one list, and one form to add or change a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from masterapp.brands import stores
from masterapp.brands.access import allow
from masterapp.brands.models import Store
from masterapp.texts import translate as _
from masterapp.web.admin import posted
from masterapp.web.admin.shell import MAKERS, READERS, desk

blueprint = Blueprint(
    "admin_stores", __name__, url_prefix="/admin/stores", template_folder="templates"
)
NEW = {"code": "", "name": "", "address": "", "postcode": "", "city": "", "active": True}


@blueprint.get("/")
@allow(*READERS)
def index() -> str:
    """List the stores."""
    return render_template(
        "admin/stores.html", here="stores", stores=stores.of_brand(desk().brand.id)
    )


@blueprint.get("/new")
@allow(*MAKERS)
def new() -> str:
    """Show the form of a new store."""
    return _form(None, NEW, {})


@blueprint.get("/<uuid:store_id>")
@allow(*MAKERS)
def edit(store_id: UUID) -> str:
    """Show the form of a store."""
    store = stores.find(desk().brand.id, store_id)
    return _form(store, {name: getattr(store, name) for name in NEW}, {})


def _form(store: Store | None, typed: Mapping[str, Any], errors: posted.Errors) -> str:
    return render_template(
        "admin/store.html", here="stores", store=store, typed=typed, errors=errors
    )


@blueprint.post("/new", endpoint="create")
@blueprint.post("/<uuid:store_id>")
@allow(*MAKERS)
def save(store_id: UUID | None = None) -> Any:
    """Save a store."""
    member = desk().member
    store = stores.find(member.brand_id, store_id) if store_id else None
    typed: dict[str, Any] = {name: request.form.get(name, "") for name in NEW}
    typed["active"] = "active" in request.form
    errors, refusal = posted.attempt(
        lambda: stores.save(member.brand_id, store, typed, member_id=member.id)
    )
    if refusal:
        return _form(store, typed, errors), 422
    flash(_("“%(name)s” is saved.", name=typed["name"]), "good")
    return redirect(url_for("admin_stores.index"))
