"""The picture library: upload, describe, delete; and the list that the picture fields of forms choose from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from masterapp.brands import assets
from masterapp.brands.access import allow
from masterapp.brands.models import Asset
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.texts import translate as _
from masterapp.web.admin import picture_uses, posted
from masterapp.web.admin.shell import MAKERS, desk, picture_address
from masterapp.web.ui import local

blueprint = Blueprint(
    "admin_pictures", __name__, url_prefix="/admin/pictures", template_folder="templates"
)
assets.uses.append(picture_uses.place)


@blueprint.get("/")
@allow(*MAKERS)
def index() -> str:
    """Show the library."""
    return render_template(
        "admin/pictures.html", here="pictures", pictures=assets.library(desk().brand.id)
    )


@blueprint.get("/list.json")
@allow(*MAKERS)
def listed() -> Response:
    """Answer the picture picker."""
    return jsonify([_as_json(asset) for asset in assets.library(desk().brand.id)])


@blueprint.post("/")
@allow(*MAKERS)
def upload() -> Any:
    """Keep an uploaded picture."""
    name, content = assets.read_upload(request)
    member = desk().member
    try:
        asset = assets.add(member.brand_id, name, content, member_id=member.id)
    except Refused as refusal:
        if request.accept_mimetypes.best == "application/json":
            raise
        db.rollback()
        flash(" ".join(refusal.fields.get("file", [refusal.message])), "bad")
        return redirect(url_for("admin_pictures.index"))
    if request.accept_mimetypes.best == "application/json":
        return jsonify(_as_json(asset)), 201
    flash(_("“%(name)s” is in your library.", name=asset.name), "good")
    return redirect(url_for("admin_pictures.index"))


@blueprint.post("/<uuid:asset_id>")
@allow(*MAKERS)
def change(asset_id: UUID) -> BaseResponse:
    """Describe a picture, or delete it when nothing uses it."""
    member = desk().member
    asset = assets.find(member.brand_id, asset_id)
    if request.form.get("do") == "remove":
        try:
            assets.remove(asset, member_id=member.id)
            flash(_("“%(name)s” is deleted.", name=asset.name), "good")
        except Refused as refusal:
            flash(" ".join(refusal.fields.get("file", [refusal.message])), "bad")
    else:
        assets.describe(
            asset, request.form.get("name", ""), posted.localised("alt"), member_id=member.id
        )
        flash(_("Saved."), "good")
    return redirect(url_for("admin_pictures.index"))


def _as_json(asset: Asset) -> dict[str, Any]:
    return {
        "id": str(asset.id),
        "name": asset.name,
        "alt": local(asset.alt),
        "width": asset.width,
        "height": asset.height,
        "address": picture_address(asset.brand_id, asset.id),
    }
